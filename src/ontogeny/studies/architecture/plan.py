"""What is done for a budget."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ontogeny.data.macro_nets import MACRO
from ontogeny.scores import SCORES
from ontogeny.studies.architecture.asking import by_accuracy, by_predictor
from ontogeny.studies.architecture.scoring import first_population, measured, measured_alike, measured_macro
from ontogeny.studies.architecture.searching import by_scores, in_own_space
from ontogeny.studies.architecture.settings import (
    DATA,
    ELSEWHERE,
    KNOWN,
    OWN_SEARCHES,
    RANDOM,
    SEARCHES,
    TEXT_SCORES,
    TRAINED,
)
from ontogeny.studies.architecture.sizes import by_size
from ontogeny.studies.architecture.tournaments import TOURNAMENTS, tournaments
from ontogeny.studies.architecture.training import trained
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
        own: seeds of searches of the text's own space.
        own_generations: of these.
        tables: data sets whose table is searched.
        queries: of a search in a table.
        courses: searches in a table, each with its seed.
        trained: on which data nets are trained in the end, on how many pictures, in how many epochs.
        tested: on how many pictures they are tested then.
        macro: nets of NAS-Bench-Macro that are scored.
        contests: tournaments by gradients, each of four of the scored cells.
    """

    images: str = "cifar10"
    measured_here: str = "cifar10"
    cells: int = 400
    scores: tuple[str, ...] = tuple(SCORES)
    generations: int = 10
    seeds: int = 3
    own: int = 3
    own_generations: int = 6
    tables: tuple[str, ...] = (*DATA, MACRO)
    queries: int = 500
    courses: int = 200
    trained: tuple[tuple[str, int, int], ...] = (("cifar10", 3200, 6), ("mnist", 2000, 2), ("fashion-mnist", 2000, 2))
    tested: int = 2000
    macro: int = 100
    contests: int = 100


SMOKE = Scale(
    images="digits",
    measured_here="digits",
    cells=12,
    scores=("naswot", "ntk", "jacobian", "expressivity", "log-synflow"),
    generations=2,
    seeds=1,
    own=0,
    tables=(),
    trained=(("digits", 640, 2),),
    tested=100,
    macro=0,
    contests=0,
)
"""So little that it runs in a minute: nothing follows from it."""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """All experiments."""
    made = [
        _experiment("first population", 0, first_population, scale.measured_here, min(30, scale.cells)),
        *(_alone(f"table {data}", by_accuracy, data, scale.queries, scale.courses) for data in scale.tables),
        *(_alone(f"predictor {data}", by_predictor, data, 100, scale.courses // 4) for data in scale.tables),
        *(_alone(f"size {data}", by_size, data, 20, scale.courses // 2) for data in scale.tables[:1]),
        _experiment("scores", 0, measured, scale.scores, scale.images, scale.cells),
        _experiment("known cells", 0, measured_alike, TEXT_SCORES, scale.images, tuple(KNOWN.items())),
    ]
    if scale.macro:
        made.append(_experiment("scores of nets", 0, measured_macro, ELSEWHERE, scale.images, scale.macro))
    if scale.contests:
        contests = (scale.images, 200, scale.contests, scale.cells)
        made += [_experiment(f"tournaments, {kind}", 0, tournaments, kind, *contests) for kind in TOURNAMENTS]
    for seed in range(scale.seeds):
        made += [
            _experiment(f"by scores, {name}", seed, by_scores, name, scale.images, scale.generations)
            for name in (*SEARCHES, RANDOM)
        ]
    for seed in range(scale.own):
        made += [
            _experiment(f"own space, {name}", seed, in_own_space, name, scale.images, scale.own_generations)
            for name in (*OWN_SEARCHES, RANDOM)
        ]
    for seed in range(scale.seeds):
        for data, images, epochs in scale.trained:
            made += [
                _experiment(f"trained on {data}, {name}", seed, trained, name, data, images, epochs, scale.tested)
                for name in TRAINED
            ]
    return tuple(made)


def _alone(name: str, make: Callable[..., dict[str, Any]], *arguments: Any) -> Experiment:
    return Experiment(named(name, 0), partial(make, *arguments), {"more": list(arguments)})


def _experiment(name: str, seed: int, make: Callable[..., dict[str, Any]], *arguments: Any) -> Experiment:
    mark = json.loads(json.dumps(arguments))
    return Experiment(named(name, seed), partial(make, *arguments, seed), {"seed": seed, "more": mark})
