"""One training loop for every learner."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.clock import Clock, Row
from ontogeny.core.cost import Cost
from ontogeny.core.interrupt import stop_requests
from ontogeny.core.learner import Learner
from ontogeny.core.steps import DIVERGED, GOING, REASONS, Training, advance, begin, measure
from ontogeny.core.task import Task
from ontogeny.core.types import Genome, Key
from ontogeny.core.until import Until
from ontogeny.errors import require

_SEGMENT_SECONDS = 0.5
_ROWS = 64
_QUICKLY = {"xla_backend_optimization_level": 0}


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a run stands; what callbacks receive.

    Attributes:
        step: steps done.
        cost: the cost so far.
        rows: the new lines of the metrics table.
        rate: steps a second, over this session, compilation not counted.
        remaining: estimated seconds to the nearest limit, NaN where unknown.
    """

    step: int
    cost: Cost
    rows: list[Row]
    rate: float
    remaining: float


@dataclasses.dataclass(frozen=True)
class Run:
    """What a training ended with.

    Attributes:
        genome: the kept genome.
        loss: its held-out loss.
        population_loss: mean loss of the members of a generation (of a gradient step's
            batch), over the last `every` steps.
        stopped: why: `steps`, `evaluations`, `seconds`, `loss`, `population_loss`,
            `diverged` or `interrupted`.
        cost: what it cost.
        rows: the metrics table of this session.
        state: the whole state, from which a run can go on.
        population: all members, stacked, of a learner that keeps them; else `None`.
    """

    genome: Genome
    loss: float
    population_loss: float
    stopped: str
    cost: Cost
    rows: list[Row]
    state: Training
    population: Genome | None = None


class Recorder(Protocol):
    """Keeps a run outside the process: `ontogeny.runs.RunFolder` does."""

    def restore(self, template: Training) -> tuple[Training, Cost] | None:
        """What was saved last, in the form of `template`; `None` before the first save."""

    def save(self, training: Training, cost: Cost, *, force: bool) -> None:
        """Save everything that the run goes on from, if it is time or forced."""

    def log(self, rows: Sequence[Row]) -> None:
        """Add lines to the metrics table."""


def train(
    task: Task,
    learner: Learner,
    *,
    until: Until,
    seed: int = 0,
    every: int = 25,
    run: Recorder | None = None,
    callbacks: Iterable[Callable[[Progress], None]] = (),
) -> Run:
    """Train a genome.

    The same seed gives the same run, and a run that was broken off and goes on from its last
    save equals one that was never broken, to the bit.

    Args:
        task: what is to be learned.
        learner: how.
        until: when to stop.
        seed: 0 or more.
        every: steps between two lines of the metrics table; the held-out loss is measured
            as often.
        run: where the run is kept; one that holds a state already is continued.
        callbacks: called with a `Progress` about twice a second.

    Returns:
        The kept genome with its loss, cost and history. After a divergence that is the
        genome of the lowest held-out loss that was measured.

    Raises:
        InputError: for a value out of range.
    """
    require(seed >= 0, "seed", seed, "give 0 or more")
    require(every >= 1, "every", every, "give 1 or more")
    with stop_requests() as stop_requested:
        start = time.perf_counter()
        training, compiled = _start(task, learner, until, seed, every)
        step_cost = learner.cost(task, training.learner)
        restored = run.restore(training) if run else None
        cost = Cost()
        if restored:
            training, cost = restored
        elif run:
            run.save(training, cost, force=True)
        clock = Clock(step_cost, cost, start)
        rows: list[Row] = []
        training = _unhalted(training)
        stopped = _limit(until, clock.cost) or _reached(until, training)
        stopped = stopped or ("interrupted" if stop_requested() else "")
        while not stopped:
            count = _segment(until, clock, every)
            training, new_rows = compiled(training, count)
            fresh = clock.log(training, new_rows, every)
            rows += fresh
            stopped = REASONS[int(training.halted)] or _limit(until, clock.cost)
            stopped = stopped or ("interrupted" if stop_requested() else "")
            if run:
                run.log(fresh)
                run.save(training, clock.cost, force=bool(stopped))
            progress = Progress(clock.cost.steps, clock.cost, fresh, clock.rate, _remaining(until, clock))
            for callback in callbacks:
                callback(progress)
    genome, loss = _kept(task, learner, training, stopped, every)
    population = learner.population(training.learner)
    return Run(genome, loss, float(training.population_loss), stopped, clock.cost, rows, training, population)


_Compiled = Callable[[Training, int], tuple[Training, dict[str, np.ndarray]]]


def _start(task: Task, learner: Learner, until: Until, seed: int, every: int) -> tuple[Training, _Compiled]:
    """The first state, and the compiled steps.

    Steps are compiled from the shapes of the first state, while the program that makes it is compiled too.
    """
    seeded = jax.random.key(seed)
    state = eqx.filter_eval_shape(learner.init, task, seeded)
    metrics = tuple(eqx.filter_eval_shape(learner.step, task, state)[1])

    def first(task: Task, key: Key) -> Training:
        key_learner, key = jax.random.split(key)
        return begin(learner, learner.init(task, key_learner), key, metrics)

    shapes = eqx.filter_eval_shape(first, task, seeded)
    with ThreadPoolExecutor(1) as pool:
        jitted: Any = eqx.filter_jit(first)
        # It runs once: code that is fast would not pay for the seconds that it takes to compile.
        lowered = jitted.lower(task, seeded)
        init = pool.submit(lambda: lowered.compile(compiler_options=_QUICKLY))
        compiled = _compile(task, learner, shapes, until, every)
        return init.result()(task, seeded), compiled


def _compile(task: Task, learner: Learner, training: Training, until: Until, every: int) -> _Compiled:
    """Compile many steps as one call; the number of steps stays an argument."""
    arrays, static = eqx.partition(training, lambda leaf: eqx.is_array(leaf) or isinstance(leaf, jax.ShapeDtypeStruct))
    data, form = eqx.partition(task, eqx.is_array)
    goals = jnp.asarray([until.loss or -math.inf, until.population_loss or -math.inf], jnp.float32)

    def many(data: Any, arrays: Any, count: jax.Array) -> tuple[Any, Any]:
        whole = eqx.combine(data, form)
        state, rows = advance(whole, learner, eqx.combine(arrays, static), count, goals, every, _ROWS)
        return eqx.filter(state, eqx.is_array), rows

    compiled = jax.jit(many).lower(data, arrays, jnp.int32(0)).compile()
    # Once, to where the program wants it: else each call copies the data to all devices.
    placed = jax.device_put(data, compiled.input_shardings[0][0])

    def call(training: Training, count: int) -> tuple[Training, dict[str, np.ndarray]]:
        new, rows = compiled(placed, eqx.filter(training, eqx.is_array), jnp.int32(count))
        return eqx.combine(new, static), jax.tree.map(np.asarray, rows)

    return call


def _segment(until: Until, clock: Clock, every: int) -> int:
    """How many steps the next compiled call makes: about half a second of them."""
    # One at first: a step may take seconds, and who watches or interrupts waits for all of these.
    count = max(1, int(clock.rate * _SEGMENT_SECONDS)) if clock.rate else 1
    count = min(count, _ROWS * every)
    if until.steps:
        count = min(count, until.steps - clock.cost.steps)
    if until.evaluations:
        left = until.evaluations - clock.cost.evaluations
        count = min(count, -(-left // clock.step.evaluations))
    if until.seconds and clock.rate:
        left_seconds = max(0.0, until.seconds - clock.cost.seconds)
        count = min(count, max(1, int(clock.rate * left_seconds)))
    return count


def _limit(until: Until, cost: Cost) -> str:
    for name in ("steps", "evaluations", "seconds"):
        limit = getattr(until, name)
        if limit is not None and getattr(cost, name) >= limit:
            return name
    return ""


def _unhalted(training: Training) -> Training:
    """A run that stopped at a goal may go on to another one; a diverged one may not."""
    if int(training.halted) == DIVERGED:
        return training
    going: Training = eqx.tree_at(lambda t: t.halted, training, jnp.int32(GOING))
    return going


def _reached(until: Until, training: Training) -> str:
    if int(training.halted) == DIVERGED:
        return "diverged"
    if until.loss is not None and float(training.loss) <= until.loss:
        return "loss"
    if until.population_loss is not None and float(training.population_loss) <= until.population_loss:
        return "population_loss"
    return ""


def _remaining(until: Until, clock: Clock) -> float:
    left = [math.inf]
    if until.seconds:
        left.append(until.seconds - clock.cost.seconds)
    if until.steps and clock.rate:
        left.append((until.steps - clock.cost.steps) / clock.rate)
    if until.evaluations and clock.rate:
        steps = (until.evaluations - clock.cost.evaluations) / clock.step.evaluations
        left.append(steps / clock.rate)
    nearest = max(0.0, min(left))
    return nearest if math.isfinite(nearest) else math.nan


def _kept(task: Task, learner: Learner, training: Training, stopped: str, every: int) -> tuple[Genome, float]:
    step = int(training.step)
    genome = training.best if stopped == "diverged" else eqx.filter_jit(learner.genome)(training.learner)
    if stopped == "diverged" and math.isfinite(float(training.best_loss)):
        return genome, float(training.best_loss)
    if stopped != "diverged" and step and step % every == 0:
        return genome, float(training.loss)
    return genome, float(eqx.filter_jit(measure)(task, genome, training.key, jnp.int32(step))["loss"])
