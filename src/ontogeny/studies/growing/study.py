"""The study: its budgets, and what is done for each."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib import resources
from pathlib import Path
from typing import ClassVar

from ontogeny.core.devices import usable_cores
from ontogeny.runs.growing_models import PICTURES, Kind, Way, controlled_steps, controlled_tree
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.films import film_section
from ontogeny.studies.growing.lizard import grow_lizard
from ontogeny.studies.growing.measurements import follow_training, measurements
from ontogeny.studies.growing.sections import attack_section, cost_section, erase_section, growth_section, loss_section
from ontogeny.studies.growing.speed import POPSIZES, population_sizes, workers
from ontogeny.studies.growing.training import course_section, speed_section
from ontogeny.studies.kept import kept_file
from ontogeny.studies.plan import Experiment, Model, Plan
from ontogeny.studies.section import Section

GENOMES = Path(str(resources.files("ontogeny.studies.growing"))) / "genomes"
"""Genomes that took long to train; `benchmarks/keep_genomes.py` says how they came there."""

_LIZARD = GENOMES / "lizard-40-es-seed0.safetensors"

_MODELS: tuple[tuple[Way, bool], ...] = (
    ("es", False),
    ("adam", False),
    ("es", True),
    ("adam", True),
    ("es-wide", False),
    ("adam-noise", False),
)
"""How each picture is learned, and whether with a pool."""

_MILESTONES = 6
"""Before the end of a training, each after twice as many steps as the one before."""

_SMOKE_STEPS = {"es": 10, "adam": 30}
_SEEDS = 5


class GrowingStudy:
    """Evolution strategies against Adam on growing images."""

    name = "growing"
    title = "Evolution and Adam grow images"
    about = "does evolution grow images that stay, heal and bear noise better than Adam's?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "the pictures and seeds whose genomes come with the package; minutes on two cores",
        "smoke": "two minutes: a drawn heart, hardly trained, to see that all of it runs",
        "full": f"{_SEEDS} seeds of all {len(PICTURES) * len(_MODELS)} models, all trained anew; days on two cores",
    }

    def plan(self, budget: str) -> Plan:
        """What is trained and measured."""
        if budget == "smoke":
            models = [Model(kind.name, controlled_tree(kind, _SMOKE_STEPS[kind.by])) for kind in _kinds("heart", 7)]
            experiments = _experiments("heart", 7, (40,), 1000, 64)
            return Plan(tuple(models), (0,), measurements(120, 80), 4, follow_training, experiments)
        pictures, seeds = (PICTURES, _SEEDS) if budget == "full" else kept_pictures()
        models = [_model(kind) for picture in pictures for kind in _kinds(*picture)]
        return Plan(
            tuple(models),
            tuple(range(seeds)),
            measurements(2000, 400),
            64,
            follow_training,
            _experiments("carrot", 9, POPSIZES, 50_000, 2048),
            GENOMES if budget == "quick" else None,
        )

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        known = {model.name for model in evidence.plan.models}
        every = [kind for picture in [("heart", 7), *PICTURES] for kind in _kinds(*picture) if kind.name in known]
        return [
            claims_section(every, evidence),
            loss_section(every, evidence),
            speed_section(evidence),
            cost_section(every, evidence),
            course_section(every, evidence),
            growth_section(every, evidence),
            erase_section(every, evidence),
            attack_section(every, evidence),
            film_section(every, evidence),
        ]


def kept_pictures() -> tuple[list[tuple[str, int]], int]:
    """The pictures whose genomes come with the package, and for how many seeds, from 0 on, all of them do.

    Where there are none, one picture and one seed.
    """
    seeds = {picture: _kept_seeds([_model(kind) for kind in _kinds(*picture)]) for picture in PICTURES}
    whole = {picture: count for picture, count in seeds.items() if count}
    return (list(whole), min(whole.values())) if whole else (PICTURES[:1], 1)


def _kept_seeds(models: list[Model]) -> int:
    here = [all(kept_file(GENOMES, model, seed).exists() for model in models) for seed in range(_SEEDS)]
    return [*here, False].index(False)


def _kinds(target: str, size: int) -> list[Kind]:
    return [Kind(target, size, way, pool) for way, pool in _MODELS]


def _model(kind: Kind) -> Model:
    steps = controlled_steps(kind)
    milestones = tuple(steps >> halvings for halvings in range(_MILESTONES, 0, -1))
    return Model(kind.name, controlled_tree(kind, steps), milestones)


def _experiments(
    target: str, size: int, popsizes: tuple[int, ...], evaluations: int, members: int
) -> tuple[Experiment, ...]:
    place = {"target": target, "size": size, "cores": usable_cores()}
    sizes = partial(population_sizes, target, size, popsizes, evaluations)
    found = [
        Experiment("speed", sizes, {**place, "popsizes": list(popsizes), "evaluations": evaluations}),
        Experiment("workers", partial(workers, target, size, members), {**place, "members": members}),
    ]
    if target != "heart" and _LIZARD.exists():
        mark = {"genome": hashlib.sha256(_LIZARD.read_bytes()).hexdigest()[:16]}
        found.append(Experiment("lizard", partial(grow_lizard, _LIZARD), mark))
    return tuple(found)
