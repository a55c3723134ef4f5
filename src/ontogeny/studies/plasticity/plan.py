"""What the study does for each budget."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from ontogeny.runs.presets import named_tree
from ontogeny.studies.plan import Experiment
from ontogeny.studies.plasticity.acting import acting
from ontogeny.studies.plasticity.attacks import attacked
from ontogeny.studies.plasticity.experiments import NEW_SETS, baselines, controlled, original, published
from ontogeny.studies.plasticity.forms import form
from ontogeny.studies.plasticity.images import on_images
from ontogeny.studies.plasticity.settings import (
    ACTING,
    ATTACKED,
    ELSEWHERE,
    EVOLVED,
    FORMS,
    GRADIENT,
    HEBBIAN,
    LEARNED,
    MERGED,
    ON_IMAGES,
    ORIGINAL,
    PASSES,
    PUBLISHED,
    ROUNDS,
    THREE_ROUNDS,
    UNSEEN,
    WIDTHS,
    Tree,
    with_rounds,
)
from ontogeny.studies.plasticity.weights import weights
from ontogeny.studies.seeds import named

BASELINES = {"baselines, 20 neurons": EVOLVED, "baselines, 100 neurons": HEBBIAN}
"""Baselines, by the net that they have."""


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much is done.

    Attributes:
        seeds: of everything.
        more: seeds of the published presets, and of evolved tables and of those by gradients.
        images: sets of images that rules are tried on.
        steps: of learning, at most; as configured if not given.
        rounds: how often neurons fire, where that is swept.
        widths: of nets that frozen rules are tried in.
        passes: how often a new set is shown to rules of the published presets, as the text does.
        learned: names of `LEARNED`.
        forms: names of `FORMS`.
        acting: names of `ACTING`.
    """

    seeds: int = 3
    more: int = 5
    images: tuple[str, ...] = ("digits", "mnist", "fashion-mnist")
    steps: int | None = None
    rounds: tuple[int, ...] = ROUNDS
    widths: tuple[int, ...] = WIDTHS
    passes: int = 50
    learned: tuple[str, ...] = tuple(LEARNED)
    forms: tuple[str, ...] = tuple(FORMS)
    acting: tuple[str, ...] = tuple(ACTING)


SMOKE = Scale(1, 1, ("digits",), 8, (1, 3), (10, 20), 2, (EVOLVED, GRADIENT), tuple(FORMS)[-1:], ())
"""So little that it runs in a minute: nothing follows from it."""


def experiments(scale: Scale) -> tuple[Experiment, ...]:
    """All experiments, seed by seed, so that what is broken off has something of everything."""
    made: list[Experiment] = []
    elsewhere = tuple(name for name in ELSEWHERE if name in scale.images or name not in _IMAGES)
    for seed in range(max(scale.seeds, scale.more)):
        if seed < scale.more:
            made += [_published(scale, name, seed) for name in PUBLISHED]
        for name in scale.learned:
            if seed < (scale.more if name in (EVOLVED, GRADIENT) else scale.seeds):
                tree = _short(LEARNED[name], scale)
                made.append(_experiment(name, seed, controlled, tree, elsewhere, scale.widths))
        if seed < scale.seeds:
            made += _beside(scale, elsewhere, seed)
    return tuple(made)


def _beside(scale: Scale, elsewhere: tuple[str, ...], seed: int) -> list[Experiment]:
    """Baselines, Cristian et al.'s nets, attacks, and the sweep of rounds."""
    made = []
    for name, of in BASELINES.items():
        # On other data nets are as wide as that needs, whatever rules were learned by.
        made.append(_experiment(name, seed, baselines, LEARNED[of], elsewhere if of == EVOLVED else ()))
    mark = {"seed": seed, "data": "clusters", "width": 20, "sets": NEW_SETS}
    made.append(Experiment(named("weights", seed), partial(weights, seed, "clusters", 20, NEW_SETS), mark))
    images = tuple(name for name in scale.images if name != "digits") or scale.images
    for name, tree in ON_IMAGES.items() if scale.steps is None else ():
        whole = {**tree, "task": {**tree["task"], "data": images[0]}}
        made.append(_experiment(f"{name}, images", seed, on_images, _short(whole, scale)))
    for start, tree in ORIGINAL.items():
        made.append(_experiment(f"original, {start}", seed, original, _short(tree, scale), images))
    for name, tree in THREE_ROUNDS.items() if scale.steps is None else ():
        made.append(_experiment(f"three rounds {name}", seed, original, tree, images))
    for name, tree in ATTACKED.items():
        made.append(_experiment(f"attacked, {name}", seed, attacked, _short(tree, scale), images[0], PASSES))
    made += [
        _experiment(f"form {name}", seed, form, _short(FORMS[name], scale), MERGED.get(name, ()))
        for name in scale.forms
    ]
    made += [
        _experiment(f"acting {name}", seed, acting, ACTING[name], UNSEEN[name.partition(",")[0]])
        for name in scale.acting
        if seed == 0 or not name.startswith("ant")  # A quarter of an hour each.
    ]
    for rounds in scale.rounds:
        for recurrent in (False, True):
            if rounds > 1 or not recurrent:
                tree = _short(with_rounds(rounds, recurrent), scale)
                made.append(_experiment(rounds_name(rounds, recurrent), seed, controlled, tree, (), ()))
    return made


_IMAGES = ("digits", "mnist", "fashion-mnist")


def _published(scale: Scale, name: str, seed: int) -> Experiment:
    return _experiment(name, seed, published, _short(named_tree(PUBLISHED[name]), scale), scale.passes)


def _short(tree: Tree, scale: Scale) -> Tree:
    if scale.steps is None:
        return tree
    return {**tree, "until": {"steps": min(scale.steps, tree["until"]["steps"])}}


def _experiment(name: str, seed: int, make: Callable[..., dict[str, Any]], tree: Tree, *more: Any) -> Experiment:
    numbers = [list(each) if isinstance(each, tuple) else each for each in more]
    mark = {"task": tree["task"], "learner": tree["learner"], "until": tree["until"], "seed": seed, "more": numbers}
    return Experiment(named(name, seed), partial(make, tree, seed, *more), mark)


def rounds_name(rounds: int, recurrent: bool) -> str:
    """What the experiments with so many rounds are called."""
    return f"rounds {rounds}, recurrent" if recurrent else f"rounds {rounds}"
