import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task
from ontogeny.errors import InputError
from ontogeny.learners import Descent


@eqx.filter_jit
def steps(learner, task, count, seed=0):
    """The state after some steps, and the metrics of each."""
    state = learner.init(task, jax.random.key(seed))
    return jax.lax.scan(lambda state, _: learner.step(task, state), state, length=count)


def test_gradient_descent_on_a_quadratic_is_its_closed_form(quadratic):
    task, rate = quadratic(condition=10.0), 0.05
    state, metrics = steps(Descent(optax.sgd(rate)), task, 30)
    shrink = np.eye(6) - rate * np.asarray(task.matrix, np.float64)
    start = np.asarray(task.start, np.float64)
    expected = np.linalg.matrix_power(shrink, 30) @ start
    np.testing.assert_allclose(state.genome, expected, rtol=1e-4, atol=1e-6)
    matrix = np.asarray(task.matrix, np.float64)
    points = [np.linalg.matrix_power(shrink, k) @ start for k in range(30)]
    np.testing.assert_allclose(metrics["population_loss"], [0.5 * x @ matrix @ x for x in points], rtol=1e-4)
    np.testing.assert_allclose(metrics["gradient_norm"], [np.linalg.norm(matrix @ x) for x in points], rtol=1e-4)


class Slopes(Task):
    """A linear loss, so that gradients are known: 3 and 4 of one array, 0.01 of the other."""

    def init(self, key):
        return {"large": jnp.zeros((1, 2)), "small": jnp.zeros(1), "codes": jnp.arange(2)}

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return genome["large"] @ jnp.asarray([3.0, 4.0]) + 0.01 * genome["small"], None


def moved(**options):
    state, _ = steps(Descent(optax.sgd(1.0), **options), Slopes(), 1)
    np.testing.assert_array_equal(state.genome["codes"], [0, 1])
    return np.concatenate([-state.genome["large"][0], -state.genome["small"]])


def test_plain_step_follows_the_gradient():
    np.testing.assert_allclose(moved(), [3, 4, 0.01], rtol=1e-6)


def test_normalised_step_has_length_1_for_each_array():
    np.testing.assert_allclose(moved(normalise=True), [0.6, 0.8, 1], rtol=1e-5)


def test_clipped_step_keeps_its_direction_and_loses_its_length():
    clipped = moved(clip=0.5)
    assert np.linalg.norm(clipped) == pytest.approx(0.5, rel=1e-5)
    np.testing.assert_allclose(clipped / 0.5, moved() / np.linalg.norm(moved()), rtol=1e-5)


def test_step_shorter_than_the_clip_is_left_alone():
    np.testing.assert_allclose(moved(clip=6.0), moved(), rtol=1e-6)


def test_gradient_is_normalised_before_it_is_clipped():
    np.testing.assert_allclose(moved(normalise=True, clip=math.sqrt(2) / 10), [0.06, 0.08, 0.1], rtol=1e-4)


class Diary(Task):
    """Pulls to a random place, and writes down which: the world is the places and their number."""

    def init(self, key):
        return jnp.zeros(3)

    def begin(self, key):
        return jnp.zeros((40, 3)), jnp.int32(0)

    def draw(self, key, world):
        return jax.random.normal(key, (3,)), world[1]

    def loss(self, genome, batch):
        return 0.5 * jnp.sum((genome - batch[0]) ** 2), batch[0]

    def settle(self, world, batch, aux):
        places, count = world
        # Each batch must have been drawn from the world that the one before left behind.
        seen = jnp.where(batch[1] == count, aux, jnp.nan)
        return places.at[count].set(seen), count + 1


def test_gradient_is_the_mean_over_the_batches_and_each_settles_the_world():
    state, metrics = steps(Descent(optax.sgd(0.1), batches=4), Diary(), 3)
    places, count = state.world
    assert int(count) == 12
    places = np.asarray(places[:12], np.float64).reshape(3, 4, 3)
    assert len(np.unique(places.round(6))) == 36, "every batch is drawn anew"
    genome, losses = np.zeros(3), []
    for batch in places:
        losses.append(np.mean([0.5 * np.sum((genome - place) ** 2) for place in batch]))
        genome = genome - 0.1 * np.mean([genome - place for place in batch], axis=0)
    np.testing.assert_allclose(state.genome, genome, rtol=1e-5)
    np.testing.assert_allclose(metrics["population_loss"], losses, rtol=1e-5)


def test_batches_of_different_runs_differ():
    learner = Descent(optax.sgd(0.1))
    one, other = (steps(learner, Diary(), 2, jnp.int32(seed))[0].world[0][:2] for seed in (0, 1))
    assert np.abs(one - other).min() > 1e-4


def test_optimizer_that_needs_the_loss_is_given_it(quadratic):
    plateau = optax.contrib.reduce_on_plateau(factor=0.5, patience=3, cooldown=0)
    task = quadratic()
    moving, _ = steps(Descent(optax.chain(optax.sgd(0.1), plateau)), task, 30)
    stuck, _ = steps(Descent(optax.chain(optax.sgd(0.0), plateau)), task, 30)
    assert moving.optimizer[1].scale == 1
    assert stuck.optimizer[1].scale < 0.1


def test_optimizer_that_needs_the_weights_is_given_them(quadratic):
    task = quadratic()
    state, _ = steps(Descent(optax.chain(optax.add_decayed_weights(0.5), optax.sgd(0.1))), task, 2)
    # The gradient of x^2 / 2 is x, and the decay adds half of it.
    np.testing.assert_allclose(state.genome, task.start * 0.85**2, rtol=1e-5)


def test_cost_counts_batches_and_the_gradient_as_dearer_than_the_loss(quadratic):
    task = quadratic(size=40)
    one, four = (Descent(optax.sgd(0.1), batches=batches) for batches in (1, 4))
    cost = one.cost(task, eqx.filter_eval_shape(one.init, task, jax.random.key(0)))
    assert (cost.evaluations, cost.samples) == (1, 1)
    # x @ A @ x is one product with a matrix; its gradient another one, and some change.
    assert 2 * 2 * 40 * 40 <= cost.flops < 3 * 2 * 40 * 40
    dearer = four.cost(task, eqx.filter_eval_shape(four.init, task, jax.random.key(0)))
    assert (dearer.evaluations, dearer.flops) == (4, 4 * cost.flops)


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [("clip", {"clip": 0.0}, "above 0"), ("batches", {"batches": 0}, "1 or more")],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        Descent(**options)


class Kink(Task):
    """The distance from 0, whose gradient is a sign; smoothed by noise it is an error function."""

    def init(self, key):
        return jnp.float32(0.3)

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return jnp.abs(genome), None


def test_noise_on_the_weights_gives_the_gradient_of_the_smoothed_loss():
    seeds = jnp.arange(400)
    noisy = jax.vmap(lambda seed: steps(Descent(optax.sgd(1.0), weight_noise=0.5), Kink(), 1, seed)[0].genome)(seeds)
    assert (0.3 - noisy).mean() == pytest.approx(math.erf(0.3 / 0.5 / math.sqrt(2)), abs=4 / math.sqrt(len(seeds)))
    state, _ = steps(Descent(optax.sgd(1.0)), Kink(), 1)
    assert 0.3 - state.genome == pytest.approx(1)
