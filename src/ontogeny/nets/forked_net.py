"""A net with several cells at each place, between which weights decide that are learned: differentiable search."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.data.cells import EDGES
from ontogeny.errors import require
from ontogeny.nets.cell_net import CellNet, Edge
from ontogeny.nets.cell_operations import How, convolved

_HOW = How()


class ForkedNet(eqx.Module):
    """A net of cells in which each stage is a mixture of several cells (Liu et al. 2019, equation 2; Reolon 2021).

    All cells of a stage see the same picture; what they make of it is added, each times its share, a softmax of
    `alpha`. Which cells they are is data, so that nothing is compiled anew for others.

    Attributes:
        net: stem, reductions and the last layers.
        forks: the operations of each cell, stacked along a new first axis.
        alpha: `(3, cells)`; equal at first.
    """

    net: CellNet
    forks: tuple[tuple[Edge, ...], ...]
    alpha: jax.Array

    def __init__(self, key: Key, classes: int, cells: int, *, inputs: int = 3, channels: int = 8) -> None:
        """Draw the weights.

        Args:
            key: random key.
            classes: what there is to tell apart.
            cells: that compete in each stage, 2 or more.
            inputs: channels of an image.
            channels: of the first stage.

        Raises:
            InputError: for a value out of range.
        """
        require(cells >= 2, "cells", cells, "give 2 or more")
        key, key_forks = jax.random.split(key)
        self.net = CellNet(key, classes, inputs=inputs, channels=channels)

        def fork(key: Key) -> tuple[tuple[Edge, ...], ...]:
            made = CellNet(key, classes, inputs=inputs, channels=channels).edges
            return tuple(stage[0] for stage in made)

        self.forks = eqx.filter_vmap(fork)(jax.random.split(key_forks, cells))
        self.alpha = jnp.zeros((3, cells))

    def shares(self) -> jax.Array:
        """What each cell has of each stage, `(3, cells)`, 1 in sum for a stage."""
        return jax.nn.softmax(self.alpha, 1)

    def __call__(self, genotypes: jax.Array, images: jax.Array) -> jax.Array:
        """Logits, `(images, classes)`.

        Args:
            genotypes: `(cells, 6)` numbers of operations.
            images: `(images, height, width, channels)`, sides that are multiples of 4.
        """
        x, _ = self.net.stem_norm(convolved(images, self.net.stem), _HOW)
        for stage, (edges, shares) in enumerate(zip(self.forks, self.shares(), strict=True)):
            if stage:
                x, _, _ = self.net.reductions[stage - 1](x, _HOW)
            arrays, static = eqx.partition(edges, eqx.is_array)

            def add(
                total: jax.Array, each: tuple[object, jax.Array, jax.Array], x: jax.Array = x, static: object = static
            ) -> tuple[jax.Array, None]:
                own, genotype, share = each
                return total + share * _cell(eqx.combine(own, static), genotype, x), None

            # One after the other: side by side, all operations would be computed on all edges.
            x, _ = jax.lax.scan(add, jnp.zeros_like(x), (arrays, genotypes, shares))
        last, _ = self.net.last_norm(x, _HOW)
        return jax.nn.relu(last).mean((1, 2)) @ self.net.weight + self.net.bias


def _cell(edges: tuple[Edge, ...], genotype: jax.Array, x: jax.Array) -> jax.Array:
    nodes = [x]
    for node in (1, 2, 3):
        come = [
            edges[place](nodes[sender], genotype[place], _HOW)[0]
            for place, (sender, to) in enumerate(EDGES)
            if to == node
        ]
        nodes.append(sum(come[1:], come[0]))
    return nodes[3]
