"""Keep a training in a folder, so that it can go on after a crash."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ontogeny.core import Cost, Row
from ontogeny.core.steps import Training
from ontogeny.runs.checkpoints import load_checkpoint, save_checkpoint
from ontogeny.runs.metrics import MetricsLog


class Checkpoints:
    """Checkpoints and the metrics table of a training, for `train(..., run=...)`.

    The same call to `train` with the same folder goes on where the last one was broken off.

    Args:
        path: the folder; made at the first save.
        seconds: between two checkpoints, 0 or more.
    """

    def __init__(self, path: str | Path, seconds: float = 20.0) -> None:
        self.path = Path(path)
        self.seconds = seconds
        self._log: MetricsLog | None = None
        self._saved = 0.0

    def restore(self, template: Training) -> tuple[Training, Cost] | None:
        """What was saved last; the metrics table is cut back to it."""
        restored = load_checkpoint(self.path / "checkpoints", template)
        self._log = MetricsLog(self.path, restored[1].steps if restored else 0)
        self._saved = time.monotonic()
        return restored

    def save(self, training: Training, cost: Cost, *, force: bool) -> None:
        """Write a checkpoint, if it is time or forced."""
        if force or time.monotonic() - self._saved >= self.seconds:
            save_checkpoint(self.path / "checkpoints", training, cost)
            self._saved = time.monotonic()

    def log(self, rows: Sequence[Row]) -> None:
        """Add lines to the metrics table."""
        if self._log is not None:
            self._log.add(rows)
