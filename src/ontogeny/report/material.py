"""Everything that a page says about a run, read from its folder or made once and kept there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ontogeny.errors import InputError
from ontogeny.nets import NCA
from ontogeny.probes import Wound, erase, frames, growth
from ontogeny.report.labels import labels
from ontogeny.report.palette import Tone, tones
from ontogeny.report.pictures import STRIP
from ontogeny.runs.folder import RunFolder

_MANY_CELLS = 1600


@dataclasses.dataclass(frozen=True)
class Erasure:
    """One erasure of a run.

    Attributes:
        name: of the probe in the folder.
        found: what the probe found.
        wound: what is erased, and when.
        frames: `(steps + 1, height, width, 4)`, one rollout with the erasure.
        untouched: the same rollout without it.
        outdated: whether the genome is newer than the probe.
    """

    name: str
    found: dict[str, Any]
    wound: Wound
    frames: np.ndarray
    untouched: np.ndarray
    outdated: bool


@dataclasses.dataclass(frozen=True)
class Material:
    """One run.

    Attributes:
        folder: of the run.
        label: a short name, different from those beside it.
        tone: its colour and dash.
        result: how it ended.
        metrics: the columns of its metrics table.
        target: `(height, width, 4)`, or `None` where it grows no picture.
        net: the trained automaton; `None` where there is none to show.
        problem: why there is none, though it grows.
        growth: what the growth probe found.
        frames: `(1001, height, width, 4)`, one rollout.
        erasures: the default one first.
    """

    folder: RunFolder
    label: str
    tone: Tone
    result: dict[str, Any]
    metrics: dict[str, np.ndarray]
    target: np.ndarray | None = None
    net: NCA | None = None
    problem: str = ""
    growth: dict[str, Any] | None = None
    frames: np.ndarray | None = None
    erasures: tuple[Erasure, ...] = ()

    @property
    def by(self) -> str:
        """What the learner is called in the configuration."""
        return self.folder.config.learner.by

    @property
    def trained_on(self) -> tuple[int, int]:
        """Fewest and most updates of an episode."""
        fewest, most = getattr(self.folder.config.task, "steps", (30, 39))
        return fewest, most

    @property
    def shown_at(self) -> int:
        """The update whose picture stands for the result: the middle of the episodes."""
        return -(-sum(self.trained_on) // 2)

    def loss_of(self, state: np.ndarray) -> float:
        """The error of one picture, unclipped as in training."""
        assert self.target is not None
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.mean((state.astype(np.float64) - self.target) ** 2))


def gather(folders: Sequence[RunFolder]) -> list[Material]:
    """The material of each run; probes that were not made yet are made and kept.

    Raises:
        InputError: where a run has not ended, so that there is no genome yet.
        MachineError: where a folder is damaged or cannot be written.
    """
    for folder in folders:
        _require_ended(folder)
    configs = [folder.config for folder in folders]
    names = labels(configs, short=True)
    drawn = tones([config.learner.by for config in configs])
    return [_gather(*each) for each in zip(folders, names, drawn, strict=True)]


def _require_ended(folder: RunFolder) -> None:
    if folder.result is None or not (folder.path / "genome.safetensors").exists():
        hint = f"it has not ended; go on with: ontogeny resume {folder.path}"
        raise InputError("run", str(folder.path), hint)


def _gather(folder: RunFolder, label: str, tone: Tone) -> Material:
    result = folder.result
    assert result is not None
    made = Material(folder, label, tone, result, folder.metrics())
    if folder.config.task.name != "growing":
        return made
    target = np.asarray(folder.config.task.picture())  # type: ignore[attr-defined]
    try:
        net = folder.nca()
    except InputError as error:
        return dataclasses.replace(made, target=target, problem=f"{error.value}: {error.expected}")
    height, width = target.shape[:2]
    grown = frames(net, (height, width), max(STRIP[-1], made.shown_at), jax.random.key(0))
    return dataclasses.replace(
        made,
        target=target,
        net=net,
        growth=_growth(folder, net, target),
        frames=grown,
        erasures=tuple(_erasure(folder, net, target, grown, name) for name in _erase_names(folder)),
    )


def _rollouts(target: np.ndarray) -> int:
    return 64 if target.shape[0] * target.shape[1] <= _MANY_CELLS else 16


def _kept(folder: RunFolder, name: str) -> tuple[dict[str, Any] | None, bool]:
    """What a probe found, and whether the genome has changed since."""
    path = folder.path / "probes" / f"{name}.json"
    if not path.exists():
        return None, False
    return folder.probes()[name], path.stat().st_mtime < _time(folder.path / "genome.safetensors")


def _time(path: Path) -> float:
    return path.stat().st_mtime


def _growth(folder: RunFolder, net: NCA, target: np.ndarray) -> dict[str, Any]:
    found, outdated = _kept(folder, "growth")
    if found is None or outdated:
        found = growth(net, target, rollouts=_rollouts(target)).to_json()
        folder.write_probe("growth", found)
    return found


def _erase_names(folder: RunFolder) -> list[str]:
    others = [name for name, found in folder.probes().items() if found.get("probe") == "erase"]
    return ["erase", *(name for name in others if name != "erase")]


def _erasure(folder: RunFolder, net: NCA, target: np.ndarray, grown: np.ndarray, name: str) -> Erasure:
    found, outdated = _kept(folder, name)
    if found is None or (outdated and name == "erase"):
        found, outdated = erase(net, target, rollouts=_rollouts(target)).to_json(), False
        folder.write_probe(name, found)
    fields = [field.name for field in dataclasses.fields(Wound)]
    wound = Wound(**{field: found[field] for field in fields})
    height, width = target.shape[:2]
    steps, key = int(found["steps"]), jax.random.key(0)
    hurt = frames(net, (height, width), steps, key, wound.change(height, width))
    # The chances of an update hang on its number alone, so a longer rollout begins like a shorter one.
    untouched = grown[: steps + 1] if steps < len(grown) else frames(net, (height, width), steps, key)
    return Erasure(name, found, wound, hurt, untouched, outdated)
