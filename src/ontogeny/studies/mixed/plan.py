"""What the study does for each budget."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from ontogeny.studies.mixed.experiments import alone, baseline, incentive, population
from ontogeny.studies.mixed.settings import (
    CONTROLLED,
    CONTROLS,
    HORIZONTAL,
    INCENTIVES,
    MUTATION,
    PLAIN,
    POPULATIONS,
    VERTICAL,
    Tree,
    changed,
    fitted,
)
from ontogeny.studies.plan import Experiment
from ontogeny.studies.seeds import named

VERTICAL_PARTS = (1, 2, 1)
"""Into how many genes the neurons of each layer fall where likeness is measured: the second layer's halves are two."""

GENERATIONS = 6
"""As published."""


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much is done.

    Attributes:
        data: images.
        epoch: gradient steps of a generation with all images, and with those that are not held back.
        generations: of all populations but the first, which is followed twice as long.
        seeds: of populations, incentives and controls.
        more: seeds of the incentive that is judged, and of its controls.
        popsize: members of a population, and as many children.
        presets: of populations that are followed.
        incentives: that are tried.
        controls: nets that share nothing.
    """

    data: str = "mnist"
    epoch: tuple[int, int] = (600, 550)
    generations: int = GENERATIONS
    seeds: int = 3
    more: int = 5
    popsize: int = 20
    presets: tuple[str, ...] = tuple(POPULATIONS)
    incentives: tuple[str, ...] = tuple(INCENTIVES)
    controls: tuple[str, ...] = tuple(CONTROLS)


SMOKE = Scale("digits", (12, 12), 2, 1, 1, 4, (HORIZONTAL, VERTICAL, CONTROLLED), (PLAIN, "mutation"))
"""So little that it runs in a minute: nothing follows from it."""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """All experiments, seed by seed, so that what is broken off has something of everything."""
    made: list[Experiment] = []
    for seed in range(max(scale.seeds, scale.more)):
        if seed < scale.seeds:
            made += [_population(scale, preset, seed) for preset in scale.presets]
            tree = _tree(scale, HORIZONTAL)
            count = scale.popsize + tree["learner"]["fresh"]
            made.append(_experiment("baseline", seed, baseline, tree, count, scale.generations))
        for name in scale.incentives:
            if seed < (scale.more if name in (PLAIN, "mutation") else scale.seeds):
                tree = changed(_tree(scale, CONTROLLED), INCENTIVES[name])
                made.append(_experiment(f"incentive, {name}", seed, incentive, tree, scale.generations))
        for name in scale.controls:
            tree = changed(_tree(scale, CONTROLLED), CONTROLS[name])
            made.append(_experiment(name, seed, alone, tree, scale.generations + 1))
    return tuple(made)


def _population(scale: Scale, preset: str, seed: int) -> Experiment:
    further = scale.generations if preset == HORIZONTAL else 0
    parts = VERTICAL_PARTS if "vertical" in preset else (1, 1, 1)
    # Where horizontal and vertical are the same algorithm, they are not to be the same run.
    own = seed + 100 if preset == VERTICAL else seed
    tree = _tree(scale, preset)
    arguments = (own, scale.generations, parts, further)
    return Experiment(named(preset, seed), partial(population, tree, *arguments), _mark(tree, *arguments))


def _experiment(name: str, seed: int, make: Callable[..., dict[str, Any]], tree: Tree, *more: Any) -> Experiment:
    return Experiment(named(name, seed), partial(make, tree, seed, *more), _mark(tree, seed, *more))


def _mark(tree: Tree, seed: int, *more: Any) -> dict[str, Any]:
    numbers = [list(each) if isinstance(each, tuple) else each for each in more]
    return {"task": tree["task"], "learner": tree["learner"], "seed": seed, "more": numbers}


def _tree(scale: Scale, preset: str) -> Tree:
    whole, held_back = scale.epoch
    tree = fitted(preset, scale.data, held_back if preset in (CONTROLLED, MUTATION) else whole)
    sizes = {"popsize": scale.popsize, "children": scale.popsize}
    return {**tree, "learner": {**tree["learner"], **sizes}}
