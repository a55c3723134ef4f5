"""What a gene is: which of a genome's weights are handed down together."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import jax
import numpy as np

from ontogeny.core import Genome
from ontogeny.errors import require

NOBODY = -1
"""The number of what belongs to no gene: a child has it from neither parent, but anew."""


@dataclasses.dataclass(frozen=True)
class Partition:
    """A genome's weights in genes.

    Attributes:
        numbers: the genome's structure with an array of whole numbers for each of its arrays, which broadcasts to it:
            the gene of each weight, from 0, or `NOBODY`.
        names: of the genes' layers, such as `layers.0`, with the first and the last gene of each, in their order.
        count: how many genes there are.
    """

    numbers: Any
    names: dict[str, tuple[int, int]]
    count: int


Genes: TypeAlias = Callable[[Genome], Partition]
"""From a genome, or its shapes, to its genes."""


def layer_genes(genome: Genome, parts: Sequence[int] = ()) -> Partition:
    """A gene is a layer, weights and biases; or a layer's neurons fall into several of equal size ("vertical" genes).

    Args:
        genome: a pytree of arrays, or their shapes.
        parts: into how many genes the neurons of each layer fall, in order; 1 for layers that are not named.

    Raises:
        InputError: where a layer's neurons do not fall into so many, or there are not so many layers.
    """
    layers = sum(1 for _ in _layers(genome))
    require(len(parts) <= layers, "parts", tuple(parts), f"give {layers} numbers at most, one for each layer")

    def numbers(layer: int, shapes: list[tuple[int, ...]]) -> tuple[list[np.ndarray], int]:
        count = parts[layer] if layer < len(parts) else 1
        rows = _rows(shapes)
        hint = f"give divisors of the neurons of each layer; layer {layer + 1} has {rows}"
        require(count >= 1 and rows % count == 0, "parts", tuple(parts), hint)
        return [_by_row(np.arange(rows) * count // rows, shape) for shape in shapes], count

    return _partition(genome, numbers)


def neuron_genes(genome: Genome) -> Partition:
    """A gene is a neuron with its incoming weights and its bias; an array without neurons is one gene.

    Args:
        genome: a pytree of arrays, or their shapes.
    """

    def numbers(layer: int, shapes: list[tuple[int, ...]]) -> tuple[list[np.ndarray], int]:
        del layer
        rows = _rows(shapes)
        return [_by_row(np.arange(rows), shape) for shape in shapes], rows

    return _partition(genome, numbers)


def weight_genes(genome: Genome) -> Partition:
    """Each weight is a gene.

    Args:
        genome: a pytree of arrays, or their shapes.
    """

    def numbers(layer: int, shapes: list[tuple[int, ...]]) -> tuple[list[np.ndarray], int]:
        del layer
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        parts = np.split(np.arange(ends[-1]), ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)], int(ends[-1])

    return _partition(genome, numbers)


def block_genes(genome: Genome, size: int = 64) -> Partition:
    """A gene is a block of a weight matrix, of at most `size` neurons and `size` of their inputs.

    A bias goes with the block of the last inputs of its neuron.

    Args:
        genome: a pytree of arrays, or their shapes.
        size: 1 or more.

    Raises:
        InputError: for a size below 1.
    """
    return _blocks(genome, size, lambda length, count: np.arange(length) * count // length)


def published_block_genes(genome: Genome, size: int = 64) -> Partition:
    """Blocks as the program of Cooke & de Alfaro has them: what is left at the end of a row belongs to no gene.

    Each of the `ceil(length / size)` blocks along an axis has `floor(length / blocks)` places, so that the last four
    columns of a layer of 784 inputs are drawn anew in every child.

    Args:
        genome: a pytree of arrays, or their shapes.
        size: 1 or more.

    Raises:
        InputError: for a size below 1.
    """

    def places(length: int, count: int) -> np.ndarray:
        block: np.ndarray = np.arange(length) // (length // count)
        return np.where(block < count, block, NOBODY)

    return _blocks(genome, size, places)


def _blocks(genome: Genome, size: int, places: Callable[[int, int], np.ndarray]) -> Partition:
    require(size >= 1, "size", size, "give 1 or more")

    def numbers(layer: int, shapes: list[tuple[int, ...]]) -> tuple[list[np.ndarray], int]:
        del layer
        matrices = [shape for shape in shapes if len(shape) == 2]
        if not matrices:
            return [np.zeros((1,) * len(shape), int) for shape in shapes], 1
        along = [-(-length // size) for length in matrices[0]]
        rows, columns = (places(length, count) for length, count in zip(matrices[0], along, strict=True))
        found = rows[:, None] * along[1] + columns
        found = np.where((rows[:, None] == NOBODY) | (columns == NOBODY), NOBODY, found)
        bias = np.where(rows == NOBODY, NOBODY, rows * along[1] + along[1] - 1)
        return [found if len(shape) == 2 else _by_row(bias, shape) for shape in shapes], math.prod(along)

    return _partition(genome, numbers)


_Numbers: TypeAlias = Callable[[int, list[tuple[int, ...]]], tuple[list[np.ndarray], int]]
"""From the number of a layer and the shapes of its arrays to the genes of these, from 0, and how many there are."""


def _partition(genome: Genome, numbers: _Numbers) -> Partition:
    leaves, tree = jax.tree.flatten(genome)
    found: list[np.ndarray] = []
    names: dict[str, tuple[int, int]] = {}
    count = 0
    for layer, (name, places) in enumerate(_layers(genome)):
        own, genes = numbers(layer, [tuple(leaves[place].shape) for place in places])
        found += [np.where(each == NOBODY, NOBODY, each + count).astype(np.int32) for each in own]
        names[name] = (count, count + genes - 1)
        count += genes
    return Partition(jax.tree.unflatten(tree, found), names, count)


def _layers(genome: Genome) -> Iterator[tuple[str, list[int]]]:
    """Names of the layers and the places of their arrays: what stands in one place of the genome is a layer."""
    paths = [path[:-1] or path for path, _ in jax.tree_util.tree_leaves_with_path(genome)]
    for path in dict.fromkeys(paths):
        name = jax.tree_util.keystr(path, simple=True, separator=".")
        yield name, [place for place, each in enumerate(paths) if each == path]


def _rows(shapes: list[tuple[int, ...]]) -> int:
    """Neurons of a layer: the rows of its matrix; 1 for what has none."""
    return next((shape[0] for shape in shapes if len(shape) >= 2), 1)


def _by_row(numbers: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The number of each row, to be broadcast over the rest; where the array has other rows, that of the first."""
    if not shape or shape[0] != len(numbers):
        return np.full((1,) * len(shape), numbers[0])
    return numbers.reshape(-1, *(1,) * (len(shape) - 1))


GENES: dict[str, Genes] = {
    "layer": layer_genes,
    "neuron": neuron_genes,
    "weight": weight_genes,
    "block": block_genes,
    "published-block": published_block_genes,
}
"""What a gene may be, by name."""
