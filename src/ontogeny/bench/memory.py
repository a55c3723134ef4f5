"""Peak memory of the evolution of a larger perceptron, each contender in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

from ontogeny.bench.contest import Tell
from ontogeny.bench.learning import Learning
from ontogeny.bench.mlp import CONTENDERS
from ontogeny.bench.options import Options
from ontogeny.bench.table import Column, Row, Table

_SIZES = (784, 512, 512, 10)
_SECONDS = 600
_COPIES = 4
"""Populations that a library which keeps all members may hold at once: evosax was seen to hold three and a half."""

_COLUMNS = (
    Column("contender", ""),
    Column("peak_mb", "peak, MB", ",.0f"),
    Column("imports_mb", "after imports, MB", ",.0f"),
    Column("ratio", "to ontogeny", ".1f"),
)


def run(options: Options, tell: Tell) -> Table:
    """Start each contender, one after the other, and ask for the most memory it held."""
    learning = Learning(_SIZES, options.members(128 if options.quick else 1024), batch=64)
    rows: list[Row] = []
    for key, contender in CONTENDERS.items():
        tell(f"{contender.name}: two generations in a process of its own")
        rows.append({"contender": contender.name, **_measure(key, learning)})
    ours = rows[0].get("peak_mb")
    for row in rows:
        if ours and "peak_mb" in row:
            row["ratio"] = row["peak_mb"] / ours
    title = (
        f"Peak memory (RSS) at {learning.name} ({learning.parameters:,} numbers): "
        f"population {learning.popsize:,}, batch {learning.batch}"
    )
    notes = ("Nothing is subtracted from the peak. EvoTorch imports JAX too, where it is installed.",)
    return Table("memory", title, _COLUMNS, tuple(rows), notes)


def _measure(key: str, learning: Learning) -> Row:
    there, wanted = available_bytes(), _COPIES * 4 * learning.popsize * learning.parameters
    if CONTENDERS[key].needs and there is not None and there < wanted:
        return {"missing": f"not measured: takes up to {wanted / 1e9:.0f} GB, {there / 1e9:.0f} GB are free"}
    command = [sys.executable, "-c", "from ontogeny.bench.rss import main; main()"]
    command += [key, json.dumps(dataclasses.asdict(learning))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return {"missing": f"not measured: took more than {_SECONDS} s"}
    if done.returncode != 0:
        return {"missing": f"failed: {next(iter(reversed(done.stderr.splitlines())), done.returncode)}"}
    found = json.loads(done.stdout.splitlines()[-1])
    if found["missing"]:
        return {"missing": found["missing"]}
    return {"peak_mb": found["peak_bytes"] / 1e6, "imports_mb": found["imports_bytes"] / 1e6}


def available_bytes() -> int | None:
    """Memory that a new process could take; `None` where it is not known."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
