"""A recorded search for the defaults of `OpenES` on the cellular automaton.

    python -m benchmarks.tune_openes [--target carrot] [--size 9] [--evaluations 128000] [--configurations 24]

Draws configurations at random (the first one is what `ontogeny grow` takes), trains each from the
same seeds and the same budget of evaluations, and appends one JSON line each to `--out`:
configuration, mean loss of the members at quarters of the budget, held-out loss. Learning rates
come down over the budget, a curriculum (sides relative to the last) takes its first half. Sorted by
the end, the last lines of the output are the best. Targets not used here are what to check the
winner on; `--only` takes settings to run instead, as a JSON list.
"""

import argparse
import json
import math
import random
import statistics
from pathlib import Path

import ontogeny
from ontogeny.runs.config import RunConfig

SPACE = {
    "popsize": [64, 512, 2048, 4096],
    "antithetic": [True, False],
    "noise": ["byte-sums", "orthogonal"],
    "sigma": [0.0005, 0.002, 0.01],
    "optimizer": ["adam", "muon"],
    "learning_rate": [0.003, 0.006, 0.02, 0.03],
    "beta1": [0.8, 0.9, 0.95],
    "schedule": ["cosine", "linear", "constant"],
    "shaping": ["centred-ranks", "standardised"],
    "common_random_numbers": [True, False],
    "batch": [1, 2],
    "curriculum": [[], [0.6], [0.6, 0.8]],
    "shorter": [0, 10],
}
DEFAULT = {
    "popsize": 2048, "antithetic": False, "noise": "orthogonal", "sigma": 0.0005, "optimizer": "muon",
    "learning_rate": 0.02, "beta1": 0.9, "schedule": "cosine", "shaping": "standardised",
    "common_random_numbers": True, "batch": 1, "curriculum": [], "shorter": 0,
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
    steps = evaluations // (settings["popsize"] * settings["batch"])
    sides = [round(size * part) for part in settings["curriculum"]]
    harder = {"curriculum": sides, "shorter": settings["shorter"], "span": steps // 2}
    tree = {"target": target, "size": size, "batch": settings["batch"]}
    tree |= harder if sides or settings["shorter"] else {}
    own = {name: value for name, value in settings.items() if name not in ("batch", "curriculum", "shorter")}
    learner = {"by": "es", "rank": 0, "schedule_steps": steps, **own}
    every = max(1, steps // 16)
    config = RunConfig.parse({"task": tree, "learner": learner, "until": {"steps": steps}})
    run = ontogeny.train(
        config.task.build(), config.learner.build(), until=config.until.build(), seed=seed, every=every
    )
    marks = [run.rows[max(0, math.ceil(len(run.rows) * part / 4) - 1)] for part in (1, 2, 3, 4)]
    rate = run.cost.evaluations / (run.cost.seconds - run.cost.compile_seconds)
    return [round(mark["population_loss"], 5) for mark in marks], round(run.loss, 5), rate


if __name__ == "__main__":
    main()
