"""Table 2 of the text, and the claim under it: how fast, with how many members, on how many cores."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ontogeny.core import Run, train
from ontogeny.core.devices import usable_cores
from ontogeny.data import load_target
from ontogeny.kernels.native import why_plain
from ontogeny.kernels.nca import rollout
from ontogeny.runs.config import RunConfig
from ontogeny.runs.growing import growing_learner, growing_limits, growing_tree
from ontogeny.runs.growing_models import Kind, published_tree
from ontogeny.tasks import Growing

GOAL = 0.003
"""The population loss up to which table 2 takes the time."""

POPSIZES = (6, 40, 100, 1000)
"""Members, as in table 2."""

_PATIENCE = 40

REPEATS = 5
"""Timings of the work on one core and on all."""


def population_sizes(target: str, size: int, popsizes: Sequence[int], evaluations: int) -> dict[str, Any]:
    """The published program at several population sizes, and `ontogeny grow` up to the goal.

    Args:
        target: a picture.
        size: its side.
        popsizes: of the published program, which runs in float32 on what grows automata here.
        evaluations: for each of them; `ontogeny grow` gives up after forty times as many.

    Returns:
        `published`: for each size its `popsize` and `generations` and `mutants` a second. `grow`: the same of
        `ontogeny grow`, with its `loss`, why it `stopped`, `generations_made` and `seconds`, compilation included.
    """
    published = []
    for popsize in popsizes:
        tree = published_tree(Kind("carrot", 9, "es"))
        tree["task"] |= {"target": target, "size": size, "dtype": "float32"}
        tree["learner"]["popsize"] = popsize
        published.append(_rates(_trained({**tree, "until": {"evaluations": evaluations}}), popsize))
    tree, limits = growing_tree(target, size, "es", 0, 0), growing_limits("es", size, {})
    learner = growing_learner("es", limits, tree["task"])
    most = {"evaluations": _PATIENCE * evaluations}
    run = _trained({**tree, "learner": learner, "until": {**limits, **most, "population_loss": GOAL}})
    made = {"generations_made": run.cost.steps, "seconds": run.cost.seconds}
    end = {"loss": run.population_loss, "stopped": run.stopped}
    return {"published": published, "grow": {**_rates(run, learner["popsize"]), **made, **end}}


def workers(target: str, size: int, popsize: int) -> dict[str, Any]:
    """How long a population takes to grow on one core and on all, in turns.

    Args:
        target: a picture, for the size of its grid.
        size: its side.
        popsize: members.

    Returns:
        `cores`: how many all are; `plain`: why the plain version ran, if it did, which does not count cores; `one` and
        `all`: seconds of each repeat.
    """
    task = Growing(jnp.asarray(load_target(target, size), jnp.float32))
    keys = jax.random.split(jax.random.key(0), popsize)
    nets = jax.vmap(task.init)(keys)
    nets = jax.tree.map(lambda leaf: leaf + 0.1 * jax.random.normal(jax.random.key(1), leaf.shape), nets)
    words = jax.random.bits(jax.random.key(2), (popsize, 2), "uint32")
    cores = usable_cores()

    def grown(threads: int) -> Any:
        def one(net: Any, words: jax.Array) -> jax.Array:
            return rollout(net, task.seed, words, task.steps[1], longest=task.steps[1], threads=threads)

        return jax.jit(jax.vmap(one)).lower(nets, words).compile()

    programs = {"one": grown(1), "all": grown(cores)}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for repeat in range(REPEATS + 1):
        for name, program in programs.items():
            start = time.perf_counter()
            jax.block_until_ready(program(nets, words))
            if repeat:
                times[name].append(time.perf_counter() - start)
    plain = why_plain() or ("" if jax.default_backend() == "cpu" else f"on a {jax.default_backend()}")
    return {"cores": cores, "plain": plain, **times}


def _trained(tree: dict[str, Any]) -> Run:
    config = RunConfig.parse(tree)
    run = train(config.task.build(), config.learner.build(), until=config.until.build(), seed=config.seed)
    if run.stopped == "interrupted":
        raise KeyboardInterrupt
    return run


def _rates(run: Run, popsize: int) -> dict[str, Any]:
    rate = run.cost.steps / max(run.cost.seconds - run.cost.compile_seconds, 1e-9)
    return {"popsize": popsize, "generations": rate, "mutants": rate * popsize}
