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
    task, learner = built(tree)
    return follow_all(task, learner, seed_keys(seeds), evaluations, points)


def built(tree: dict[str, Any]) -> tuple[Task, Learner]:
    """Task and learner of a configuration, to be mapped over: a population is evaluated at once, on one device.

    Args:
        tree: a configuration as plain values; its limits are passed over.

    Raises:
        InputError: for a configuration that cannot be run.
    """
    config = RunConfig.parse({**tree, "until": {"steps": 1}})
    task, learner = config.task.build(), config.learner.build()
    if isinstance(learner, Evolution):
        learner = dataclasses.replace(learner, devices=1, chunk=learner.strategy.popsize)
    return task, learner


def seed_keys(seeds: int) -> Key:
    """A key for each seed, the same however many there are."""
    return jax.vmap(jax.random.key)(jnp.arange(seeds))


def follow_all(task: Task, learners: Learner, keys: Key, evaluations: int, points: int = 40) -> Course:
    """Several trainings in one program.

    Args:
        task: what is learned.
        learners: a learner; what arrays it has are stacked, one for each training.
        keys: `(trainings,)`.
        evaluations: of each; as many whole steps as fit, one at least.
        points: measurements, as for `follow`.
    """
    one = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, learners)
    each = one.cost(task, eqx.filter_eval_shape(one.init, task, keys[0])).evaluations
    places = np.unique(np.geomspace(1, max(1, evaluations // each), points).round().astype(int))
    states = eqx.filter_jit(_init)(task, learners, keys)
    jitted: Any = eqx.filter_jit(_advance)
    advance = jitted.lower(task, learners, states, jnp.int32(1), keys).compile()
    losses, begun = [], time.perf_counter()
    for count in np.diff(places, prepend=0):
        states, loss, genomes = advance(task, learners, states, jnp.int32(count), keys)
        losses.append(np.asarray(loss))
    return Course(places * each, np.stack(losses, axis=1), time.perf_counter() - begun, task, genomes)


_EACH = eqx.if_array(0)


def _init(task: Task, learners: Learner, keys: Key) -> State:
    return eqx.filter_vmap(lambda learner, key: learner.init(task, key), in_axes=(_EACH, 0))(learners, keys)


def _advance(
    task: Task, learners: Learner, states: State, count: jax.Array, keys: Key
) -> tuple[State, jax.Array, Genome]:
    arrays, static = eqx.partition(states, eqx.is_array)

    def step(learner: Learner, state: State) -> State:
        return eqx.filter(learner.step(task, eqx.combine(state, static))[0], eqx.is_array)

    steps = eqx.filter_vmap(step, in_axes=(_EACH, 0))
    arrays = jax.lax.fori_loop(0, count, lambda _, each: steps(learners, each), arrays)

    def measure(learner: Learner, state: State, key: Key) -> tuple[jax.Array, Genome]:
        genome = learner.genome(eqx.combine(state, static))
        return task.measure(genome, key)["loss"], genome

    losses, genomes = eqx.filter_vmap(measure, in_axes=(_EACH, 0, 0))(learners, arrays, keys)
    return eqx.combine(arrays, static), losses, genomes
