"""Runs that differ in nothing but the seed, and their curves together."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ontogeny.report.labels import labels, settings
from ontogeny.report.palette import Tone, tones
from ontogeny.report.verdict import Party
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.statistics import interval_name, median_interval

_ALIKE = ("seed", "checkpoint_seconds", "learner.devices", "learner.chunk")
"""Settings that do not make another experiment: where and in what portions it is computed."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One run.

    Attributes:
        folder: of the run.
        result: how it ended, or where it stands (`stopped` is then `running`).
        metrics: the columns of its metrics table.
    """

    folder: RunFolder
    result: dict[str, Any]
    metrics: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but the seed.

    Attributes:
        label: task, learner and what tells it from the other groups.
        tone: its colour and dash.
        entries: one or more, by seed.
    """

    label: str
    tone: Tone
    entries: tuple[Entry, ...]

    @property
    def seeds(self) -> list[int]:
        """The seeds, in order."""
        return [entry.folder.config.seed for entry in self.entries]

    def values(self, name: str) -> np.ndarray:
        """A figure of the results, one a run."""
        return np.asarray([float(entry.result[name]) for entry in self.entries])

    def row(self) -> dict[str, Any]:
        """The group's line of the table, as plain values."""
        reasons = Counter(str(entry.result["stopped"]) for entry in self.entries)
        return {
            "group": self.label,
            "seeds": self.seeds,
            "loss": self._interval("loss"),
            "population_loss": self._interval("population_loss"),
            "interval": interval_name(len(self.entries)),
            **{name: float(np.median(self.values(name))) for name in ("evaluations", "seconds", "flops")},
            "stopped": ", ".join(f"{name} ×{many}" if many > 1 else name for name, many in reasons.items()),
        }

    def _interval(self, name: str) -> dict[str, float]:
        ends = median_interval(self.values(name))
        return dict(zip(("median", "low", "high"), map(float, ends), strict=True))

    def party(self) -> Party:
        """The group as one side of a verdict."""
        first = self.entries[0].folder.config
        return Party(
            task=first.task.label,
            label=self.label,
            by=first.learner.by,
            losses=self.values("loss").tolist(),
            evaluations=self.values("evaluations").tolist(),
            seconds=self.values("seconds").tolist(),
            metrics=[entry.metrics for entry in self.entries],
        )

    @property
    def task(self) -> str:
        """What was learned."""
        return self.entries[0].folder.config.task.label

    @property
    def measured(self) -> str:
        """What its held-out loss depends on; only groups that agree in this can be compared by it."""
        return repr(sorted(self.entries[0].folder.config.task.measured.items()))

    def curve(self, against: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
        """Median and interval of the held-out loss, as far as every run of the group got.

        All runs of a group measure after the same steps; where they stand is the median over
        the runs too, which for evaluations is the same for all.

        Args:
            against: `evaluations` or `seconds`.

        Returns:
            Positions, median, low and high; `None` where some run has no measurement yet.
        """
        tables = [entry.metrics for entry in self.entries]
        rows = min(len(table.get("loss", ())) for table in tables)
        if not rows:
            return None
        x = np.median([table[against][:rows] for table in tables], axis=0)
        return x, *median_interval(np.asarray([table["loss"][:rows] for table in tables]))


def group(folders: Sequence[RunFolder], short: bool = False) -> tuple[list[Group], list[RunFolder]]:
    """Runs in groups of the same configuration but for the seed, and those with nothing to show yet."""
    entries, empty = [], []
    for folder in folders:
        entry = _entry(folder)
        if entry:
            entries.append(entry)
        else:
            empty.append(folder)
    together: dict[str, list[Entry]] = {}
    for entry in entries:
        table = {name: value for name, value in settings(entry.folder.config).items() if name not in _ALIKE}
        together.setdefault(repr(sorted(table.items())), []).append(entry)
    members = [sorted(each, key=lambda entry: entry.folder.config.seed) for each in together.values()]
    configs = [each[0].folder.config for each in members]
    names = labels(configs, ignore=_ALIKE, short=short)
    drawn = tones([config.learner.by for config in configs])
    return [Group(name, tone, tuple(each)) for name, tone, each in zip(names, drawn, members, strict=True)], empty


def _entry(folder: RunFolder) -> Entry | None:
    metrics = folder.metrics()
    if folder.result is not None:
        return Entry(folder, folder.result, metrics)
    if not len(metrics.get("loss", ())):
        return None
    now = {name: float(column[-1]) for name, column in metrics.items()}
    task, by = folder.config.task.label, folder.config.learner.by
    return Entry(
        folder, {"population_loss": float("nan"), **now, "task": task, "by": by, "stopped": "running"}, metrics
    )
