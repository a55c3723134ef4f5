"""How large nets are, without making each of them."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.cost import flops
from ontogeny.data.macro_nets import MACRO_BLOCKS
from ontogeny.nets.cell_net import CellNet
from ontogeny.nets.macro_net import ChosenMacro, MacroNet


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


def macro_sizes(net: MacroNet, genotypes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The same of nets of NAS-Bench-Macro, and how many convolutions follow one another.

    Args:
        net: with all blocks in all layers.
        genotypes: `(nets, 8)` numbers of blocks.
        shape: `(height, width, channels)` of an image.

    Returns:
        `(nets, 3)`: parameters, operations for an image, depth.
    """
    image = jax.ShapeDtypeStruct((1, *shape), jnp.float32)
    layers = genotypes.shape[1]
    none = jnp.zeros(layers, jnp.int32)

    def size(genotype: np.ndarray) -> tuple[float, float, float]:
        alone = eqx.filter_eval_shape(lambda: net.alone(genotype))
        arrays = jax.tree.leaves(alone)
        count = sum(leaf.size for leaf in arrays)
        spent = flops(lambda net, image: ChosenMacro(net, none).passage(image).logits, alone, image)
        return count, spent, sum(leaf.ndim == 4 for leaf in arrays)

    plain = np.asarray(size(np.zeros(layers, int)))
    more = np.zeros((layers, len(MACRO_BLOCKS), 3))
    for layer in range(layers):
        for block in range(1, len(MACRO_BLOCKS)):
            more[layer, block] = np.asarray(size(block * np.eye(layers, dtype=int)[layer])) - plain
    found: np.ndarray = plain + more[np.arange(layers), genotypes].sum(1)
    return found
