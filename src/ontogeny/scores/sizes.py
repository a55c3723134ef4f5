"""How large nets of cells are, without making each of them."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.cost import flops
from ontogeny.nets.cell_net import CellNet


def cell_sizes(net: CellNet, genotypes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Parameters of nets of one cell alone, and operations for an image.

    What an operation adds is the same on all edges, so that a net of each operation is enough to know all.

    Args:
        net: with all operations on all edges.
        genotypes: `(cells, 6)` numbers of operations.
        shape: `(height, width, channels)` of an image.

    Returns:
        `(cells, 2)`.
    """
    image = jax.ShapeDtypeStruct((1, *shape), jnp.float32)
    edges = genotypes.shape[1]

    def size(cell: tuple[int, ...]) -> tuple[float, float]:
        alone = eqx.filter_eval_shape(lambda: net.alone(cell))
        count = sum(leaf.size for leaf in jax.tree.leaves(alone))
        return count, flops(lambda net, image: net.passage(jnp.zeros(edges, int), image).logits, alone, image)

    none = (0,) * (edges - 1)
    each = np.asarray([size((operation, *none)) for operation in range(len(net.operations))])
    found: np.ndarray = each[0] + (each - each[0])[genotypes].sum(1)
    return found
