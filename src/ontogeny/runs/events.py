"""TensorBoard event files, written at once: a full disk is noticed where it happens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ontogeny.core import Row


class EventLog:
    """Adds scalars to a new event file.

    Args:
        folder: of the event files.
        step: TensorBoard forgets what older files say about later steps.

    Raises:
        OSError: where the file cannot be written.
    """

    def __init__(self, folder: Path, step: int) -> None:
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto import event_pb2

        folder.mkdir(parents=True, exist_ok=True)
        self._writer = EventsWriter(str(folder / "events"), f".{step}")
        session = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._writer.write_event(event_pb2.Event(wall_time=time.time(), step=step + 1, session_log=session))

    def add(self, rows: Sequence[Row]) -> None:
        """Add all columns of some lines of the metrics table, and flush."""
        from tensorboardX.proto import event_pb2
        from tensorboardX.summary import scalar

        for row in rows:
            for name, value in row.items():
                if name != "step":
                    summary = scalar(name, value)
                    self._writer.write_event(
                        event_pb2.Event(wall_time=time.time(), step=int(row["step"]), summary=summary)
                    )
        self._writer.flush()
