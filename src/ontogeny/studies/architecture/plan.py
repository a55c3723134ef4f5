"""What is done for a budget."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from ontogeny.scores import SCORES
from ontogeny.studies.architecture.scoring import first_population, measured
from ontogeny.studies.architecture.searching import by_accuracy, by_scores
from ontogeny.studies.architecture.settings import DATA, RANDOM, SEARCHES
from ontogeny.studies.plan import Experiment
from ontogeny.studies.seeds import named


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much is done.

    Attributes:
        images: data of which images are shown.
        measured_here: the same for what is timed on this machine.
        cells: that are scored.
        scores: by which.
        generations: of searches by scores.
        seeds: of searches by scores.
        tables: data sets whose table is searched.
        queries: of a search in a table.
        courses: searches in a table, each with its seed.
    """

    images: str = "cifar10"
    measured_here: str = "cifar10"
    cells: int = 400
    scores: tuple[str, ...] = tuple(SCORES)
    generations: int = 10
    seeds: int = 3
    tables: tuple[str, ...] = DATA
    queries: int = 500
    courses: int = 200


SMOKE = Scale("digits", "digits", 12, ("naswot", "ntk", "jacobian", "expressivity", "log-synflow"), 2, 1, (), 20, 4)
"""So little that it runs in a minute: nothing follows from it."""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """All experiments."""
    made = [
        _experiment("first population", 0, first_population, scale.measured_here, min(30, scale.cells)),
        *(_alone(f"table {data}", by_accuracy, data, scale.queries, scale.courses) for data in scale.tables),
        _experiment("scores", 0, measured, scale.scores, scale.images, scale.cells),
    ]
    for seed in range(scale.seeds):
        made += [
            _experiment(f"by scores, {name}", seed, by_scores, name, scale.images, scale.generations)
            for name in (*SEARCHES, RANDOM)
        ]
    return tuple(made)


def _alone(name: str, make: Callable[..., dict[str, Any]], *arguments: Any) -> Experiment:
    return Experiment(named(name, 0), partial(make, *arguments), {"more": list(arguments)})


def _experiment(name: str, seed: int, make: Callable[..., dict[str, Any]], *arguments: Any) -> Experiment:
    mark = [list(each) if isinstance(each, tuple) else each for each in arguments]
    return Experiment(named(name, seed), partial(make, *arguments, seed), {"seed": seed, "more": mark})
