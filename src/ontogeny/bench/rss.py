"""Peak memory of one contender: run in a process of its own, which prints a JSON object."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

_GENERATIONS = 2
_STATUS = Path("/proc/self/status")


def main() -> None:
    """Import what the contender of the first argument needs, then evolve what the second describes."""
    from ontogeny.bench.learning import Learning
    from ontogeny.bench.mlp import CONTENDERS, load
    from ontogeny.bench.peers import why_not

    key = sys.argv[1]
    contender = CONTENDERS[key]
    fields = json.loads(sys.argv[2])
    learning = Learning(**{**fields, "sizes": tuple(fields["sizes"])})
    found: dict[str, object] = {"missing": why_not(*contender.needs)}
    if not found["missing"]:
        load(key)
        found["imports_bytes"] = peak_bytes()
        trial = contender.build(learning)
        for _ in range(_GENERATIONS):
            trial.call()
        found["peak_bytes"] = peak_bytes()
    json.dump(found, sys.stdout)


def peak_bytes() -> int:
    """The most memory that this process has held.

    Linux counts in `ru_maxrss` what the process was before it became this program as well:
    a large parent would count. The high-water mark in its status does not.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
