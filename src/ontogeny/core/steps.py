"""Many steps of a learner inside one compiled program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core.learner import Learner
from ontogeny.core.task import Task
from ontogeny.core.types import Genome, Key, Metrics, State

REASONS = ("", "diverged", "loss", "population_loss")
"""What `Training.halted` means, by its number."""

GOING, DIVERGED, LOSS, POPULATION_LOSS = range(4)


class Training(eqx.Module):
    """Everything that a run goes on from.

    Attributes:
        learner: the learner's state.
        key: from which the keys of measurements come.
        step: steps done.
        halted: why the steps stopped by themselves, an index into `REASONS`.
        loss: held-out loss measured last; infinite before the first.
        population_loss: mean over the steps before the last measurement (over the steps so
            far before the first). One generation shares one batch, so its mean loss alone
            would be the luck of one draw.
        best: the genome of the lowest held-out loss so far.
        best_loss: its loss.
        sums: metrics summed since the last line of the table.
    """

    learner: State
    key: Key
    step: jax.Array
    halted: jax.Array
    loss: jax.Array
    population_loss: jax.Array
    best: Genome
    best_loss: jax.Array
    sums: Metrics


def begin(learner: Learner, state: State, key: Key, metrics: Iterable[str]) -> Training:
    """The training before its first step.

    Args:
        learner: how is learned.
        state: its first state.
        key: from which the keys of measurements come.
        metrics: the names of what a step returns.
    """
    sums = {name: jnp.float32(0) for name in metrics}
    infinite = jnp.float32(jnp.inf)
    return Training(
        state, key, jnp.int32(0), jnp.int32(GOING), infinite, infinite, learner.genome(state), infinite, sums
    )


def measure(task: Task, genome: Genome, key: Key, step: jax.Array) -> Metrics:
    """The task's held-out figures at one step, in single precision."""
    figures = task.measure(genome, jax.random.fold_in(key, step))
    return {name: jnp.asarray(value, jnp.float32) for name, value in figures.items()}


def advance(
    task: Task,
    learner: Learner,
    training: Training,
    count: jax.Array,
    goals: jax.Array,
    every: int,
    room: int,
) -> tuple[Training, Metrics]:
    """Make up to `count` steps; stop early at a goal or a divergence.

    Args:
        task: what is learned.
        learner: how.
        training: where to go on from.
        count: integer scalar, how many steps at most; not a constant of the program, so
            that portions of any length run the same code and give the same bits.
        goals: `(2,)`, the held-out loss and the population loss to stop at.
        every: steps between two measurements.
        room: how many measurements fit.

    Returns:
        The state, and the measurements, `(room,)` each; metrics are means since the last.
    """
    arrays, static = eqx.partition(training, eqx.is_array)
    figures = eqx.filter_eval_shape(lambda t: measure(task, learner.genome(t.learner), t.key, t.step), training)
    rows = {name: jnp.zeros(room, jnp.float32) for name in {**training.sums, **figures}}
    first = training.step // every

    def going(carry: tuple[Any, jax.Array, Metrics]) -> jax.Array:
        arrays, done, _ = carry
        halted: jax.Array = eqx.combine(arrays, static).halted
        return (done < count) & (halted == GOING)

    def once(carry: tuple[Any, jax.Array, Metrics]) -> tuple[Any, jax.Array, Metrics]:
        arrays, done, rows = carry
        training, rows = _once(task, learner, eqx.combine(arrays, static), goals, every, rows, first)
        return eqx.filter(training, eqx.is_array), done + 1, rows

    arrays, _, rows = jax.lax.while_loop(going, once, (arrays, jnp.int32(0), rows))
    return eqx.combine(arrays, static), rows


def _once(
    task: Task,
    learner: Learner,
    training: Training,
    goals: jax.Array,
    every: int,
    rows: Metrics,
    first: jax.Array,
) -> tuple[Training, Metrics]:
    state, metrics = learner.step(task, training.learner)
    genome = learner.genome(state)
    step = training.step + 1
    sums = {name: total + metrics[name].astype(jnp.float32) for name, total in training.sums.items()}
    best_arrays, best_static = eqx.partition(training.best, eqx.is_array)

    def look(rows: Metrics) -> tuple[jax.Array, Any, jax.Array, Metrics, Metrics]:
        figures = measure(task, genome, training.key, step)
        loss = figures["loss"]
        better = loss < training.best_loss
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), eqx.filter(genome, eqx.is_array), best_arrays)
        line = {**{name: total / every for name, total in sums.items()}, **figures}
        rows = {name: rows[name].at[step // every - first - 1].set(value) for name, value in line.items()}
        zeros = {name: jnp.zeros_like(total) for name, total in sums.items()}
        return loss, best, jnp.where(better, loss, training.best_loss), zeros, rows

    def pass_by(rows: Metrics) -> tuple[jax.Array, Any, jax.Array, Metrics, Metrics]:
        return training.loss, best_arrays, training.best_loss, sums, rows

    measured = step % every == 0
    population_loss = jnp.where(measured, sums["population_loss"] / every, training.population_loss)
    early = sums["population_loss"] / step
    population_loss = jnp.where(step < every, early, population_loss).astype(jnp.float32)
    loss, best, best_loss, sums, rows = jax.lax.cond(measured, look, pass_by, rows)
    finite = [jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(eqx.filter(genome, eqx.is_inexact_array))]
    sound = jnp.isfinite(metrics["population_loss"]) & jnp.all(jnp.stack([jnp.asarray(True), *finite]))
    halted = jnp.where(measured & (population_loss <= goals[1]), POPULATION_LOSS, GOING)
    halted = jnp.where(measured & (loss <= goals[0]), LOSS, halted)
    halted = jnp.where(sound, halted, DIVERGED).astype(jnp.int32)
    best = eqx.combine(best, best_static)
    return Training(state, training.key, step, halted, loss, population_loss, best, best_loss, sums), rows
