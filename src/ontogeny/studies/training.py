"""Train a model of a study, and remember what it was at its milestones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ontogeny.errors import require
from ontogeny.runs.config import RunConfig
from ontogeny.runs.files import write_atomic
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import Callbacks, resume, start
from ontogeny.studies.plan import Model
from ontogeny.studies.subject import Opening, Subject

Watch = Callable[[str, str], Callbacks]
"""From a learner's name and what it is about to do to the callbacks of a training."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trained genome.

    Attributes:
        model: how it was trained.
        seed: of the training.
        subject: the genome and what it was trained for.
        result: how the training ended.
        milestones: what it was after some steps of training.
        course: what was measured then, where only that was kept.
        folder: of its run; `None` where only its genome was kept.
    """

    model: Model
    seed: int
    subject: Any
    result: Mapping[str, Any]
    milestones: Mapping[int, Subject] = dataclasses.field(default_factory=dict)
    course: dict[str, Any] | None = None
    folder: RunFolder | None = None

    @property
    def name(self) -> str:
        """Of its folder and files."""
        return training_name(self.model, self.seed)


def training_name(model: Model, seed: int) -> str:
    """Such as `carrot-9-es-pool-seed0`."""
    return f"{model.name}-seed{seed}"


def train_model(model: Model, seed: int, out: Path, opening: Opening, watch: Watch, place: str) -> Trained:
    """Train, or go on, or see that it is done.

    From milestone to milestone: a run that stops and goes on equals one that never stopped.

    Args:
        model: what to train.
        seed: of the training.
        out: the study's folder; the run goes below `runs/`.
        opening: of its genome.
        watch: gives the callbacks.
        place: where the study stands, for the user.

    Raises:
        KeyboardInterrupt: where it was interrupted; all of it is saved.
        InputError: where the folder holds a run of another configuration, or one that went past a milestone.
    """
    name = training_name(model, seed)
    folder = out / "runs" / name
    for step in (*model.milestones, model.tree["until"]["steps"]):
        kept = _milestone(folder, step)
        if kept.exists():
            continue
        config = RunConfig.parse({**model.tree, "seed": seed, "until": {**model.tree["until"], "steps": step}})
        callbacks = watch(config.learner.by, f"{place}: training {name} to step {step:,}")
        if (folder / "config.toml").exists():
            _check(RunFolder.open(folder), config, step)
            result = resume(folder, config.until.model_dump(exclude_none=True), callbacks)
        else:
            result = start(config, folder, callbacks)
        if result["stopped"] == "interrupted":
            raise KeyboardInterrupt
        write_atomic(kept, (folder / "genome.safetensors").read_bytes())
    run = RunFolder.open(folder)
    stages = {step: opening(run.config, _milestone(folder, step)) for step in model.milestones}
    subject = opening(run.config, folder / "genome.safetensors")
    return Trained(model, seed, subject, run.result or {}, stages, folder=run)


def settings(config: RunConfig) -> dict[str, Any]:
    """What decides how a run goes, but for its limits; not where and in what portions it is computed."""
    tree = config.model_dump(mode="json", exclude={"until", "checkpoint_seconds"})
    tree["learner"] = {name: value for name, value in tree["learner"].items() if name not in ("devices", "chunk")}
    return tree


def _check(folder: RunFolder, config: RunConfig, step: int) -> None:
    hint = "it is not what this study trains; give another --out, or remove it"
    require(settings(folder.config) == settings(config), "out", str(folder.path), hint)
    require(
        folder.step <= step, "out", str(folder.path), f"it is past step {step:,}, whose genome was not kept; {hint}"
    )


def _milestone(folder: Path, step: int) -> Path:
    return folder / "milestones" / f"{step}.safetensors"
