"""What a study found, and how it is gathered: a step at a time, so that nothing is lost when it is broken off."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ontogeny.runs.files import read_json, write_json
from ontogeny.studies.kept import kept_training
from ontogeny.studies.plan import Experiment, Measurement, Plan
from ontogeny.studies.subject import Subject
from ontogeny.studies.training import Trained, Watch, train_model

_MAPS = 30_000

COURSE = "course"
"""The name of how a training went."""


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What was found.

    Attributes:
        plan: what was done.
        trained: the genomes of each model, by its name.
        found: what was measured on them, seed by seed, by names of model and measurement.
        experiments: what the experiments found, by name.
    """

    plan: Plan
    trained: dict[str, list[Trained]]
    found: dict[tuple[str, str], list[dict[str, Any]]]
    experiments: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def has(self, *models: str) -> bool:
        """Whether there are trainings of all these models."""
        return {model for model, _ in self.found} >= set(models)

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
    total = len(plan.trainings)
    for number, (model, seed) in enumerate(plan.trainings, start=1):
        known = kept_training(plan.kept, model, seed, plan.opening) if plan.kept else None
        one = known or train_model(model, seed, out, plan.opening, watch, f"{number} of {total}")
        trained.setdefault(model.name, []).append(one)
        say(f"{number} of {total}: measuring {one.name}")
        for measurement in plan.measurements:
            found.setdefault((model.name, measurement.name), []).append(_measured(one, measurement, plan.rollouts, out))
        if plan.course:
            found.setdefault((model.name, COURSE), []).append(one.course or plan.course(one, out))
    return Evidence(
        plan, trained, found, {each.name: _made(each, plan.kept_evidence, out, say) for each in plan.experiments}
    )


def _measured(one: Trained, measurement: Measurement, rollouts: int, out: Path) -> dict[str, Any]:
    path = out / "evidence" / f"{one.name}-{measurement.name}.json"
    mark = {"genome": fingerprint(one.subject), "rollouts": rollouts}
    return once(path, mark, lambda: measurement.take(one.subject, rollouts))


def _made(experiment: Experiment, kept: Path | None, out: Path, say: Callable[[str], None]) -> dict[str, Any]:
    mark, file = {"mark": experiment.mark}, f"{experiment.name}.json"
    known = _known(kept / file, mark) if kept else None
    if known is not None:
        return known
    say(f"experiment: {experiment.name}")
    made = once(out / "evidence" / file, mark, experiment.make)
    let_go(_MAPS)
    return made


def let_go(most: int) -> bool:
    """Forget compiled programs where the process has many memory maps, so that the next ones find room.

    Each compiled program holds a few, a long study compiles thousands, and Linux allows a process 65,530: beyond that
    the compiler fails. Elsewhere nothing is done.

    Args:
        most: memory maps that may stay.

    Returns:
        Whether programs were forgotten.
    """
    maps = Path("/proc/self/maps")
    if not maps.exists() or len(maps.read_bytes().splitlines()) <= most:
        return False
    jax.clear_caches()
    return True


def once(path: Path, mark: dict[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is in a file, or what `make` gives where nothing is, or something of other marks.

    Args:
        path: of the file, which is written then.
        mark: what was found depends on it.
        make: finds it; JSON can hold it.
    """
    known = _known(path, mark)
    if known is not None:
        return known
    write_json(path, {**mark, "found": make()})
    return dict(read_json(path)["found"])


def _known(path: Path, mark: dict[str, Any]) -> dict[str, Any] | None:
    """What is in a file of these marks; `None` where there is none."""
    old = read_json(path) if path.exists() else {}
    fits = bool(old) and all(old.get(name) == value for name, value in mark.items())
    return dict(old["found"]) if fits else None


def fingerprint(subject: Subject) -> str:
    """By which a genome, with what it was trained for, is known again."""
    digest = hashlib.sha256()
    for array in subject.arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def _follow(found: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = found
    for name in path:
        value = value[name]
    return np.nan if value is None else value
