"""What a study does for one budget: trainings, and what is measured on the trained genomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from ontogeny.runs.probing import Subject

Take: TypeAlias = Callable[[Subject, int], dict[str, Any]]
"""From a trained genome and a number of rollouts to what was found, as JSON can hold it."""


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
        models: what is trained.
        seeds: of each training.
        measurements: what is done to each genome.
        rollouts: how often a genome is grown in a measurement.
        course: what is measured at each milestone of a training, and at its end.
        experiments: what needs no trained genome.
        kept: folder of genomes that were trained before; `None` to train all.
    """

    models: tuple[Model, ...]
    seeds: tuple[int, ...]
    measurements: tuple[Measurement, ...]
    rollouts: int
    course: Take | None = None
    experiments: tuple[Experiment, ...] = ()
    kept: Path | None = None
