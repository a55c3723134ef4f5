"""How a trained automaton takes a disturbance: its losses with it, and without."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import numpy as np

from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.probes.growth import LANDMARKS, check_rollouts
from ontogeny.probes.rollouts import Curve, observe
from ontogeny.probes.scene import Disturbance, plain_scene


@dataclasses.dataclass(frozen=True)
class Response:
    """What a probe found.

    Attributes:
        probe: its name.
        disturbance: what was done; a frozen dataclass.
        at: after how many updates it set in; 0 for the seed.
        once: whether it was over at once.
        steps: updates.
        rollouts: how many.
        disturbed: the losses.
        untouched: the losses of the same rollouts left alone.
    """

    probe: str
    disturbance: Disturbance
    at: int
    once: bool
    steps: int
    rollouts: int
    disturbed: Curve
    untouched: Curve

    def recovered(self) -> float:
        """The share of the damage that is gone at the end (see `recovered`); NaN where it lasts."""
        return recovered(self.disturbed, self.untouched, self.at, self.steps) if self.once else math.nan

    def area(self) -> float:
        """Decades of loss that the disturbance costs on average, from where it sets in to the end.

        The mean over the updates of log10(median loss / median loss of the rollouts left alone): 0 is
        no harm, 1 ten times the loss. Infinite where the rollouts explode.
        """
        first = max(0, self.at - 1)
        hurt, alone = (curve.quantile(0.5)[first:] for curve in (self.disturbed, self.untouched))
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.mean(np.log10(hurt / alone)))

    def summary(self) -> dict[str, Any]:
        """Losses at the landmarks, with and without the disturbance, and both scores."""
        steps = {step for step in LANDMARKS if step <= self.steps} | {self.steps} | ({self.at} if self.at else set())
        return {
            "probe": self.probe,
            **dataclasses.asdict(self.disturbance),  # type: ignore[call-overload]
            "steps": self.steps,
            "rollouts": self.rollouts,
            "loss": {str(step): self.disturbed.at(step) for step in sorted(steps)},
            "untouched": {str(step): self.untouched.at(step) for step in sorted(steps)},
            "recovered": self.recovered(),
            "area": self.area(),
        }

    def to_json(self) -> dict[str, Any]:
        """The summary and both curves."""
        return {
            **self.summary(),
            "at": self.at,
            "curve": self.disturbed.to_json(),
            "curve_untouched": self.untouched.to_json(),
        }


def recovered(damaged: Curve, untouched: Curve, at: int, end: int) -> float:
    """The share of a damage that is gone at the end: 1 is all, 0 none, below 0 it grew.

    Damage is the median loss less that of the same rollouts left alone. NaN where those have
    become as bad as the damage by themselves, or where there is none: then there is nothing to read.

    Args:
        damaged: the losses with the damage.
        untouched: the losses of the same rollouts without.
        at: the update right after which the damage is done.
        end: the last update.
    """

    def damage(step: int) -> float:
        return damaged.at(step)["median"] - untouched.at(step)["median"]

    stays = untouched.at(end)["median"] < damaged.at(at)["median"]
    return 1 - damage(end) / damage(at) if damage(at) > 0 and stays else math.nan


def respond(
    probe: str,
    net: NCA,
    target: np.ndarray,
    disturbance: Disturbance,
    *,
    steps: int = 200,
    rollouts: int = 64,
    seed: int = 0,
) -> Response:
    """Grow many times under a disturbance, and as many times without, with the same chances.

    Args:
        probe: a name for what is done.
        net: a trained automaton.
        target: `(height, width, 4)`, premultiplied RGBA.
        disturbance: what is done.
        steps: updates, more than there are before the disturbance.
        rollouts: how many, 1 to 10,000.
        seed: of the rollouts.

    Raises:
        InputError: for a value out of range.
    """
    check_rollouts(steps, rollouts)
    key = jax.random.key(seed)
    scene = disturbance.scene(net, target, jax.random.fold_in(key, 1), rollouts)
    require(steps > scene.at, "steps", steps, f"give more than {scene.at}, when it happens")
    disturbed = observe(scene, steps, rollouts, key)
    untouched = observe(plain_scene(net, target), steps, rollouts, key)
    return Response(probe, disturbance, scene.at, scene.once, steps, rollouts, disturbed, untouched)
