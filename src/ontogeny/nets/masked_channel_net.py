"""One net for all of Evolutive-NAS's cells: how many channels each operation has is data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.data.channel_cells import CHANNEL_OPERATIONS
from ontogeny.errors import require
from ontogeny.nets.cell_operations import How, Norm, kernels, plain
from ontogeny.nets.masked_operations import Slot, masked, rectifies, slot
from ontogeny.nets.passage import Passage, to_one

OPERATIONS = len(CHANNEL_OPERATIONS) - 1
"""As the program has them: all but pools by the largest."""


class MaskedChannelNet(eqx.Module):
    """A cell with all operations on all edges, and all channels that each may have; a picture and a dense layer.

    `chosen` leaves those that a genotype names; the others have weights of 0, and are not computed. What remains is
    `nets.channel_net.ChannelNet` of that one cell, with gaps between its channels.

    Attributes:
        slots: for each edge, operations in the order of `CHANNEL_OPERATIONS`.
        nodes: beside the picture, at most.
        most: channels of an operation, at most.
    """

    slots: tuple[tuple[Slot, ...], ...]
    norm: Norm
    weight: jax.Array
    bias: jax.Array
    inputs: int = eqx.field(static=True)
    nodes: int = eqx.field(static=True)
    most: int = eqx.field(static=True)

    def __init__(self, key: Key, classes: int, *, inputs: int = 3, nodes: int = 3, most: int = 8) -> None:
        """Draw the weights.

        Args:
            key: random key.
            classes: what there is to tell apart, 2 or more.
            inputs: channels of an image.
            nodes: beside the picture, 1 or more.
            most: channels of an operation, 1 or more.

        Raises:
            InputError: for a value out of range.
        """
        for name, value, least in (("classes", classes, 2), ("nodes", nodes, 1), ("most", most, 1)):
            require(value >= least, name, value, f"give {least} or more")
        key_last, *keys = jax.random.split(key, 1 + nodes * (nodes + 1) // 2)
        self.inputs, self.nodes, self.most = inputs, nodes, most
        slots = []
        for (sender, _), drawn in zip(self.ends, keys, strict=True):
            width = self.widths[sender]
            each = jax.random.split(drawn, OPERATIONS)
            slots.append(tuple(slot(place, each[place], width, most) for place in range(OPERATIONS)))
        self.slots = tuple(slots)
        width = self.widths[-1] + inputs
        self.norm = Norm(width)
        self.weight = kernels(key_last, (1, 1, width, classes))[0, 0]
        self.bias = jnp.zeros(classes)

    @property
    def widths(self) -> list[int]:
        """Channels of the picture and of each node, if all were there."""
        return [self.inputs, *(node * OPERATIONS * self.most for node in range(1, self.nodes + 1))]

    @property
    def ends(self) -> list[tuple[int, int]]:
        """From which node to which later one each edge goes."""
        return [(sender, to) for to in range(1, self.nodes + 1) for sender in range(to)]

    def chosen(self, genotype: jax.Array) -> ChosenChannels:
        """The net of one genotype: `nets.passage.Passed`, whose weights are as they would be in a net of it alone.

        Args:
            genotype: `(edges, 7)` channels of operations, 0 to `most`.
        """
        there = [jnp.ones(self.inputs)]
        slots: list[tuple[Slot, ...]] = []
        counts: list[jax.Array] = []
        for to in range(1, self.nodes + 1):
            columns = []
            for sender in range(to):
                place = to * (to - 1) // 2 + sender
                count = jnp.where(there[sender].sum() > 0, genotype[place], 0)
                counts.append(count)
                each = (jnp.arange(self.most) < count[:, None]).astype(jnp.float32)
                slots.append(tuple(map(masked, self.slots[place], [there[sender]] * OPERATIONS, each)))
                columns.append(each.reshape(-1))
            there.append(jnp.concatenate(columns))
        last = jnp.max(jnp.arange(self.nodes + 1) * jnp.stack([each.sum() > 0 for each in there]))
        widest = jnp.stack([jnp.pad(each, (0, self.widths[-1] - len(each))) for each in there[1:]])
        rows = jnp.concatenate([widest[last - 1], jnp.ones(self.inputs)])
        weight = self.weight * (rows * jnp.sqrt(len(rows) / rows.sum()))[:, None]
        return ChosenChannels(tuple(slots), jnp.stack(counts), tuple(there), last, self.norm, weight, self.bias)


class ChosenChannels(eqx.Module):
    """A cell among all.

    Attributes:
        counts: `(edges, 7)` channels.
        there: for the picture and each node, which channels there are.
        last: the node that comes out.
    """

    slots: tuple[tuple[Slot, ...], ...]
    counts: jax.Array
    there: tuple[jax.Array, ...]
    last: jax.Array
    norm: Norm
    weight: jax.Array
    bias: jax.Array

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens when images pass; its one block is what comes out of the cell."""
        given = iter(moments) if moments is not None else None
        found: list[jax.Array] = []
        nodes, looked, place = [images], [jnp.zeros(()) for _ in self.there], 0
        for to in range(1, len(self.there)):
            parts = []
            for sender in range(to):
                for number, operation in enumerate(self.slots[place]):
                    out, moved = _if_there(
                        self.counts[place, number] > 0, operation, nodes[sender],
                        How(None if given is None else next(given), linear),
                    )  # fmt: skip
                    parts.append(out)
                    found.append(moved)
                    looked[sender] += (self.counts[place, number] > 0) * rectifies(operation)
                place += 1
            nodes.append(jnp.concatenate(parts, -1))
        widest = nodes[-1].shape[-1]
        ends = [jnp.pad(each, ((0, 0),) * 3 + ((0, widest - each.shape[-1]),)) for each in nodes[1:]]
        x, scale = _one_of(ends, self.last), jnp.zeros(())
        if linear:
            x, scale = to_one(x, scale)
        if taps is not None:
            x += taps[0]
        out, moved = self.norm(jnp.concatenate([x, images], -1), How(None if given is None else next(given), linear))
        found.append(moved)
        logits = out.max((1, 2)) @ self.weight + self.bias
        times = tuple(count * there for count, there in zip(looked, self.there, strict=True))
        return Passage(logits, tuple(nodes), times, (x,), scale, tuple(found))


def _one_of(ends: list[jax.Array], last: jax.Array) -> jax.Array:
    return sum((jnp.where(last == number, each, 0) for number, each in enumerate(ends, 1)), jnp.zeros_like(ends[0]))


def _if_there(there: jax.Array, operation: Slot, x: jax.Array, how: How) -> tuple[jax.Array, jax.Array]:
    """What an operation makes of what comes in; where it is not there, zeros, which cost nothing."""

    def passed(operation: Slot, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        out, (moved,), _ = operation(x, (how,))
        return out, moved

    out, moved = jax.eval_shape(passed, operation, x)

    def nothing(operation: Slot, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        del operation
        return jnp.zeros(out.shape, x.dtype), plain(jnp.zeros((1, moved.shape[1]), x.dtype))

    made: tuple[jax.Array, jax.Array] = jax.lax.cond(there, passed, nothing, operation, x)
    return made
