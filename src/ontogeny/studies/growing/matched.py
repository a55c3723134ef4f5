"""Compare trainings where they have learned as much: at one loss, which all of them reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.studies.evidence import COURSE, Evidence


def rise_at_matched_loss(evidence: Evidence, models: Sequence[str]) -> tuple[float, dict[str, np.ndarray]]:
    """How much worse growth becomes after training's last update, at a loss that all models reach.

    Args:
        evidence: with the courses of these models.
        models: their names; they grow the same picture.

    Returns:
        The loss at which they are matched, the lowest that every seed of every model reaches; and for each model the
        loss 160 updates later over it, `(seeds,)`, read off each seed's course between milestones.
    """
    courses = {
        name: (evidence.values(name, COURSE, "trained"), evidence.values(name, COURSE, "later")) for name in models
    }
    level = max(float(np.nanmin(trained, axis=1).max()) for trained, _ in courses.values())
    rises = {
        name: np.asarray([later_at(level, *one) / level for one in zip(*course, strict=True)])
        for name, course in courses.items()
    }
    return level, rises


def later_at(level: float, trained: np.ndarray, later: np.ndarray) -> float:
    """The later loss where training first comes down to a level, by interpolation of logarithms.

    Args:
        level: above 0; training reaches it.
        trained: `(milestones,)`, the loss after as many updates as in training.
        later: `(milestones,)`, the loss after many more.

    Returns:
        Infinity where training never reaches the level.
    """
    below = np.flatnonzero(trained <= level)
    if not below.size:
        return float("inf")
    place = int(below[0])
    steps = (trained[place - 1], trained[place], later[place - 1], later[place])
    if place == 0 or not np.isfinite(steps).all():
        # Nothing to interpolate from, or something beyond all bounds, from which no line leads down.
        return float(later[place])
    high, low, before, after = np.log(steps)
    return float(np.exp(before + (high - np.log(level)) / (high - low) * (after - before)))
