"""One setting after another on the same task and budget: all seeds of a setting in one compiled program."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key, Learner, State, Task
from ontogeny.learners import Evolution
from ontogeny.runs.config import RunConfig


@dataclasses.dataclass(frozen=True)
class Course:
    """How a setting went.

    Attributes:
        evaluations: `(points,)`, of a seed up to each measurement.
        loss: `(seeds, points)`, the task's held-out loss.
        seconds: for all seeds together, without compilation.
        task: what was learned.
        genomes: at the end, stacked along a first axis of seeds.
    """

    evaluations: np.ndarray
    loss: np.ndarray
    seconds: float
    task: Task
    genomes: Genome

    def to_json(self) -> dict[str, Any]:
        """The numbers, as JSON can hold them."""
        return {
            "evaluations": self.evaluations.tolist(),
            "loss": np.round(np.where(np.isfinite(self.loss), self.loss, 1e9), 6).tolist(),
            "seconds": round(self.seconds, 3),
        }


def follow(tree: dict[str, Any], evaluations: int, seeds: int, points: int = 40) -> Course:
    """Learn with several seeds at once.

    Args:
        tree: a configuration as plain values; its limits and its seed are passed over.
        evaluations: of each seed; as many whole steps as fit, one at least.
        seeds: how many trainings.
        points: measurements at equal distances of the logarithm, at most; the last one at the end.

    Raises:
        InputError: for a configuration that cannot be run.
    """
    config = RunConfig.parse({**tree, "until": {"evaluations": evaluations}})
    task, learner = config.task.build(), config.learner.build()
    if isinstance(learner, Evolution):
        learner = dataclasses.replace(learner, devices=1, chunk=learner.strategy.popsize)
    keys = jax.vmap(lambda seed: jax.random.fold_in(jax.random.key(config.seed), seed))(jnp.arange(seeds))
    states = eqx.filter_jit(eqx.filter_vmap(lambda key: learner.init(task, key)))(keys)
    each = learner.cost(task, eqx.filter_eval_shape(learner.init, task, keys[0])).evaluations
    last = max(1, evaluations // each)
    places = np.unique(np.geomspace(1, last, points).round().astype(int))
    compiled: Any = eqx.filter_jit(_advance)
    advance = compiled.lower(task, learner, states, jnp.int32(1), keys).compile()
    losses, start = [], time.perf_counter()
    for count in np.diff(places, prepend=0):
        states, loss = advance(task, learner, states, jnp.int32(count), keys)
        losses.append(np.asarray(loss))
    seconds = time.perf_counter() - start
    genomes = eqx.filter_vmap(learner.genome)(states)
    return Course(places * each, np.stack(losses, axis=1), seconds, task, genomes)


def _advance(task: Task, learner: Learner, states: State, count: jax.Array, keys: Key) -> tuple[State, jax.Array]:
    arrays, static = eqx.partition(states, eqx.is_array)

    def step(state: State) -> State:
        return eqx.filter(learner.step(task, eqx.combine(state, static))[0], eqx.is_array)

    arrays = jax.lax.fori_loop(0, count, lambda _, each: jax.vmap(step)(each), arrays)

    def measure(state: State, key: Key) -> jax.Array:
        return task.measure(learner.genome(eqx.combine(state, static)), key)["loss"]

    return eqx.combine(arrays, static), jax.vmap(measure)(arrays, keys)
