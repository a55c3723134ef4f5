"""The metrics table of a run: CSV for people and pandas, event files for TensorBoard."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ontogeny.core import Row
from ontogeny.runs.events import EventLog
from ontogeny.runs.files import machine_errors, write_atomic


class MetricsLog:
    """Adds lines to `metrics.csv` and to the event files.

    Args:
        folder: of the run.
        step: lines after this step are dropped: a resumed run writes them again.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._path = folder / "metrics.csv"
        self._events: EventLog | None = None
        self._folder = folder
        self._step = step
        if self._path.exists():
            self._drop_after(step)

    def _drop_after(self, step: int) -> None:
        lines = self._path.read_text().splitlines(keepends=True)
        whole = [line for line in lines[1:] if line.endswith("\n") and _step_of(line) <= step]
        write_atomic(self._path, "".join(lines[:1] + whole) if whole else "")

    def add(self, rows: Sequence[Row]) -> None:
        """Add lines; all have the columns of the first.

        Raises:
            MachineError: where the disk is full or the folder cannot be written.
        """
        if not rows:
            return
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        with machine_errors(self._path):
            if not self._path.exists() or not self._path.stat().st_size:
                writer.writeheader()
            writer.writerows(rows)
            with self._path.open("a") as file:
                file.write(text.getvalue())
            if self._events is None:
                self._events = EventLog(self._folder / "events", self._step)
            self._events.add(rows)


def read_metrics(folder: Path) -> dict[str, np.ndarray]:
    """The columns of a run's metrics table by name; empty before the first line."""
    path = folder / "metrics.csv"
    if not path.exists():
        return {}
    with path.open() as file:
        lines = [line for line in file if line.endswith("\n")]
    rows = list(csv.DictReader(lines))
    if not rows:
        return {}
    return {name: np.asarray([float(row[name]) for row in rows]) for name in rows[0]}


def _step_of(line: str) -> float:
    try:
        return float(line.split(",", 1)[0])
    except ValueError:
        return float("inf")
