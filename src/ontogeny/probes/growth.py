"""Growth: the loss after each of many updates. Does the image appear, and does it stay?"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import numpy as np

from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.probes.rollouts import Curve, watch

LANDMARKS = (35, 50, 100, 200, 1000, 2000)
"""Updates at which results are listed, as far as they were made."""


@dataclasses.dataclass(frozen=True)
class Growth:
    """What the probe found.

    Attributes:
        steps: updates.
        rollouts: how many.
        curve: the losses.
    """

    steps: int
    rollouts: int
    curve: Curve

    def summary(self) -> dict[str, Any]:
        """The loss at the landmarks and at the end, by update."""
        landmarks = sorted({step for step in LANDMARKS if step <= self.steps} | {self.steps})
        return {
            "probe": "growth",
            "steps": self.steps,
            "rollouts": self.rollouts,
            "loss": {str(step): self.curve.at(step) for step in landmarks},
        }

    def to_json(self) -> dict[str, Any]:
        """The summary and the whole curve."""
        return {**self.summary(), "curve": self.curve.to_json()}


def growth(net: NCA, target: np.ndarray, *, steps: int = 2000, rollouts: int = 64, seed: int = 0) -> Growth:
    """Grow many times from one cell and record the loss after each update.

    Args:
        net: a trained automaton.
        target: `(height, width, 4)`, premultiplied RGBA.
        steps: updates, 1 to 100,000.
        rollouts: how many, 1 to 10,000.
        seed: of the rollouts.

    Raises:
        InputError: for a value out of range.
    """
    check_rollouts(steps, rollouts)
    return Growth(steps, rollouts, watch(net, target, steps, rollouts, jax.random.key(seed)))


def check_rollouts(steps: int, rollouts: int) -> None:
    """Refuse what would never end.

    Raises:
        InputError: for a value out of range.
    """
    require(1 <= steps <= 100_000, "steps", steps, "give 1 to 100,000 updates")
    require(1 <= rollouts <= 10_000, "rollouts", rollouts, "give 1 to 10,000")
