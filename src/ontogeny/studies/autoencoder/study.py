"""The study: its budgets, and what is done for each."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from ontogeny.errors import MachineError
from ontogeny.runs.presets import named_tree
from ontogeny.studies.autoencoder.claims import LIMIT_WIDTHS, claims_section
from ontogeny.studies.autoencoder.experiments import contest, facts, stages
from ontogeny.studies.autoencoder.kept import GENOMES
from ontogeny.studies.autoencoder.latents import latent_section
from ontogeny.studies.autoencoder.long import all_section, cost_section
from ontogeny.studies.autoencoder.sections import one_section, strategy_section, ten_section
from ontogeny.studies.autoencoder.settings import (
    MUTATED,
    POPULATIONS,
    Tree,
    by_sample,
    fitness,
    published,
    task,
    variants,
)
from ontogeny.studies.autoencoder.subject import open_subject, reconstruct
from ontogeny.studies.autoencoder.sweep import sweep
from ontogeny.studies.course import as_logged
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.kept import kept_file
from ontogeny.studies.plan import Experiment, Measurement, Model, Plan, seed_by_seed
from ontogeny.studies.section import Section

_PRESETS = {
    "ten-es": "digits-10-es",
    "ten-adam": "digits-10-adam",
    "ten-ga": "digits-10-ga",
    "all-es": "digits-all-es",
    "all-adam": "digits-all-adam",
}
"""Presets by what the study calls them."""

_SMOKE = {"ten": 0.01, "all": 0.001}
"""What share of its steps each makes for the smallest budget."""

_SHORT = {"ten": 0.3, "all": 0.03}
"""The same for minutes, where there is not the data that the kept genomes have learned."""

_SEEDS = 3

Grid = tuple[tuple[int, ...], tuple[int, ...]]
"""Populations and mutation counts."""

_GRIDS: tuple[Grid, Grid] = ((POPULATIONS, MUTATED), ((5, 20, 100), (1, 10, 50)))
"""What is tried with one picture, and with ten."""

_LEAST: tuple[Grid, Grid] = (((2, 5, 10), (10,)), ((20, 100), (1, 10)))
"""What claims are about."""


class AutoencoderStudy:
    """A genetic algorithm trains a deep convolutional autoencoder."""

    name = "autoencoder"
    title = "A genetic algorithm trains an autoencoder"
    about = "can a deep convolutional autoencoder be trained by mutation and selection, and by which?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "all experiments; long trainings from genomes that come with the package; 15 minutes on two cores",
        "smoke": "two minutes: hardly trained, on pictures that come with the package, to see that all of it runs",
        "full": f"{_SEEDS} seeds of the long trainings, trained anew; hours on two cores",
    }

    def plan(self, budget: str) -> Plan:
        """What is trained and measured."""
        data = "digits" if budget == "smoke" else _pictures()
        scale = 0.01 if budget == "smoke" else 1.0
        shares = _SMOKE if budget == "smoke" else _SHORT if budget == "quick" and data != "mnist" else {}
        models = [_model(name, data, shares.get(name.partition("-")[0], 1.0)) for name in _PRESETS]
        trainings = seed_by_seed(models, _SEEDS if budget == "full" else 1)
        if budget == "quick" and data == "mnist":
            every = seed_by_seed(models, _SEEDS)
            trainings = tuple(one for one in every if kept_file(GENOMES, *one).exists())
        return Plan(
            trainings,
            (Measurement("reconstruct", reconstruct),),
            0,
            open_subject,
            as_logged,
            experiments=_experiments(data, scale, _LEAST if budget == "smoke" else _GRIDS),
            kept=GENOMES if budget == "quick" else None,
        )

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        return [
            claims_section(evidence),
            one_section(evidence),
            ten_section(evidence),
            strategy_section(evidence),
            all_section(evidence),
            latent_section(evidence),
            cost_section(evidence),
        ]


def _variants(data: str) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """Tasks and learners of what is tried beside the published algorithm, by name."""
    setting = (20, 1)
    others = fitness(*setting)
    tasks = {name: task(data, 10, **fields) for name, (fields, _) in others.items()}
    apart = by_sample(*setting)
    tasks |= {name: task(data, 10, by_sample=True) for name in apart} | {"": task(data, 10)}
    return tasks, variants(*setting) | apart | {name: learner for name, (_, learner) in others.items()}


def _pictures() -> str:
    """MNIST, or scikit-learn's digits where it is not in the cache and cannot be downloaded."""
    from ontogeny.data import load_pictures

    try:
        load_pictures("mnist", 1)
    except MachineError:
        return "digits"
    return "mnist"


def _model(name: str, data: str, share: float) -> Model:
    tree: dict[str, Any] = named_tree(_PRESETS[name])
    steps = max(2, round(tree["until"]["steps"] * share))
    return Model(name, {**tree, "task": {**tree["task"], "data": data}, "until": {"steps": steps}})


def _experiments(data: str, scale: float, grids: tuple[Grid, Grid]) -> tuple[Experiment, ...]:
    def spent(evaluations: int, seeds: int) -> tuple[int, int]:
        return max(200, round(evaluations * scale)), max(2, round(seeds * scale))

    def tried(name: str, tasks: dict[str, Tree], learners: dict[str, Tree], evaluations: int, seeds: int) -> Experiment:
        evaluations, seeds = spent(evaluations, seeds)
        mark = {"tasks": tasks, "learners": learners, "evaluations": evaluations, "seeds": seeds}
        return Experiment(name, partial(contest, tasks, learners, evaluations, seeds), mark)

    def swept(name: str, what: Tree, grid: Grid, evaluations: int, seeds: int) -> Experiment:
        evaluations, seeds = spent(evaluations, seeds)
        mark = {"task": what, "grid": list(map(list, grid)), "evaluations": evaluations, "seeds": seeds}
        return Experiment(name, partial(sweep, what, *grid, evaluations, seeds), mark)

    one, ten, everything = (task(data, samples) for samples in (1, 10, None))
    limits = {name: task(data, 1, limits=[(1 - width) / 2, (1 + width) / 2]) for name, width in LIMIT_WIDTHS.items()}
    best = {"task": one, "learner": published(10, 10)}
    return (
        Experiment("pictures", partial(facts, ten), {"task": ten}),
        Experiment("all pictures", partial(facts, everything), {"task": everything}),
        Experiment("stages", partial(stages, best, 5, 39), {"tree": best}),
        swept("one", one, grids[0], 20_000, 8),
        swept("ten", ten, grids[1], 100_000, 3),
        tried("variants", *_variants(data), 20_000, 5),
        tried("limits", limits, {name: published(10, 10) for name in limits}, 20_000, 8),
    )
