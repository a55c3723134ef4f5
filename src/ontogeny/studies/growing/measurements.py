"""What the study does to a trained automaton: the experiments of the text, and their controls."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from ontogeny.probes import (
    Attack,
    Canvas,
    Disturbance,
    SignAttack,
    WeightNoise,
    Wound,
    erase,
    growth,
    respond,
)  # fmt: skip
from ontogeny.probes.erase import PUBLISHED_STEP
from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_nca
from ontogeny.runs.probing import Subject
from ontogeny.studies.plan import Measurement

WOUNDS = {
    "erase-2x2": Wound("square", 2),
    "erase-3x3": Wound("square", 3),
    "erase-bottom": Wound("bottom"),
}
"""Erasures of figures 8, 9, 13 and 14."""

SIGNS: dict[str, Disturbance] = {
    "signs-growing": SignAttack(7e-7, True, 1, 40),
    "clamp-growing": SignAttack(0.0, True, 1, 40),
    "free-signs-growing": SignAttack(0.007, False, 1, 40),
    "signs-after": SignAttack(0.007, True, PUBLISHED_STEP, PUBLISHED_STEP),
    "clamp-after": SignAttack(0.0, True, PUBLISHED_STEP, PUBLISHED_STEP),
    "free-signs-after": SignAttack(0.007, False, PUBLISHED_STEP, PUBLISHED_STEP),
}
"""The attack of figures 10, 11, 15 and 16; the clamp alone; the signs alone."""

CANVAS = 39
"""Cells a side of the large canvas of figure 18."""

OTHERS: dict[str, Disturbance] = {
    "attack-random": Attack("random"),
    "attack-pgd": Attack("pgd"),
    "noise": WeightNoise(0.01),
    "canvas": Canvas(CANVAS),
}
"""What the text does not do, or only in pictures."""

TRAINED, LATER = 40, 200
"""Updates after which figure 17 follows the loss during training."""


@dataclasses.dataclass(frozen=True)
class _Growth:
    steps: int

    def __call__(self, subject: Subject, rollouts: int) -> dict[str, Any]:
        return growth(subject.net, subject.target, steps=self.steps, rollouts=rollouts).to_json()


@dataclasses.dataclass(frozen=True)
class _Erase:
    wound: Wound
    steps: int

    def __call__(self, subject: Subject, rollouts: int) -> dict[str, Any]:
        return erase(subject.net, subject.target, self.wound, steps=self.steps, rollouts=rollouts).to_json()


@dataclasses.dataclass(frozen=True)
class _Respond:
    name: str
    disturbance: Disturbance
    steps: int

    def __call__(self, subject: Subject, rollouts: int) -> dict[str, Any]:
        found = respond(self.name, subject.net, subject.target, self.disturbance, steps=self.steps, rollouts=rollouts)
        return found.to_json()


def measurements(long: int, short: int) -> tuple[Measurement, ...]:
    """All of them.

    Args:
        long: updates of growth.
        short: updates of everything else.
    """
    return (
        Measurement("growth", _Growth(long)),
        *(Measurement(name, _Erase(wound, short)) for name, wound in WOUNDS.items()),
        *(Measurement(name, _Respond(name, each, short)) for name, each in (SIGNS | OTHERS).items()),
    )


def open_subject(config: RunConfig, genome: Path) -> Subject:
    """A trained automaton with the picture that it learned."""
    return Subject(load_nca(genome), config.task.picture(), None, str(genome))  # type: ignore[attr-defined]


def follow_training(subject: Subject, rollouts: int) -> dict[str, float]:
    """Figure 17: the median loss after as many updates as in training, and after many more."""
    curve = growth(subject.net, subject.target, steps=LATER, rollouts=rollouts).curve
    return {"trained": curve.at(TRAINED)["median"], "later": curve.at(LATER)["median"]}
