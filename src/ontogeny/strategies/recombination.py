"""Make a child of several parents, gene by gene."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key
from ontogeny.strategies.genes import NOBODY, Partition


def recombined(key: Key, genes: Partition, parents: Genome, fresh: Genome) -> Genome:
    """A child that takes each gene whole from one of its parents, all with equal chance.

    Args:
        key: random key.
        genes: of a parent.
        parents: a pytree of arrays, stacked along a first axis of parents.
        fresh: a genome of the same structure, for what belongs to no gene.
    """
    choices = jax.random.randint(key, (genes.count,), 0, len(jax.tree.leaves(parents)[0]))
    return chosen(choices, genes, parents, fresh)


def chosen(choices: jax.Array, genes: Partition, parents: Genome, fresh: Genome) -> Genome:
    """The child for which it is decided from which parent each gene comes.

    Args:
        choices: `(genes,)`, numbers of parents.
        genes: of a parent.
        parents: a pytree of arrays, stacked along a first axis of parents.
        fresh: a genome of the same structure, for what belongs to no gene.
    """

    def taken(numbers: np.ndarray, stacked: jax.Array, new: jax.Array) -> jax.Array:
        which = jnp.broadcast_to(choices[np.maximum(numbers, 0)], stacked.shape[1:])
        value = jnp.take_along_axis(stacked, which[None], axis=0)[0]
        return jnp.where(numbers == NOBODY, new, value) if (numbers == NOBODY).any() else value

    return jax.tree.map(taken, genes.numbers, parents, fresh)


def mean(parents: Genome) -> Genome:
    """The mean of several genomes: intermediate recombination, or a soup of weights.

    Args:
        parents: a pytree of arrays, stacked along a first axis; of what is no number with a point, the first is taken.
    """
    return jax.tree.map(lambda leaf: leaf.mean(0) if jnp.issubdtype(leaf.dtype, jnp.inexact) else leaf[0], parents)
