"""The models of Hestmark & Luu (2022): as they trained them, and without the flaws."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from ontogeny.runs.growing import growing_learner, growing_tree

Way = Literal["es", "es-wide", "adam", "adam-noise", "muon"]
"""How a model is trained.

`es` and `adam` learn as `ontogeny grow` lets them. `es-wide` differs from `es` in σ alone: 0.01 as published, twenty
times as much. `adam-noise` takes its gradients under weight noise of that σ. `muon` is `es` with the gradient by
backpropagation in the place of the estimate, cut to one length since evolution standardises its losses: the same
episodes, optimizer, learning rate and number of steps.
"""

_LABELS: dict[Way, str] = {
    "es": "evolution",
    "es-wide": "evolution, σ 0.01",
    "adam": "Adam",
    "adam-noise": "Adam, weight noise 0.01",
    "muon": "gradients in evolution's steps",
}

PICTURES = [(target, size) for target in ("carrot", "rabbit") for size in (9, 15)]
"""What was grown: targets and sides in cells."""

_POOL = {"es": 256, "adam": 1024}

_FEW_MEMBERS = {("carrot", 9), ("rabbit", 9), ("carrot", 15)}
"""Pictures that they evolved with 6 members where there was no pool; else with 40."""

_LATE_DECAY = {("carrot", 9, True), ("carrot", 15, True), ("rabbit", 15, True), ("rabbit", 15, False)}
"""Those whose learning rate came down at 0.05 and 0.02, not at 0.03 and 0.01."""

_GENERATIONS = {
    ("carrot", 9, False): 2_212_000,
    ("rabbit", 9, False): 1_999_000,
    ("carrot", 15, False): 1_999_000,
    ("rabbit", 15, False): 1_204_000,
    ("carrot", 9, True): 1_036_000,
    ("rabbit", 9, True): 1_157_000,
    ("carrot", 15, True): 1_105_000,
    ("rabbit", 15, True): 1_126_000,
}

_UPDATES = 20_000
"""Of Adam, as published."""

_MORE_UPDATES = {("rabbit", 15): 40_000}
"""Of Adam where 20,000 do not reach the published loss without the bias that it was published with."""

_WITH_POOL = {("carrot", 15): 2_000}
"""Generations of evolution with a pool where 3,000 are not needed for the published loss."""

_STEPPING = ("optimizer", "learning_rate", "schedule", "schedule_steps")
"""What decides how the weights move along a gradient, wherever it is from."""

_SHORT = 1e-4
"""A norm below that of all gradients here, so that all are cut to it."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """What tells one model from another.

    Attributes:
        target: a picture.
        size: its side in cells.
        way: how it is trained.
        pool: whether training starts from a sample pool.
    """

    target: str
    size: int
    way: Way
    pool: bool = False

    @property
    def name(self) -> str:
        """Such as `carrot-9-es-pool`."""
        return f"{self.picture}-{self.way}{'-pool' if self.pool else ''}"

    @property
    def picture(self) -> str:
        """Such as `carrot-9`."""
        return f"{self.target}-{self.size}"

    @property
    def label(self) -> str:
        """How it is trained, in words."""
        return f"{_LABELS[self.way]}{', pool' if self.pool else ''}"

    @property
    def by(self) -> str:
        """The learner: `es`, or `adam` for gradients."""
        return "es" if self.way.startswith("es") else "adam"


def published_kinds() -> list[Kind]:
    """The kinds of models that were published: each picture by both learners, with a sample pool and without."""
    ways: tuple[Way, ...] = ("es", "adam")
    return [Kind(*picture, way, pool) for picture in PICTURES for pool in (False, True) for way in ways]


def published_tree(kind: Kind) -> dict[str, Any]:
    """A model as its program trained it, flaws included.

    Adam has a bias, evolution none, and float64. The pool of evolution held nothing but the seed, so
    there it says only that the population was 40.

    Args:
        kind: one whose way is `es` or `adam`.
    """
    task: dict[str, Any] = {"target": kind.target, "size": kind.size}
    if kind.way == "adam":
        task |= {"batch": 8, "bias": True}
        task |= {"pool": _POOL["adam"], "pool_rule": "worst-after"} if kind.pool else {}
        return {"task": task, "learner": {"by": "adam", "learning_rate": 0.002}, "until": {"steps": _UPDATES}}
    picture = (kind.target, kind.size)
    learner = {
        "by": "es",
        "popsize": 6 if picture in _FEW_MEMBERS and not kind.pool else 40,
        "sigma": 0.01,
        "shaping": "standardised-ranks",
        "noise": "normal",
        "rank": 0,
        "update": "published",
        "optimizer": "sgd",
        "beta1": 0.0,
        "learning_rate": 0.005,
        "decay_thresholds": [0.05, 0.02] if (*picture, kind.pool) in _LATE_DECAY else [0.03, 0.01],
        "decay_factors": [0.3, 0.5],
        "decay_every": 1000,
        "common_random_numbers": False,
    }
    until = {"steps": _GENERATIONS[*picture, kind.pool]}
    return {"task": {**task, "dtype": "float64"}, "learner": learner, "until": until}


def controlled_tree(kind: Kind, steps: int) -> dict[str, Any]:
    """A model without the flaws: no bias and float32 for both learners, and a pool that works for both.

    Both learn as `ontogeny grow` lets them, not by the published programs. With a pool evolution takes two episodes an
    evaluation, the seed's and one from the pool. Both learning rates come down over `steps`.

    Args:
        kind: what is trained.
        steps: gradient steps, or generations, over which the learning rate comes down.
    """
    episodes = "es" if kind.way == "muon" else kind.by
    tree = growing_tree(kind.target, kind.size, episodes, 0, _POOL[episodes] if kind.pool else 0)
    until = {"steps": steps}
    learner = growing_learner(episodes, until, tree["task"])
    if kind.way == "es-wide":
        learner |= {"sigma": 0.01}
    if kind.way == "adam-noise":
        learner |= {"weight_noise": 0.01}
    if kind.way == "muon":
        learner = {"by": "adam", **{name: learner[name] for name in _STEPPING}, "clip": _SHORT}
    return {**tree, "learner": learner, "until": until}


def controlled_steps(kind: Kind) -> int:
    """For how many gradient steps, or generations, the study trains a controlled model."""
    if kind.way.startswith("adam"):
        return _MORE_UPDATES.get((kind.target, kind.size), _UPDATES)
    if kind.pool:
        return _WITH_POOL.get((kind.target, kind.size), 3_000)
    return 1500
