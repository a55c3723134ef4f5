"""Carry out a plan, a step at a time, so that nothing is lost when it is broken off."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.runs.config import RunConfig
from ontogeny.runs.files import read_json, write_json
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import Callbacks, resume, start
from ontogeny.runs.probing import Subject, subject_of_run
from ontogeny.studies.plan import Measurement, Model, Plan

Watch = Callable[[str, str], Callbacks]
"""From a learner's name and what it is about to do to the callbacks of a training."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trained genome.

    Attributes:
        model: how it was trained.
        seed: of the training.
        subject: the genome and its target.
        result: how the training ended.
    """

    model: Model
    seed: int
    subject: Subject
    result: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What was found.

    Attributes:
        plan: what was done.
        trained: the genomes of each model, by its name.
        found: what was measured on them, seed by seed, by names of model and measurement.
    """

    plan: Plan
    trained: dict[str, list[Trained]]
    found: dict[tuple[str, str], list[dict[str, Any]]]

    def values(self, model: str, measurement: str, *path: str) -> np.ndarray:
        """A number of each seed, `(seeds,)`, or a list, `(seeds, length)`, by the path to it in what was found."""
        return np.asarray([_follow(found, path) for found in self.found[model, measurement]], np.float64)


def collect(plan: Plan, out: Path, watch: Watch, say: Callable[[str], None]) -> Evidence:
    """Train what is not trained yet, measure what is not measured yet.

    Args:
        plan: what to do.
        out: the study's folder; what it holds already is not done again.
        watch: gives the callbacks of a training.
        say: told what is being measured.

    Raises:
        KeyboardInterrupt: where a training was interrupted; all of it is saved.
        InputError: for a configuration that cannot be run.
        MachineError: where the machine fails.
    """
    trained: dict[str, list[Trained]] = {}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    total = len(plan.models) * len(plan.seeds)
    for number, (model, seed) in enumerate(_pairs(plan), start=1):
        one = _trained(model, seed, out, watch, f"{number} of {total}")
        trained.setdefault(model.name, []).append(one)
        for measurement in plan.measurements:
            say(f"{number} of {total}: {model.name}, seed {seed}: {measurement.name}")
            found.setdefault((model.name, measurement.name), []).append(_measured(one, measurement, plan.rollouts, out))
    return Evidence(plan, trained, found)


def _pairs(plan: Plan) -> Iterator[tuple[Model, int]]:
    # Seed by seed, so that what is broken off has something of every model.
    return ((model, seed) for seed in plan.seeds for model in plan.models)


def _trained(model: Model, seed: int, out: Path, watch: Watch, place: str) -> Trained:
    config = RunConfig.parse({**model.tree, "seed": seed})
    name = f"{model.name}-seed{seed}"
    folder = out / "runs" / name
    if not folder.exists():
        result = start(config, folder, watch(config.learner.by, f"{place}: training {name}"))
    else:
        known = RunFolder.open(folder).result
        if known is None or known["stopped"] == "interrupted":
            known = resume(folder, callbacks=watch(config.learner.by, f"{place}: training {name}"))
        result = known
    if result["stopped"] == "interrupted":
        raise KeyboardInterrupt
    return Trained(model, seed, subject_of_run(folder), result)


def _measured(one: Trained, measurement: Measurement, rollouts: int, out: Path) -> dict[str, Any]:
    path = out / "evidence" / f"{one.model.name}-seed{one.seed}-{measurement.name}.json"
    mark = {"genome": _fingerprint(one.subject), "rollouts": rollouts}
    if path.exists():
        old = read_json(path)
        if all(old.get(name) == value for name, value in mark.items()):
            return dict(old["found"])
    found = measurement.take(one.subject, rollouts)
    write_json(path, {**mark, "found": found})
    return dict(read_json(path)["found"])


def _fingerprint(subject: Subject) -> str:
    import jax

    digest = hashlib.sha256()
    for leaf in [*jax.tree.leaves(subject.net), subject.target]:
        digest.update(np.ascontiguousarray(leaf).tobytes())
    return digest.hexdigest()[:16]


def _follow(found: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = found
    for name in path:
        value = value[name]
    return np.nan if value is None else value
