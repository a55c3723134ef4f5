"""Time from the command to the first generation, before and after its programs were compiled."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ontogeny.bench.contest import Tell
from ontogeny.bench.options import Options
from ontogeny.bench.table import Column, Row, Table
from ontogeny.errors import MachineError

_MOST = 3
_COMMAND = "grow heart --size 9 --until generations=1 --set every=1"

_COLUMNS = (
    Column("contender", ""),
    Column("median_seconds", "s", ".1f"),
    Column("fastest_seconds", "fastest", ".1f"),
)


def run(options: Options, tell: Tell) -> Table:
    """Start the command some times with an empty cache of compiled programs, and with a full one."""
    empty: list[float] = []
    full: list[float] = []
    repeats = min(options.repeats, _MOST)
    for number in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            for kind, seconds in (("empty", empty), ("full", full)):
                tell(f"{kind} cache, {number + 1} of {repeats}")
                seconds.append(_grow(Path(folder)))
    rows = (_row("empty cache", empty), _row("full cache", full))
    title = f"From the command to the end of the first generation: ontogeny {_COMMAND}"
    notes = ("The whole process: imports, set-up, compilation, one generation, the run's folder.",)
    return Table("start", title, _COLUMNS, rows, notes)


def _row(name: str, seconds: list[float]) -> Row:
    median = statistics.median(seconds)
    return {"contender": name, "median_seconds": median, "fastest_seconds": min(seconds), "seconds": seconds}


def _grow(folder: Path) -> float:
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled")}
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ontogeny", *_COMMAND.split(), "--out", str(Path(out) / "run")]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "--json", "--no-report", "--quiet"],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise MachineError(f"`ontogeny {_COMMAND}` failed: {done.stderr.strip()}")
    return seconds
