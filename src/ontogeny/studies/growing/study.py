"""The study: its budgets, and what is done for each."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib import resources
from pathlib import Path
from typing import ClassVar

from ontogeny.core.devices import usable_cores
from ontogeny.runs.growing_models import Kind, Way, controlled_steps, controlled_tree
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.films import film_section
from ontogeny.studies.growing.lizard import grow_lizard
from ontogeny.studies.growing.measurements import follow_training, measurements
from ontogeny.studies.growing.sections import attack_section, cost_section, erase_section, growth_section, loss_section
from ontogeny.studies.growing.speed import POPSIZES, population_sizes, workers
from ontogeny.studies.growing.training import course_section, speed_section
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
_SEEDS = {"smoke": 1, "quick": 3, "full": 5}
_ROLLOUTS = {"smoke": 4, "quick": 64, "full": 64}


class GrowingStudy:
    """Evolution strategies against Adam on growing images."""

    name = "growing"
    title = "Evolution and Adam grow images"
    about = "does evolution grow images that stay, heal and bear noise better than Adam's?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "3 seeds, from the genomes that come with the package; a quarter of an hour on two cores",
        "smoke": "two minutes: a drawn heart, hardly trained, to see that all of it runs",
        "full": "5 seeds of all 24 models, all trained anew; days on two cores",
    }

    def kinds(self, budget: str) -> list[Kind]:
        """The models of a budget."""
        targets, sizes = (["heart"], [7]) if budget == "smoke" else (["carrot", "rabbit"], [9, 15])
        return [Kind(target, size, way, pool) for target in targets for size in sizes for way, pool in _MODELS]

    def plan(self, budget: str) -> Plan:
        """What is trained and measured."""
        smoke = budget == "smoke"
        models = []
        for kind in self.kinds(budget):
            steps = _SMOKE_STEPS[kind.by] if smoke else controlled_steps(kind)
            milestones = () if smoke else tuple(steps >> halvings for halvings in range(_MILESTONES, 0, -1))
            models.append(Model(kind.name, controlled_tree(kind, steps), milestones))
        return Plan(
            tuple(models),
            tuple(range(_SEEDS[budget])),
            measurements(*((120, 80) if smoke else (2000, 400))),
            _ROLLOUTS[budget],
            follow_training,
            _experiments("heart", 7, (6, 40), 1000, 64) if smoke else _experiments("carrot", 9, POPSIZES, 50_000, 2048),
            GENOMES if budget == "quick" else None,
        )

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        known = {model.name for model in evidence.plan.models}
        every = [kind for budget in ("smoke", "full") for kind in self.kinds(budget) if kind.name in known]
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
