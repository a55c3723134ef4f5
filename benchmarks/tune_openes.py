"""A recorded search for the defaults of `OpenES` on the cellular automaton.

    python -m benchmarks.tune_openes --on carrot:9:128000 rabbit:15:409600 [--seeds 2] [--configurations 24]

Starts from what `ontogeny grow` takes and changes one setting at a time (with `--configurations`, draws
so many at random instead). Each is trained on every target, from the same seeds and with the same
budget of evaluations, and recorded as a JSON line in `--out`: mean loss of the members at quarters of
the budget, held-out loss. What stands there already is not run again, so a search can be broken off.
Learning rates come down over the budget, a curriculum (sides relative to the last) takes its first half.

The score of a configuration is the mean over targets and seeds of log10(population loss at the end / that of the
default): below 0 is better. Targets not used in a search are what to check its winner on (`--only`).
"""

import argparse
import json
import math
import random
import statistics
from pathlib import Path

import ontogeny
from ontogeny.runs.config import RunConfig
from ontogeny.runs.growing import growing_learner

SPACE = {
    "popsize": [512, 1024, 2048, 4096],
    "antithetic": [True, False],
    "noise": ["byte-sums", "orthogonal"],
    "sigma": [0.0005, 0.002, 0.004, 0.01],
    "optimizer": ["adam", "muon"],
    "learning_rate": [0.005, 0.01, 0.02, 0.03],
    "beta1": [0.8, 0.9, 0.95],
    "schedule": ["cosine", "linear", "constant"],
    "shaping": ["centred-ranks", "standardised"],
    "common_random_numbers": [True, False],
    "batch": [1, 2],
    "curriculum": [[], [0.6], [0.6, 0.8]],
    "shorter": [0, 10],
    "early_fire_rate": [None, 1.0],
}
DEFAULT = {
    "beta1": 0.9, "common_random_numbers": True, "batch": 1, "curriculum": [], "shorter": 0,
    "early_fire_rate": None,
    **{name: value for name, value in growing_learner("es", {"steps": 1}, {}).items() if name in SPACE},
}  # fmt: skip
"""What `grow` takes for small pictures."""

CLASSIC = {
    "popsize": 64, "antithetic": True, "noise": "byte-sums", "sigma": 0.005, "optimizer": "adam",
    "learning_rate": 0.006, "beta1": 0.9, "schedule": "cosine", "shaping": "centred-ranks",
    "common_random_numbers": True, "batch": 1, "curriculum": [], "shorter": 0,
    "early_fire_rate": None,
}  # fmt: skip
"""What `grow` took before, as tuned then."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--on", nargs="+", default=["carrot:9:128000", "rabbit:15:409600"], help="target:size:evaluations"
    )
    parser.add_argument("--configurations", type=int, default=0, help="so many drawn at random")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="of the search itself")
    parser.add_argument("--only", type=json.loads, default=None, help="a JSON list of changes to the default")
    parser.add_argument("--out", type=Path, default=Path("tune_openes.jsonl"))
    options = parser.parse_args()
    problems = [(target, int(size), int(budget)) for target, size, budget in (each.split(":") for each in options.on)]
    changes = options.only
    if changes is None:
        changes = drawn(options.configurations, options.seed) if options.configurations else one_at_a_time()
    known = read(options.out)
    scores = []
    for change in [{}, *changes]:
        lines = []
        for target, size, budget in problems:
            for seed in range(options.seeds):
                line = {"target": target, "size": size, "evaluations": budget, "seed": seed, "change": change}
                done = known.get(json.dumps(line, sort_keys=True))
                if done is None:
                    done = {**line, **once({**DEFAULT, **change}, target, size, budget, seed)}
                    with options.out.open("a") as file:
                        file.write(json.dumps(done) + "\n")
                    print(json.dumps(done), flush=True)
                lines.append(done)
        scores.append((change, [line["quarters"][-1] for line in lines]))
    default = scores[0][1]
    print("score, worst and best of its parts, population losses at the end, change; the best last:")
    parts = [[math.log10(loss / other) for loss, other in zip(losses, default, strict=True)] for _, losses in scores]
    for part, (change, losses) in sorted(zip(parts, scores, strict=True), key=lambda each: -statistics.mean(each[0])):
        print(f"{statistics.mean(part):+.3f} [{min(part):+.2f}, {max(part):+.2f}] {losses} {json.dumps(change)}")


def one_at_a_time() -> list[dict]:
    """The default with one setting changed, to each other value; and what it was before."""
    single = [{name: value} for name, values in SPACE.items() for value in values if value != DEFAULT[name]]
    return [*single, {"antithetic": True, "popsize": 4096}, CLASSIC]


def drawn(count: int, seed: int) -> list[dict]:
    """Configurations drawn at random."""
    chosen = random.Random(seed)
    return [{name: chosen.choice(values) for name, values in SPACE.items()} for _ in range(count)]


def read(path: Path) -> dict[str, dict]:
    """The lines that are there, by what was run."""
    asked = ("target", "size", "evaluations", "seed", "change")
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return {json.dumps({name: line[name] for name in asked}, sort_keys=True): line for line in lines}


def once(settings: dict, target: str, size: int, evaluations: int, seed: int) -> dict:
    """Population losses at quarters of the budget, held-out loss and evaluations a second."""
    steps = evaluations // (settings["popsize"] * settings["batch"])
    sides = [round(size * part) for part in settings["curriculum"]]
    easy = {"curriculum": sides, "shorter": settings["shorter"], "early_fire_rate": settings["early_fire_rate"]}
    tree = {"target": target, "size": size, "batch": settings["batch"]}
    tree |= {**easy, "span": steps // 2} if any(easy.values()) else {}
    own = {name: value for name, value in settings.items() if name not in {"batch", *easy}}
    learner = {"by": "es", "rank": 0, "schedule_steps": steps, **own}
    every = max(1, steps // 16)
    config = RunConfig.parse({"task": tree, "learner": learner, "until": {"steps": steps}})
    run = ontogeny.train(
        config.task.build(), config.learner.build(), until=config.until.build(), seed=seed, every=every
    )
    marks = [run.rows[max(0, math.ceil(len(run.rows) * part / 4) - 1)] for part in (1, 2, 3, 4)]
    rate = run.cost.evaluations / (run.cost.seconds - run.cost.compile_seconds)
    quarters = [round(mark["population_loss"], 5) for mark in marks]
    return {"quarters": quarters, "loss": round(run.loss, 5), "rate": round(rate)}


if __name__ == "__main__":
    main()
