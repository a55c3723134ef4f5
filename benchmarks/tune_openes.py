"""A recorded search for the defaults of `OpenES` on the cellular automaton.

    python -m benchmarks.tune_openes [--target carrot] [--size 9] [--evaluations 128000] [--configurations 24]

Draws configurations at random (the first one is the default), trains each from the same seeds and
the same budget of evaluations, and appends one JSON line each to `--out`: configuration, mean loss
of the members at quarters of the budget, held-out loss. Sorted by the end, the last lines of the
output are the best. Targets not used here are what to check the winner on.
"""

import argparse
import json
import math
import random
import statistics
from pathlib import Path

import numpy as np
import optax

import ontogeny
from ontogeny.strategies import SHAPINGS

SPACE = {
    "popsize": [16, 32, 64, 128],
    "sigma": [0.003, 0.005, 0.01, 0.02],
    "learning_rate": [0.0015, 0.003, 0.006, 0.012],
    "beta1": [0.8, 0.9, 0.95],
    "beta2": [0.9, 0.97, 0.99, 0.999],
    "shaping": ["centred-ranks", "standardised"],
    "batch": [1, 2],
}
DEFAULT = {
    "popsize": 64, "sigma": 0.01, "learning_rate": 0.003, "beta1": 0.9, "beta2": 0.99,
    "shaping": "centred-ranks", "batch": 1,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="carrot")
    parser.add_argument("--size", type=int, default=9)
    parser.add_argument("--evaluations", type=int, default=128_000)
    parser.add_argument("--configurations", type=int, default=24)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="of the search itself")
    parser.add_argument("--only", type=json.loads, default=None, help="a JSON list of settings to run instead")
    parser.add_argument("--out", type=Path, default=Path("tune_openes.jsonl"))
    options = parser.parse_args()
    chosen = random.Random(options.seed)
    drawn = [{name: chosen.choice(values) for name, values in SPACE.items()} for _ in range(options.configurations - 1)]
    found = []
    for settings in options.only or [{}, *drawn]:
        settings = {**DEFAULT, **settings}
        lines = [
            once(settings, options.target, options.size, options.evaluations, seed) for seed in range(options.seeds)
        ]
        line = {
            "target": options.target,
            "size": options.size,
            "settings": settings,
            "quarters": [statistics.median(each[0][quarter] for each in lines) for quarter in range(4)],
            "loss": statistics.median(each[1] for each in lines),
            "rate": round(statistics.median(each[2] for each in lines)),
        }
        with options.out.open("a") as file:
            file.write(json.dumps(line) + "\n")
        found.append(line)
        print(json.dumps(line), flush=True)
    print("sorted, the best last:")
    for line in sorted(found, key=lambda line: -line["quarters"][-1]):
        print(json.dumps(line))


def once(settings: dict, target: str, size: int, evaluations: int, seed: int) -> tuple[list[float], float, float]:
    """Population losses at quarters of the budget, held-out loss and evaluations a second."""
    task = ontogeny.Growing(np.asarray(ontogeny.load_target(target, size), np.float32), batch=settings["batch"])
    optimizer = optax.adam(settings["learning_rate"], settings["beta1"], settings["beta2"])
    shaping = SHAPINGS[settings["shaping"]]
    strategy = ontogeny.OpenES(settings["popsize"], settings["sigma"], optimizer, shaping)
    until = ontogeny.Until(evaluations=evaluations)
    run = ontogeny.train(task, ontogeny.Evolution(strategy), until=until, seed=seed)
    marks = [run.rows[max(0, math.ceil(len(run.rows) * part / 4) - 1)] for part in (1, 2, 3, 4)]
    rate = run.cost.evaluations / (run.cost.seconds - run.cost.compile_seconds)
    return [round(mark["population_loss"], 5) for mark in marks], round(run.loss, 5), rate


if __name__ == "__main__":
    main()
