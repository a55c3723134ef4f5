"""Growing the 9×9 carrot: time to a population loss of 0.003, and Adam after 2,000 updates.

    python -m benchmarks.growing [--seeds 5]

Each run is a whole process, started as a user would; seconds are those of the process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        evolution = [
            grow(Path(folder) / f"es{seed}", seed, "--until", "population_loss=0.003", "--until", "generations=150")
            for seed in range(options.seeds)
        ]
        adam = [
            grow(Path(folder) / f"adam{seed}", seed, "--by", "adam", "--until", "steps=2000")
            for seed in range(options.seeds)
        ]
    report = {
        "evolution": {
            "wall_seconds": [run["wall_seconds"] for run in evolution],
            "compile_seconds": [run["compile_seconds"] for run in evolution],
            "evaluations": [run["evaluations"] for run in evolution],
            "population_loss": [run["population_loss"] for run in evolution],
            "loss": [run["loss"] for run in evolution],
            "stopped": [run["stopped"] for run in evolution],
        },
        "adam": {
            "wall_seconds": [run["wall_seconds"] for run in adam],
            "loss": [run["loss"] for run in adam],
            "median_loss": statistics.median(run["loss"] for run in adam),
        },
    }
    print(json.dumps(report, indent=1))


def grow(out: Path, seed: int, *options: str) -> dict[str, float]:
    # A cache of its own: every run compiles, as the first one of a user does.
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": str(out.with_suffix(".compiled"))}
    command = [sys.executable, "-m", "ontogeny", "grow", "🥕", "--size", "9", "--seed", str(seed), "--out", str(out)]
    command += [*options, "--json", "--no-report", "-q"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return {**json.loads(done.stdout), "wall_seconds": round(time.perf_counter() - start, 1)}


if __name__ == "__main__":
    main()
