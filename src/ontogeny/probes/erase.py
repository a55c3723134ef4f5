"""Erase: a part of a grown image is set to zero. Does it grow back?"""

from __future__ import annotations

import dataclasses
from typing import Any, Literal, TypeAlias, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.errors import refuse, require
from ontogeny.nets.nca import NCA
from ontogeny.probes.growth import check_rollouts
from ontogeny.probes.response import recovered
from ontogeny.probes.rollouts import Curve, watch
from ontogeny.probes.scene import Change

Shape = Literal["square", "bottom", "circle"]
Mask: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

PUBLISHED_STEP = 52
"""Updates before the erasure in Hestmark & Luu (2022), who count from 0 and call it step 51."""


@dataclasses.dataclass(frozen=True)
class Wound:
    """What is erased, and when.

    Attributes:
        shape: `square`, `bottom` (rows) or `circle`.
        size: side of the square, number of rows, or diameter of the circle, in cells; `None`
            for 3 (square), the rows below the centre (bottom), or a third of the side (circle).
        row: first row of the square, or the row of the circle's centre; `None` for the middle.
        column: likewise.
        at: after how many updates, 1 or more.
    """

    shape: Shape = "square"
    size: int | None = None
    row: int | None = None
    column: int | None = None
    at: int = PUBLISHED_STEP

    def mask(self, height: int, width: int) -> Mask:
        """Which cells are erased: `(height, width)`, booleans.

        Raises:
            InputError: for an unknown shape, or one that does not touch the canvas.
        """
        if self.shape not in get_args(Shape):
            refuse("shape", self.shape, get_args(Shape))
        require(self.at >= 1, "at", self.at, "give 1 or more updates")
        size = self.size if self.size is not None else self._usual(height, width)
        require(1 <= size <= max(height, width), "size", size, f"give 1 to {max(height, width)} cells")
        for name, value, limit in (("row", self.row, height), ("column", self.column, width)):
            good = value is None or 0 <= value < limit
            require(good, name, value, f"give 0 to {limit - 1}, a cell of the canvas")
        rows, columns = np.mgrid[:height, :width]
        if self.shape == "bottom":
            return np.asarray(rows >= height - size)
        if self.shape == "circle":
            row = (height - 1) / 2 if self.row is None else self.row
            column = (width - 1) / 2 if self.column is None else self.column
            return np.asarray((rows - row) ** 2 + (columns - column) ** 2 <= (size / 2) ** 2)
        top = height // 2 - (size - 1) // 2 if self.row is None else self.row
        left = width // 2 - (size - 1) // 2 if self.column is None else self.column
        inside = (rows >= top) & (rows < top + size) & (columns >= left) & (columns < left + size)
        return np.asarray(inside)

    def _usual(self, height: int, width: int) -> int:
        usual = {"square": 3, "bottom": height - height // 2 - 1, "circle": max(3, min(height, width) // 3)}
        return usual[self.shape]

    def change(self, height: int, width: int) -> Change:
        """The change that erases it: all channels of its cells to zero."""
        return _Erasure(jnp.asarray(self.mask(height, width)), jnp.int32(self.at))


class _Erasure(eqx.Module):
    """Sets cells to zero after one update."""

    mask: jax.Array
    at: jax.Array

    def __call__(self, states: jax.Array, step: jax.Array, words: jax.Array) -> jax.Array:
        del words
        return jnp.where((step == self.at) & self.mask[..., None], 0, states)


@dataclasses.dataclass(frozen=True)
class Erase:
    """What the probe found.

    Attributes:
        wound: what was erased.
        cells: how many cells.
        steps: updates.
        rollouts: how many.
        damaged: the losses with the erasure.
        untouched: the losses of the same rollouts without it.
    """

    wound: Wound
    cells: int
    steps: int
    rollouts: int
    damaged: Curve
    untouched: Curve

    def recovered(self) -> float:
        """The share of the damage that is gone at the end; see `recovered`."""
        return recovered(self.damaged, self.untouched, self.wound.at, self.steps)

    def summary(self) -> dict[str, Any]:
        """Losses before, just after and at the end, and the recovered share."""
        before = {"before": self.damaged.at(self.wound.at - 1)} if self.wound.at > 1 else {}
        return {
            "probe": "erase",
            **dataclasses.asdict(self.wound),
            "cells": self.cells,
            "steps": self.steps,
            "rollouts": self.rollouts,
            "loss": {
                **before,
                "after": self.damaged.at(self.wound.at),
                "end": self.damaged.at(self.steps),
                "end_untouched": self.untouched.at(self.steps),
            },
            "recovered": self.recovered(),
        }

    def to_json(self) -> dict[str, Any]:
        """The summary and both curves."""
        return {**self.summary(), "curve": self.damaged.to_json(), "untouched": self.untouched.to_json()}


def erase(
    net: NCA,
    target: np.ndarray,
    wound: Wound | None = None,
    *,
    steps: int = 200,
    rollouts: int = 64,
    seed: int = 0,
) -> Erase:
    """Grow many times, erase a part once, and record the loss after each update.

    Args:
        net: a trained automaton.
        target: `(height, width, 4)`, premultiplied RGBA.
        wound: what is erased and when; by default the 3×3 centre, as published.
        steps: updates in all, more than there are before the erasure.
        rollouts: how many, 1 to 10,000.
        seed: of the rollouts.

    Raises:
        InputError: for a value out of range.
    """
    wound = wound or Wound()
    check_rollouts(steps, rollouts)
    require(steps > wound.at, "steps", steps, f"give more than {wound.at}, when the erasure happens")
    height, width = target.shape[:2]
    cells = int(wound.mask(height, width).sum())
    key = jax.random.key(seed)
    damaged = watch(net, target, steps, rollouts, key, wound.change(height, width))
    untouched = watch(net, target, steps, rollouts, key)
    return Erase(wound, cells, steps, rollouts, damaged, untouched)
