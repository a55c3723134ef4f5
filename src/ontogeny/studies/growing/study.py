"""The study: its budgets, and what is done for each."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from ontogeny.core.devices import usable_cores
from ontogeny.runs.growing_models import PICTURES, Kind, Way, controlled_steps, controlled_tree
from ontogeny.studies.course import at_milestones
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.films import film_section
from ontogeny.studies.growing.kept import GENOMES
from ontogeny.studies.growing.lizard import LIZARDS, lizard_experiments, lizard_section
from ontogeny.studies.growing.measurements import follow_training, measurements, open_subject
from ontogeny.studies.growing.sections import attack_section, cost_section, erase_section, growth_section, loss_section
from ontogeny.studies.growing.speed import POPSIZES, population_sizes, workers
from ontogeny.studies.growing.training import course_section, speed_section
from ontogeny.studies.kept import kept_file
from ontogeny.studies.plan import Experiment, Model, Plan, seed_by_seed
from ontogeny.studies.section import Section

_MODELS: tuple[tuple[Way, bool], ...] = (
    ("es", False),
    ("adam", False),
    ("es", True),
    ("adam", True),
    ("es-wide", False),
    ("adam-noise", False),
    ("muon", False),
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
        "quick": "the models and seeds whose genomes come with the package; minutes on two cores",
        "smoke": "two minutes: a drawn heart, hardly trained, to see that all of it runs",
        "full": f"{_SEEDS} seeds of all {len(PICTURES) * len(_MODELS)} models, all trained anew; days on two cores",
    }

    def plan(self, budget: str) -> Plan:
        """What is trained and measured."""
        if budget == "smoke":
            models = [Model(kind.name, controlled_tree(kind, _SMOKE_STEPS[kind.by])) for kind in _kinds("heart", 7)]
            experiments = _experiments("heart", 7, (40,), 1000, 64)
            course = at_milestones(follow_training, 4)
            return Plan(seed_by_seed(models, 1), measurements(120, 80), 4, open_subject, course, experiments)
        return Plan(
            every_training() if budget == "full" else kept_trainings(),
            measurements(2000, 400),
            64,
            open_subject,
            at_milestones(follow_training, 64),
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
            *([lizard_section(evidence)] if LIZARDS.keys() & evidence.experiments.keys() else []),
        ]


def every_training() -> tuple[tuple[Model, int], ...]:
    """All models of all pictures, with all seeds."""
    return seed_by_seed([_model(kind) for picture in PICTURES for kind in _kinds(*picture)], _SEEDS)


def kept_trainings() -> tuple[tuple[Model, int], ...]:
    """Those whose genomes come with the package; where there are none, one of each learner."""
    here = tuple((model, seed) for model, seed in every_training() if kept_file(GENOMES, model, seed).exists())
    return here or every_training()[:2]


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
    return tuple(found) if target == "heart" else (*found, *lizard_experiments())
