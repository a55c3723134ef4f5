"""Nets of cells with channels of their own: Evolutive-NAS's final net (Reolon 2021, figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.data.channel_cells import ChannelCell, node_channels
from ontogeny.errors import require
from ontogeny.nets.cell_operations import How, Norm, kernels
from ontogeny.nets.channel_operations import MADE, Gated, Pool, Separable, Skip
from ontogeny.nets.passage import Passage, to_one


class ChannelCellNet(eqx.Module):
    """One cell: nodes whose channels are what comes along their edges, side by side.

    Attributes:
        operations: one for each edge and kind.
        ends: of each, from which node and to which later one.
    """

    operations: tuple[Separable | Skip | Gated | Pool, ...]
    ends: tuple[tuple[int, int], ...] = eqx.field(static=True)
    nodes: int = eqx.field(static=True)

    def __init__(self, key: Key, cell: ChannelCell, inputs: int) -> None:
        widths = node_channels(cell, inputs)
        operations, ends = [], []
        for to in range(1, cell.nodes + 1):
            for sender in range(to):
                for place, channels in enumerate(cell.channels[to * (to - 1) // 2 + sender]):
                    if channels and widths[sender]:
                        key, drawn = jax.random.split(key)
                        operations.append(MADE[place](drawn, widths[sender], int(channels)))
                        ends.append((sender, to))
        self.operations, self.ends = tuple(operations), tuple(ends)
        self.nodes = cell.nodes


class ChannelNet(eqx.Module):
    """Cells one after the other, each beside the picture; batch norm, the largest of each channel, a dense layer.

    Attributes:
        halved: whether what comes out of each cell but the last is halved in size, by means of 2×2 pixels. In the
            program nothing is halved where pictures have 32×32 pixels.
    """

    cells: tuple[ChannelCellNet, ...]
    norm: Norm
    weight: jax.Array
    bias: jax.Array
    halved: bool = eqx.field(static=True)

    def __init__(
        self, key: Key, classes: int, cells: Sequence[ChannelCell], *, inputs: int = 3, halved: bool = True
    ) -> None:
        """Draw the weights.

        Args:
            key: random key.
            classes: what there is to tell apart, 2 or more.
            cells: from the picture on; 1 or more.
            inputs: channels of an image.
            halved: as above.

        Raises:
            InputError: for a value out of range.
        """
        require(classes >= 2, "classes", classes, "give 2 or more")
        require(len(cells) >= 1, "cells", len(cells), "give 1 or more")
        key_last, *keys = jax.random.split(key, len(cells) + 1)
        width, made = inputs, []
        for drawn, cell in zip(keys, cells, strict=True):
            made.append(ChannelCellNet(drawn, cell, width))
            width = node_channels(cell, width)[-1] + inputs
        self.cells = tuple(made)
        self.norm = Norm(width)
        self.weight = kernels(key_last, (1, 1, width, classes))[0, 0]
        self.bias = jnp.zeros(classes)
        self.halved = halved

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens when images pass (`nets.passage.Passed`); its blocks are what comes out of cells."""
        given = iter(moments) if moments is not None else None

        def how() -> How:
            return How(None if given is None else next(given), linear)

        found: list[jax.Array] = []
        rectified: list[jax.Array] = []
        blocks: list[jax.Array] = []
        x, picture, scale = images, images, jnp.zeros(())
        for number, cell in enumerate(self.cells):
            come: list[list[jax.Array]] = [[x]] + [[] for _ in range(cell.nodes)]
            for (sender, to), operation in zip(cell.ends, cell.operations, strict=True):
                out, moves, seen = operation(_beside(come[sender]), tuple(how() for _ in range(operation.norms)))
                come[to].append(out)
                found += moves
                rectified += seen
            x = _beside(come[-1])
            if self.halved and number < len(self.cells) - 1:
                x, picture = _half(x), _half(picture)
            if linear:
                x, scale = to_one(x, scale)
            if taps is not None:
                x += taps[number]
            blocks.append(x)
            x = jnp.concatenate([x, picture], -1)
        last, moved = self.norm(x, how())
        found.append(moved)
        logits = last.max((1, 2)) @ self.weight + self.bias
        once = tuple(jnp.ones(()) for _ in rectified)
        return Passage(logits, tuple(rectified), once, tuple(blocks), scale, tuple(found))


def _beside(parts: Sequence[jax.Array]) -> jax.Array:
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts, -1)


def _half(x: jax.Array) -> jax.Array:
    images, height, width, channels = x.shape
    return x.reshape(images, height // 2, 2, width // 2, 2, channels).mean((2, 4))
