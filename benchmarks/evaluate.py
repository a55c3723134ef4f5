"""`ontogeny.evaluate` against a plain `jax.vmap` of the same rollout, in one process.

    python -m benchmarks.evaluate [--popsize 256] [--size 9] [--rounds 25]

Both get the same population ready made; the figure `rebuilt` also makes the members from their
keys, as training does. They take turns, so that all meet the same disturbances; ratios are given
of the medians and of the fastest rounds, and the losses are compared as well.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import equinox as eqx
import jax
import numpy as np

import ontogeny
from ontogeny.core import using
from ontogeny.learners.evolution import EvolutionState


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--popsize", type=int, default=256)
    parser.add_argument("--size", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()

    task = ontogeny.Growing(np.asarray(ontogeny.load_target("heart", options.size), np.float32))
    strategy = ontogeny.OpenES(popsize=options.popsize)
    learner = ontogeny.Evolution(strategy)
    state: EvolutionState = learner.init(task, jax.random.key(0))
    batch = task.draw(jax.random.key(1), None)
    layout = learner.layout(task, state)
    population = jax.block_until_ready(strategy.ask(state.strategy))

    def evaluate(member: Callable[[jax.Array], ontogeny.NCA]) -> jax.Array:
        with using(layout):
            return ontogeny.evaluate(lambda genome, _: task.loss(genome, batch)[0], member, options.popsize)

    @eqx.filter_jit
    def ours(population: ontogeny.NCA) -> jax.Array:
        return evaluate(lambda index: jax.tree.map(lambda leaf: leaf[index], population))

    @eqx.filter_jit
    def rebuilt(state: EvolutionState) -> jax.Array:
        return evaluate(lambda index: strategy.member(state.strategy, index))

    @eqx.filter_jit
    def plain(population: ontogeny.NCA) -> jax.Array:
        return jax.vmap(lambda genome: task.loss(genome, batch)[0])(population)

    calls = {
        "evaluate": lambda: ours(population),
        "rebuilt": lambda: rebuilt(state),
        "vmap": lambda: plain(population),
    }
    losses = {name: np.asarray(call()) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(options.rounds):
        for name, call in calls.items():
            times[name].append(seconds(call))
    medians = {name: statistics.median(each) for name, each in times.items()}
    result = {
        "popsize": options.popsize,
        "size": options.size,
        "steps": int(batch.steps),
        "devices": layout.devices,
        "chunk": layout.chunk,
        "evaluations_per_second": {name: round(options.popsize / median) for name, median in medians.items()},
        "ratio_of_medians": round(medians["vmap"] / medians["evaluate"], 2),
        "ratio_of_fastest": round(min(times["vmap"]) / min(times["evaluate"]), 2),
        "ratio_of_medians_rebuilt": round(medians["vmap"] / medians["rebuilt"], 2),
        "largest_difference": float(max(np.abs(each - losses["vmap"]).max() for each in losses.values())),
    }
    print(json.dumps(result, indent=1))


def seconds(call: Callable[[], jax.Array]) -> float:
    start = time.perf_counter()
    jax.block_until_ready(call())
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
