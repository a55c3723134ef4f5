"""Nets of cells: one net that has all operations on all edges, or one that has those of a genotype alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data.cells import EDGES, OPERATIONS
from ontogeny.errors import refuse, require
from ontogeny.nets.cell_operations import CELL_OPERATIONS, How, Norm, Operation, convolved, kernels
from ontogeny.nets.passage import Passage, to_one


class Edge(eqx.Module):
    """The operations that there may be from one node to another."""

    operations: tuple[Operation, ...]

    def __call__(self, x: jax.Array, choice: jax.Array, how: How) -> tuple[jax.Array, jax.Array]:
        """What the chosen one makes of it; the others cost nothing."""
        if len(self.operations) == 1:
            return self.operations[0](x, how)
        branches = [lambda x, each=each: each(x, how) for each in self.operations]
        out: tuple[jax.Array, jax.Array] = jax.lax.switch(choice, branches, x)
        return out

    def rectifiers(self, choice: jax.Array) -> jax.Array:
        """How many ReLUs look at what comes in."""
        return jnp.asarray([each.rectifiers for each in self.operations])[choice]


class Reduction(eqx.Module):
    """A residual block after which a picture has half the side and twice the channels, as in NAS-Bench-201."""

    first: jax.Array
    second: jax.Array
    past: jax.Array
    norms: tuple[Norm, Norm]

    def __init__(self, key: Key, channels: int) -> None:
        keys = jax.random.split(key, 3)
        self.first = kernels(keys[0], (3, 3, channels, 2 * channels))
        self.second = kernels(keys[1], (3, 3, 2 * channels, 2 * channels))
        self.past = kernels(keys[2], (1, 1, channels, 2 * channels))
        self.norms = Norm(2 * channels), Norm(2 * channels)

    def __call__(self, x: jax.Array, how: How) -> tuple[jax.Array, jax.Array, jax.Array]:
        """What comes out, what its second ReLU looks at, and `(2, 2, channels)` moments."""
        one, two = (How(None if how.moments is None else how.moments[n], how.linear) for n in (0, 1))
        middle, found = self.norms[0](convolved(jax.nn.relu(x), self.first, 2), one)
        out, further = self.norms[1](convolved(jax.nn.relu(middle), self.second), two)
        halves = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1).mean((2, 4))
        return out + convolved(halves, self.past), middle, jnp.stack([found, further])


class CellNet(eqx.Module):
    """The net of NAS-Bench-201 (Dong & Yang 2020, figure 1): three stages of cells, halved between them.

    Which operation an edge has is data: a `genotype` of numbers of `operations`. Nothing is compiled anew for another.

    Attributes:
        cells: in each stage, 1 or more; the benchmark has 5.
        channels: in the first stage; twice as many in each further one. The benchmark has 16.
        operations: names from `CELL_OPERATIONS`.
    """

    stem: jax.Array
    stem_norm: Norm
    edges: tuple[tuple[tuple[Edge, ...], ...], ...]
    reductions: tuple[Reduction, ...]
    last_norm: Norm
    weight: jax.Array
    bias: jax.Array
    operations: tuple[str, ...] = eqx.field(static=True)

    def __init__(
        self,
        key: Key,
        classes: int,
        *,
        inputs: int = 3,
        cells: int = 1,
        channels: int = 16,
        operations: Sequence[str] = OPERATIONS,
        genotype: Sequence[int] | np.ndarray | None = None,
    ) -> None:
        """Draw the weights, of all operations or of a genotype's alone.

        Args:
            key: random key.
            classes: what there is to tell apart, 2 or more.
            inputs: channels of an image.
            cells: in each stage.
            channels: in the first stage.
            operations: that an edge may have.
            genotype: `(6,)` numbers of operations; the net then has these alone, and takes zeros as its genotype.

        Raises:
            InputError: for a value out of range, or an unknown operation.
        """
        require(cells >= 1, "cells", cells, "give 1 or more")
        require(channels >= 1, "channels", channels, "give 1 or more")
        require(classes >= 2, "classes", classes, "give 2 or more")
        for name in operations:
            if name not in CELL_OPERATIONS:
                refuse("operation", name, CELL_OPERATIONS)
        key_stem, key_edges, key_between, key_last = jax.random.split(key, 4)
        widths = [channels * 2**stage for stage in range(3)]
        chosen = [[operations[int(one)]] for one in genotype] if genotype is not None else [list(operations)] * 6

        def edge(key: Key, place: int, width: int) -> Edge:
            # The key belongs to the operation, so that a net of one genotype begins as it does among all.
            made = (
                CELL_OPERATIONS[name](jax.random.fold_in(key, operations.index(name)), width) for name in chosen[place]
            )
            return Edge(tuple(made))

        self.stem = kernels(key_stem, (3, 3, inputs, channels))
        self.stem_norm = Norm(channels)
        self.edges = tuple(
            tuple(
                tuple(
                    edge(jax.random.fold_in(key_edges, (stage * cells + cell) * 6 + place), place, width)
                    for place in range(6)
                )
                for cell in range(cells)
            )
            for stage, width in enumerate(widths)
        )
        keys = jax.random.split(key_between)
        self.reductions = tuple(Reduction(each, width) for each, width in zip(keys, widths, strict=False))
        self.last_norm = Norm(widths[-1])
        bound = 1 / np.sqrt(widths[-1])
        self.weight = jax.random.uniform(key_last, (widths[-1], classes), minval=-bound, maxval=bound)
        self.bias = jnp.zeros(classes)
        self.operations = tuple(operations)

    def passage(
        self,
        genotype: jax.Array,
        images: jax.Array,
        moments: Any = None,
        *,
        linear: bool = False,
        taps: Sequence[jax.Array] | None = None,
    ) -> Passage:
        """What happens when images pass.

        Args:
            genotype: `(6,)` numbers of operations.
            images: `(images, height, width, channels)`, sides that are multiples of 4.
            moments: of another passage; without, each batch is normalised by its own.
            linear: nothing is normalised; logits are brought to the order of 1 and `scale` says by how much.
            taps: added to what comes out of the cells, to ask for gradients by them.
        """
        rectified: list[jax.Array] = []
        times: list[jax.Array] = []
        blocks: list[jax.Array] = []
        found: list[jax.Array] = []
        given = iter(moments) if moments is not None else None
        scale = jnp.zeros(())

        def how() -> How:
            return How(None if given is None else next(given), linear)

        x, moved = self.stem_norm(convolved(images, self.stem), how())
        found.append(moved)
        for stage, cells in enumerate(self.edges):
            if stage:
                rectified.append(x)
                times.append(jnp.ones(()))
                x, middle, moved = self.reductions[stage - 1](x, how())
                rectified.append(middle)
                times.append(jnp.ones(()))
                found.append(moved)
            for edges in cells:
                nodes, counted = [x], [jnp.zeros(())] * 4
                for node in (1, 2, 3):
                    total = jnp.zeros_like(x)
                    for place, (sender, to) in enumerate(EDGES):
                        if to == node:
                            out, moved = edges[place](nodes[sender], genotype[place], how())
                            total += out
                            found.append(moved)
                            counted[sender] += edges[place].rectifiers(genotype[place])
                    nodes.append(total)
                rectified += nodes[:3]
                times += counted[:3]
                x = nodes[3]
                if linear:
                    x, scale = to_one(x, scale)
                if taps is not None:
                    x += taps[len(blocks)]
                blocks.append(x)
        last, moved = self.last_norm(x, how())
        found.append(moved)
        rectified.append(last)
        times.append(jnp.ones(()))
        logits = jax.nn.relu(last).mean((1, 2)) @ self.weight + self.bias
        return Passage(logits, tuple(rectified), tuple(times), tuple(blocks), scale, tuple(found))

    def alone(self, genotype: Sequence[int] | np.ndarray) -> CellNet:
        """The net with the chosen operations and nothing else; its genotype is zeros."""
        chosen = [int(one) for one in genotype]
        edges = tuple(
            tuple(
                tuple(Edge((edge.operations[choice],)) for edge, choice in zip(cell, chosen, strict=True))
                for cell in stage
            )
            for stage in self.edges
        )
        net: CellNet = eqx.tree_at(lambda net: net.edges, self, edges)
        return net


class Chosen(eqx.Module):
    """A net of cells with a genotype: `nets.passage.Passed`."""

    net: CellNet
    genotype: jax.Array

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens in the net of this genotype (`CellNet.passage`)."""
        return self.net.passage(self.genotype, images, moments, linear=linear, taps=taps)


class Alone(eqx.Module):
    """A net that was made with a genotype: `nets.passage.Passed`."""

    net: CellNet

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens in it (`CellNet.passage`)."""
        return self.net.passage(jnp.zeros(len(EDGES), jnp.int32), images, moments, linear=linear, taps=taps)
