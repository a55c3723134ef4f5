"""A disturbance: what a probe does to a trained automaton, and what is watched then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

import jax
import numpy as np

from ontogeny.core import Key
from ontogeny.nets.nca import NCA, seed_cell

Change = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]
"""What is done to the states, `(rollouts, height, width, channels)`, after update number `step`, given
the words that the fire masks come from, `(rollouts, 2)`.

An Equinox module is compiled once for all its instances; a plain function each time anew.
"""


@dataclasses.dataclass(frozen=True)
class Scene:
    """What is grown and watched under a disturbance.

    Attributes:
        net: the automaton; each of its arrays may have a first axis of rollouts, each with weights of its own.
        target: `(height, width, 4)`, what the canvas should show.
        start: `(height, width, channels)`, what growth starts from.
        change: what is done to the states after each update.
        at: after how many updates the disturbance sets in; 0 for the seed.
        once: whether it is over at once, so that there is something to recover from.
        scale: what the mean squared error is multiplied with, so that canvases of different size compare.
        pace: updates that stand for one of the undisturbed.
    """

    net: NCA
    target: np.ndarray
    start: jax.Array
    change: Change | None = None
    at: int = 0
    once: bool = False
    scale: float = 1.0
    pace: float = 1.0


class Disturbance(Protocol):
    """Does something to a trained automaton. Implemented by frozen dataclasses, whose fields say what."""

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """What to watch.

        Args:
            net: the trained automaton.
            target: `(height, width, 4)`, what it learned to grow.
            key: for all that is random about the disturbance.
            rollouts: how many there will be.

        Raises:
            InputError: for a field out of range, by its name.
        """
        ...


def plain_scene(net: NCA, target: np.ndarray) -> Scene:
    """Growth from the seed, undisturbed."""
    height, width = target.shape[:2]
    return Scene(net, target, seed_cell(height, width, net.channels, str(net.output.weight.dtype)))


def pad(target: np.ndarray, margin: int) -> np.ndarray:
    """A picture with empty cells on each side, or with cells cut off where `margin` is below 0."""
    if margin < 0:
        return np.asarray(target[-margin:margin, -margin:margin])
    return np.pad(target, ((margin, margin), (margin, margin), (0, 0)))
