import math
import os
import signal
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task, Until, train
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import OpenES

SGD = Descent(optax.sgd(0.02))
ES = Evolution(OpenES(popsize=8, sigma=0.1, optimizer=optax.adam(0.05)))


class Memory:
    """Keeps a run inside the process."""

    def __init__(self):
        self.saved, self.rows, self.forced = None, [], []

    def restore(self, template):
        assert self.saved is None or jax.tree.structure(template) == jax.tree.structure(self.saved[0])
        return self.saved

    def save(self, training, cost, *, force):
        self.saved = training, cost
        self.forced.append(force)

    def log(self, rows):
        self.rows += rows


def assert_equal_to_the_bit(one, other):
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        if eqx.is_array(a) and jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
            a, b = jax.random.key_data(a), jax.random.key_data(b)
        np.testing.assert_array_equal(a, b)


def without_seconds(rows):
    return [{name: value for name, value in row.items() if "seconds" not in name} for row in rows]


@pytest.fixture(scope="module")
def noisy(quadratic):
    return quadratic(noise=0.3)


@pytest.fixture(scope="module")
def whole_runs(noisy):
    """Runs of 40 steps that are not broken."""
    return cache(lambda learner: train(noisy, learner, until=Until(steps=40), every=10))


@pytest.mark.parametrize("learner", [SGD, ES], ids=["descent", "evolution"])
def test_run_that_goes_on_equals_an_unbroken_one_to_the_bit(noisy, whole_runs, learner):
    memory, task, whole = Memory(), noisy, whole_runs(learner)
    # It is broken between two lines of the table.
    first = train(task, learner, until=Until(steps=25), every=10, run=memory)
    assert (first.cost.steps, first.stopped) == (25, "steps")
    second = train(task, learner, until=Until(steps=40), every=10, run=memory)
    assert_equal_to_the_bit(second.state, whole.state)
    assert_equal_to_the_bit(second.genome, whole.genome)
    assert (second.loss, second.cost.steps) == (whole.loss, 40)
    assert without_seconds(memory.rows) == without_seconds(whole.rows)
    assert [row["step"] for row in second.rows] == [30, 40]
    assert second.cost.seconds > first.cost.seconds
    # Started, between, stopped; the first save has something to go on from should it crash.
    assert memory.forced[0] is True
    assert memory.forced[-1] is True


@pytest.mark.parametrize("learner", [SGD, ES], ids=["descent", "evolution"])
def test_run_with_the_same_seed_is_the_same_to_the_bit(noisy, whole_runs, learner):
    again = train(noisy, learner, until=Until(steps=40), every=10)
    assert_equal_to_the_bit(again.state, whole_runs(learner).state)
    assert without_seconds(again.rows) == without_seconds(whole_runs(learner).rows)


def test_run_with_another_seed_is_another(noisy, whole_runs):
    other = train(noisy, SGD, until=Until(steps=40), seed=1, every=10)
    assert np.abs(other.genome - whole_runs(SGD).genome).min() > 1e-4
    assert other.loss != whole_runs(SGD).loss


def test_one_task_serves_gradients_and_evolution(quadratic):
    task = quadratic()
    start = float(task.loss(task.start, 0)[0])
    for learner in (Descent(optax.adam(0.05)), ES):
        run = train(task, learner, until=Until(steps=300))
        assert run.loss < 1e-2 * start
        assert run.loss == pytest.approx(float(task.loss(run.genome, 0)[0]), rel=1e-4)
        assert run.population_loss < 0.1 * start


def test_rows_tell_step_cost_and_means_since_the_last_row(quadratic):
    task = quadratic()
    fine = train(task, SGD, until=Until(steps=20), every=1)
    run = train(task, SGD, until=Until(steps=23), every=5)
    assert [row["step"] for row in run.rows] == [5, 10, 15, 20]
    assert [row["step"] for row in fine.rows] == list(range(1, 21))
    for index, row in enumerate(run.rows):
        share = row["step"] / run.cost.steps
        assert row["evaluations"] == row["samples"] == row["step"]
        assert row["flops"] == pytest.approx(share * run.cost.flops)
        since = fine.rows[5 * index : 5 * index + 5]
        for name in ("population_loss", "gradient_norm"):
            assert row[name] == pytest.approx(np.mean([line[name] for line in since]), rel=1e-4)
        # The held-out loss is that of this very step.
        assert row["loss"] == pytest.approx(since[-1]["loss"], rel=1e-4)
    seconds = [row["seconds"] for row in run.rows]
    assert sorted(seconds) == seconds
    assert run.cost.compile_seconds < seconds[0] <= seconds[-1] <= run.cost.seconds


def test_stops_after_as_many_steps_as_asked_for_and_stays_there(quadratic):
    task, memory = quadratic(), Memory()
    run = train(task, SGD, until=Until(steps=7), run=memory)
    assert (run.stopped, run.cost.steps, int(run.state.step)) == ("steps", 7, 7)
    # The loss is that of the last step, although only each 25th is measured on the way.
    assert run.loss == pytest.approx(float(task.loss(run.genome, 0)[0]), rel=1e-4)
    again = train(task, SGD, until=Until(steps=7), run=memory)
    assert (again.stopped, again.cost.steps, again.rows, again.loss) == ("steps", 7, [], run.loss)
    np.testing.assert_array_equal(again.genome, run.genome)


def test_stops_at_the_first_step_that_fills_the_evaluations(quadratic):
    run = train(quadratic(), Descent(optax.sgd(0.02), batches=8), until=Until(evaluations=60, steps=1000))
    assert (run.stopped, run.cost.steps, run.cost.evaluations) == ("evaluations", 8, 64)


def test_stops_when_the_time_is_up(quadratic):
    run = train(quadratic(), SGD, until=Until(seconds=2.0))
    assert run.stopped == "seconds"
    # A busy machine may take longer to compile than that, but it does not go on then.
    assert 2.0 <= run.cost.seconds < max(2.0, run.cost.compile_seconds) + 3.0
    assert np.isfinite(run.loss)


def test_stops_at_a_held_out_loss(quadratic):
    run = train(quadratic(), SGD, until=Until(loss=0.5, steps=10_000), every=10)
    assert run.stopped == "loss"
    assert run.cost.steps % 10 == 0
    assert run.loss <= 0.5
    assert run.rows[-1]["loss"] == run.loss
    assert all(row["loss"] > 0.5 for row in run.rows[:-1])


def test_stops_at_a_population_loss_that_is_a_mean_since_the_last_measurement(quadratic):
    run = train(quadratic(), SGD, until=Until(population_loss=0.5, steps=10_000), every=5)
    # With a learning rate of 0.02 on x^2 / 2 the loss shrinks by 0.98^2 a step, from 3.
    means = (3 * 0.98 ** (2 * np.arange(500))).reshape(100, 5).mean(1)
    expected = np.flatnonzero(means <= 0.5)[0]
    assert (run.stopped, run.cost.steps) == ("population_loss", 5 * (expected + 1))
    assert run.population_loss == pytest.approx(means[expected], rel=1e-4)


def test_run_that_reached_its_loss_goes_on_to_a_lower_one(quadratic):
    memory = Memory()
    train(quadratic(), SGD, until=Until(loss=0.5), every=10, run=memory)
    again = train(quadratic(), SGD, until=Until(loss=0.1, steps=10_000), every=10, run=memory)
    assert again.stopped == "loss"
    assert again.loss <= 0.1


class Cliff(Task):
    """The loss goes down to a cliff, behind which it is NaN; the held-out loss rises again before that."""

    told: bool = eqx.field(static=True)

    def init(self, key):
        return jnp.ones(3)

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return jnp.sum(genome) + jnp.where(genome[0] > 0.31, 0.0, jnp.nan), None

    def measure(self, genome, key):
        cliff = self.loss(genome, None)[0]
        return {"loss": 1 + jnp.abs(genome[0] - 0.6) + (0 * cliff if self.told else 0.0)}


@pytest.mark.parametrize("told", [False, True], ids=["held-out finite", "held-out NaN at last"])
def test_divergence_gives_back_the_best_genome_that_was_measured(told):
    run = train(Cliff(told), SGD, until=Until(steps=1000), every=5)
    # 0.02 a step from 1: below 0.31 after 35 steps, so that the loss of the 36th is not a number.
    assert (run.stopped, run.cost.steps) == ("diverged", 36)
    assert [math.isfinite(row["loss"]) for row in run.rows] == [True] * 6 + [not told]
    np.testing.assert_allclose(run.genome, 0.6, rtol=1e-5)
    assert run.loss == pytest.approx(1, rel=1e-5)


def test_divergence_before_the_first_measurement_gives_back_a_finite_genome_and_its_loss(quadratic):
    task = quadratic()
    run = train(task, Descent(optax.sgd(1e30)), until=Until(steps=1000))
    assert run.stopped == "diverged"
    assert run.cost.steps < 25
    assert np.isfinite(run.genome).all()
    assert run.loss == pytest.approx(float(task.loss(run.genome, 0)[0]), rel=1e-4)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_request_to_stop_ends_the_run_with_what_it_has(quadratic, number):
    memory, before = Memory(), (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    seen = []

    def ask_to_stop(progress):
        seen.append(progress)
        if len(seen) == 2:
            os.kill(os.getpid(), number)

    run = train(quadratic(), SGD, until=Until(steps=10**9), run=memory, callbacks=[ask_to_stop])
    assert run.stopped == "interrupted"
    assert len(seen) == 3
    assert memory.saved[1].steps == run.cost.steps > 0
    assert memory.forced[-1] is True
    assert np.isfinite(run.genome).all()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_callbacks_see_the_progress_and_all_new_rows(quadratic):
    seen, rows = [], []

    def look(progress):
        seen.append(progress)
        rows.extend(progress.rows)

    run = train(quadratic(), SGD, until=Until(steps=600), every=10, callbacks=[look])
    assert rows == run.rows
    assert [p.step for p in seen] == sorted({p.step for p in seen})
    assert seen[-1].step == run.cost.steps == 600
    assert seen[-1].remaining == 0
    assert all(p.rate > 0 for p in seen)


class Codes(Task):
    """A genome of weights, integers and a function."""

    def init(self, key):
        return {"w": jnp.ones(2), "codes": jnp.arange(3), "activation": jnp.tanh}

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return jnp.sum(genome["activation"](genome["w"]) ** 2) + 0.0 * genome["codes"].sum(), None


@pytest.mark.parametrize("learner", [SGD, ES], ids=["descent", "evolution"])
def test_genome_may_hold_integers_and_functions(learner):
    run = train(Codes(), learner, until=Until(steps=60), every=30)
    np.testing.assert_array_equal(run.genome["codes"], np.arange(3))
    assert run.genome["activation"] is jnp.tanh
    assert run.loss < 1.1


class Growing(Task):
    """A world that counts the steps, and a held-out measurement of its own."""

    def init(self, key):
        return jnp.ones(())

    def begin(self, key):
        return jnp.int32(0)

    def draw(self, key, world):
        return world

    def loss(self, genome, batch):
        return genome**2 + batch, None

    def settle(self, world, batch, aux):
        return world + 1

    def measure(self, genome, key):
        return {"loss": genome**2, "twice": 2 * genome}


def test_world_is_carried_from_step_to_step_and_own_measurements_become_columns():
    run = train(Growing(), SGD, until=Until(steps=6), every=3)
    assert int(run.state.learner.world) == 6
    # Means of 3 steps of x^2 + 0, 1, 2, with x shrinking by 0.96 a step.
    shrunk = 0.96 ** np.arange(7)
    assert run.rows[0]["population_loss"] == pytest.approx(np.mean(shrunk[:3] ** 2) + 1, rel=1e-5)
    assert run.rows[1]["population_loss"] == pytest.approx(np.mean(shrunk[3:6] ** 2) + 4, rel=1e-5)
    assert run.rows[1]["twice"] == pytest.approx(2 * shrunk[6], rel=1e-5)
