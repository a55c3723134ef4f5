"""What a study does for one budget: trainings, and what is measured on the trained genomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

from ontogeny.runs.probing import Subject

Take: TypeAlias = Callable[[Subject, int], dict[str, Any]]
"""From a trained genome and a number of rollouts to what was found, as JSON can hold it."""


@dataclasses.dataclass(frozen=True)
class Model:
    """One way to train one thing.

    Attributes:
        name: of its folders and in tables, such as `carrot-9-es-pool`.
        tree: its configuration as plain values, without a seed.
    """

    name: str
    tree: dict[str, Any]


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
class Plan:
    """What is to be done.

    Attributes:
        models: what is trained.
        seeds: of each training.
        measurements: what is done to each genome.
        rollouts: how often a genome is grown in a measurement.
    """

    models: tuple[Model, ...]
    seeds: tuple[int, ...]
    measurements: tuple[Measurement, ...]
    rollouts: int
