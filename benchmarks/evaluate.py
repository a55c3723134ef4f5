"""`ontogeny.evaluate` against a plain `jax.vmap` of the same rollout, in one process.

    python -m benchmarks.evaluate [--popsize 256] [--size 9] [--rounds 15]

The two take turns, so that both meet the same disturbances; the ratio is of their medians, and
the losses of the two are compared as well.
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
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()

    task = ontogeny.Growing(np.asarray(ontogeny.load_target("heart", options.size), np.float32))
    strategy = ontogeny.OpenES(popsize=options.popsize)
    learner = ontogeny.Evolution(strategy)
    state: EvolutionState = learner.init(task, jax.random.key(0))
    batch = task.draw(jax.random.key(1), None)
    layout = learner.layout(task, state)
    population = jax.block_until_ready(strategy.ask(state.strategy))

    @eqx.filter_jit
    def ours(state: EvolutionState) -> jax.Array:
        with using(layout):
            return ontogeny.evaluate(
                lambda genome, _: task.loss(genome, batch)[0],
                lambda index: strategy.member(state.strategy, index),
                options.popsize,
            )

    # The peer gets its population ready made: rebuilding the members is a cost of ours alone.
    @eqx.filter_jit
    def plain(population: ontogeny.NCA) -> jax.Array:
        return jax.vmap(lambda genome: task.loss(genome, batch)[0])(population)

    losses = [np.asarray(ours(state)), np.asarray(plain(population))]
    difference = float(np.abs(losses[0] - losses[1]).max())
    mine, theirs = [], []
    for _ in range(options.rounds):
        mine.append(seconds(lambda: ours(state)))
        theirs.append(seconds(lambda: plain(population)))
    result = {
        "popsize": options.popsize,
        "size": options.size,
        "steps": int(batch.steps),
        "devices": layout.devices,
        "chunk": layout.chunk,
        "evaluations_per_second": round(options.popsize / statistics.median(mine)),
        "plain_vmap_per_second": round(options.popsize / statistics.median(theirs)),
        "ratio": round(statistics.median(theirs) / statistics.median(mine), 2),
        "largest_difference": difference,
    }
    print(json.dumps(result, indent=1))


def seconds(call: Callable[[], jax.Array]) -> float:
    start = time.perf_counter()
    jax.block_until_ready(call())
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
