"""Trained genomes that are kept, with what they cost and how they came about, so that figures need no training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_tensors, save_genome
from ontogeny.studies.plan import Model
from ontogeny.studies.subject import Opening
from ontogeny.studies.training import Trained, settings, training_name

_RESULTS = ("generations", "evaluations", "flops", "seconds", "compile_seconds", "loss", "population_loss", "stopped")


def keep_training(folder: Path, one: Trained, course: dict[str, Any]) -> Path:
    """Keep a trained genome in a file of its own.

    Args:
        folder: where.
        one: the genome, fresh from its training.
        course: what was measured at its milestones.

    Returns:
        The file.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """
    assert one.folder is not None, "one that was just trained"
    tensors, about = load_tensors(one.folder.path / "genome.safetensors")
    facts = {
        "config": _config(one.model, one.seed),
        "result": json.dumps({name: one.result[name] for name in _RESULTS}),
        "course": json.dumps(course),
    }
    path = kept_file(folder, one.model, one.seed)
    save_genome(path, tensors, {**about, **facts})
    return path


def kept_training(folder: Path, model: Model, seed: int, opening: Opening) -> Trained | None:
    """A genome that was kept; `None` where there is none, or where it was trained in another way.

    Raises:
        InputError: for a file that is damaged.
        MachineError: where its picture cannot be had.
    """
    path = kept_file(folder, model, seed)
    if not path.exists():
        return None
    about = load_tensors(path)[1]
    course = json.loads(about["course"])
    steps = [*model.milestones, model.tree["until"]["steps"]]
    if _kept_config(about, model) != _config(model, seed) or course.get("steps", steps) != steps:
        return None
    subject = opening(RunConfig.parse({**model.tree, "seed": seed}), path)
    return Trained(model, seed, subject, json.loads(about["result"]), course=course)


def kept_file(folder: Path, model: Model, seed: int) -> Path:
    """Where a genome is kept, or would be."""
    return folder / f"{training_name(model, seed)}.safetensors"


def _kept_config(about: dict[str, str], model: Model) -> str:
    # Read as a run's would be: what came into the package since then has its default.
    return _dumped(RunConfig.parse({**json.loads(about["config"]), "until": model.tree["until"]}))


def _config(model: Model, seed: int) -> str:
    return _dumped(RunConfig.parse({**model.tree, "seed": seed}))


def _dumped(config: RunConfig) -> str:
    return json.dumps(settings(config), sort_keys=True, ensure_ascii=False)
