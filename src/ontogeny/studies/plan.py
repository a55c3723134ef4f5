"""What a study does for one budget: trainings, and what is measured on the trained genomes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ontogeny.studies.subject import Opening

Take: TypeAlias = Callable[[Any, int], dict[str, Any]]
"""From a trained genome, as the plan opens it, and a number of rollouts to what was found, as JSON can hold it."""

Follow: TypeAlias = Callable[[Any, Path], dict[str, Any]]
"""From a training and the study's folder to how it went, as JSON can hold it."""


@dataclasses.dataclass(frozen=True)
class Model:
    """One way to train one thing.

    Attributes:
        name: of its folders and in tables, such as `carrot-9-es-pool`.
        tree: its configuration as plain values, without a seed; its limit is in steps.
        milestones: steps of training after which its course is measured, in their order, before the last one.
    """

    name: str
    tree: dict[str, Any]
    milestones: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Something that is done to a trained genome.

    Attributes:
        name: of its file.
        take: does it.
    """

    name: str
    take: Take


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Something that needs no trained genome, such as how fast a machine is.

    Attributes:
        name: of its file.
        make: does it; what is found can be held by JSON.
        mark: what it depends on; where that changes it is made anew.
    """

    name: str
    make: Callable[[], dict[str, Any]]
    mark: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        trainings: what is trained, each with its seed.
        measurements: what is done to each genome.
        rollouts: how often a genome is grown in a measurement; 0 where nothing about a measurement is random.
        opening: of a trained genome, for those who measure it.
        course: how a training went, see `studies.course`.
        experiments: what needs no trained genome.
        kept: folder of genomes that were trained before; `None` to train all.
        kept_evidence: folder of what experiments found before, see `studies.kept`; `None` to make all.
    """

    trainings: tuple[tuple[Model, int], ...]
    measurements: tuple[Measurement, ...]
    rollouts: int
    opening: Opening
    course: Follow | None = None
    experiments: tuple[Experiment, ...] = ()
    kept: Path | None = None
    kept_evidence: Path | None = None

    @property
    def models(self) -> tuple[Model, ...]:
        """What is trained, each once."""
        return tuple({model.name: model for model, _ in self.trainings}.values())

    @property
    def seeds(self) -> tuple[int, int]:
        """The fewest and the most seeds of a model."""
        counts = Counter(model.name for model, _ in self.trainings).values()
        return min(counts, default=0), max(counts, default=0)


def seed_by_seed(models: Sequence[Model], seeds: int) -> tuple[tuple[Model, int], ...]:
    """All models with all seeds, in an order in which what is broken off has something of every model."""
    return tuple((model, seed) for seed in range(seeds) for model in models)
