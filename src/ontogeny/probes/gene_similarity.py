"""How alike the members of a population are, gene by gene."""

from __future__ import annotations

import jax
import numpy as np

from ontogeny.core import Genome
from ontogeny.errors import require
from ontogeny.strategies.genes import Partition


def gene_similarity(members: Genome, genes: Partition) -> np.ndarray:
    """The cosine similarity of each gene's weights between all pairs of members, `(genes, members, members)`, -1 to 1.

    It depends on the order of neurons: two nets that compute the same may be unlike in every gene. What belongs to no
    gene is left out; of a gene that is zero in a member, nothing is known (NaN).

    Args:
        members: a pytree of arrays, stacked along a first axis.
        genes: of a member.

    Raises:
        InputError: for a single member.
    """
    leaves = jax.tree.leaves(members)
    count = len(leaves[0])
    require(count >= 2, "members", count, "give two or more: one alone is like nobody")
    weights = np.concatenate([np.asarray(leaf, np.float64).reshape(count, -1) for leaf in leaves], 1)
    numbers = np.concatenate(
        [
            np.broadcast_to(number, leaf.shape[1:]).reshape(-1)
            for leaf, number in zip(leaves, jax.tree.leaves(genes.numbers), strict=True)
        ]
    )
    return np.stack([_cosines(weights[:, numbers == gene]) for gene in range(genes.count)])


def _cosines(rows: np.ndarray) -> np.ndarray:
    products = rows @ rows.T
    lengths = np.sqrt(np.diag(products))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(products / np.outer(lengths, lengths))


def pairs(similarity: np.ndarray) -> np.ndarray:
    """The similarities of two different members, each pair once: `(..., pairs)`.

    Args:
        similarity: `(..., members, members)`, symmetric.
    """
    above = np.triu_indices(similarity.shape[-1], 1)
    return np.asarray(similarity[(..., *above)])


def in_the_plane(similarity: np.ndarray) -> np.ndarray:
    """Members as points, those alike near each other: the two principal components of the rows, `(members, 2)`.

    So the text draws them. A component's sign means nothing; its largest entry is made positive.

    Args:
        similarity: `(members, members)`.
    """
    rows = similarity - similarity.mean(0)
    left, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    points = left[:, :2] * sizes[:2]
    signs = np.sign(points[np.abs(points).argmax(0), [0, 1]])
    return np.asarray(points * np.where(signs == 0, 1, signs))
