import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Layout, Task, using
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.lowrank.array import LowRank, is_low_rank
from ontogeny.strategies import OpenES, raw
from ontogeny.tasks import Growing

KEY = jax.random.key(0)
X, Y = jax.random.normal(jax.random.key(1), (32, 20)), jax.random.normal(jax.random.key(2), (32, 6))


class Fit(Task):
    """A user's own net, which knows nothing of noise."""

    width: int = eqx.field(static=True, default=24)

    def init(self, key):
        return eqx.nn.MLP(20, 6, self.width, 2, key=key)

    def draw(self, key, world):
        return X, Y

    def loss(self, genome, batch):
        return jnp.mean((jax.vmap(genome)(batch[0]) - batch[1]) ** 2), None


def fitted(task, rank, **options):
    strategy = OpenES(rank=rank, **options)
    return strategy, Evolution(strategy).init(task, KEY).strategy


def arrays_of(genome):
    leaves = jax.tree.leaves(genome, is_leaf=is_low_rank)
    return [leaf for leaf in leaves if is_low_rank(leaf) or eqx.is_array(leaf)]


@pytest.mark.parametrize("rank", [1, 2])
def test_members_are_the_mean_plus_products_of_the_factors(rank):
    strategy, state = fitted(Fit(), rank, popsize=8, sigma=0.1)
    member = strategy.member(state, jnp.int32(3))
    assert [is_low_rank(leaf) for leaf in arrays_of(member)] == [True, False] * 3
    noise = arrays_of(strategy.direction(state, jnp.int32(1)))
    for mean, direction, many in zip(arrays_of(state.mean), noise, arrays_of(strategy.ask(state)), strict=True):
        np.testing.assert_allclose(many[3], mean - 0.1 * direction, atol=1e-6)
        np.testing.assert_allclose(many[2], mean + 0.1 * direction, atol=1e-6)


@pytest.mark.parametrize("rank", [1, 3])
def test_noise_has_mean_0_variance_1_and_the_rank(rank):
    strategy, state = fitted(Fit(), rank)
    noise = jax.vmap(lambda number: strategy.direction(state, number).layers[1].weight)(jnp.arange(4000))
    assert np.linalg.matrix_rank(np.asarray(noise[0])) == rank
    noise = np.asarray(noise, np.float64)
    assert noise.mean() == pytest.approx(0, abs=0.01)
    np.testing.assert_allclose(noise.var(0), 1, atol=0.25)
    first, other = noise[:, 0, 0], noise[:, 3, 5]
    assert abs(np.mean(first * other)) < 4.5 / np.sqrt(4000)


@pytest.mark.parametrize("layout", [Layout(1, 8), Layout(2, 3)])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_a_generation_is_that_of_the_formed_members(rank, layout):
    strategy, state = fitted(Fit(), rank, popsize=16, sigma=0.05, optimizer=optax.sgd(1.0), shaping=raw)
    task = Fit()
    learner = Evolution(strategy, devices=layout.devices, chunk=layout.chunk)
    start = learner.init(task, KEY)
    after, metrics = eqx.filter_jit(learner.step)(task, start)
    losses = eqx.filter_vmap(lambda net: task.loss(net, (X, Y))[0])(strategy.ask(state))
    assert float(metrics["population_loss"]) == pytest.approx(float(losses.mean()), rel=1e-5)
    numbers = jnp.arange(8)
    noise = jax.vmap(lambda number: eqx.filter(strategy.direction(state, number), eqx.is_inexact_array))(numbers)
    weights = (losses[0::2] - losses[1::2]) / (16 * 0.05)

    def moved(mean, noise):
        return mean - jnp.tensordot(weights, noise, 1)

    expected = jax.tree.map(moved, eqx.filter(state.mean, eqx.is_inexact_array), noise)
    for got, wanted in zip(arrays_of(after.strategy.mean), arrays_of(expected), strict=True):
        np.testing.assert_allclose(got, wanted, atol=2e-5)


def test_estimate_is_unbiased_on_a_quadratic_of_a_matrix():
    target = jax.random.normal(KEY, (5, 7))

    def quadratic(weights):
        return jnp.sum((weights - target) ** 2)

    strategy = OpenES(64, 0.3, optax.sgd(1.0), raw, rank=1)

    def estimate(key):
        state = strategy.init(jnp.zeros((5, 7)), key)
        with using(Layout(1, 32)):
            return strategy.gradient(state, jax.vmap(quadratic)(strategy.ask(state)))

    samples = np.asarray(jax.lax.map(estimate, jax.random.split(KEY, 3000)), np.float64)
    error = samples.std(0) / np.sqrt(len(samples))
    expected = np.asarray(jax.grad(quadratic)(jnp.zeros((5, 7))))
    assert error.max() < 0.05 * np.abs(expected).max(), "too few samples to tell"
    np.testing.assert_array_less(np.abs(samples.mean(0) - expected), 4.5 * error)


def test_low_rank_search_solves_what_full_noise_solves():
    task = Fit()
    learner = Evolution(OpenES(64, 0.05, optax.adam(0.02), rank=1))
    dynamic, static = eqx.partition(learner.init(task, KEY), eqx.is_array)
    step = jax.jit(lambda dynamic: eqx.filter(learner.step(task, eqx.combine(dynamic, static)), eqx.is_array))
    losses = []
    for _ in range(150):
        dynamic, metrics = step(dynamic)
        losses.append(float(metrics["population_loss"]))
    assert losses[-1] < 0.5 * losses[0]


def test_cheap_layers_are_chosen_and_the_rest_left_full():
    # A wide layer under a large batch is cheaper with low-rank noise; a weight that an automaton
    # uses at each cell and step is not.
    wide = fitted(Wide(), None)[1].ranks
    assert wide[0] == 1
    assert all(rank == 0 for rank in wide[1::2]), "biases"
    grown = fitted(Growing(np.zeros((9, 9, 4), np.float32)), None)[1].ranks
    assert grown == (0, 0)


class Wide(Fit):
    def init(self, key):
        return eqx.nn.MLP(20, 6, 256, 1, key=key)

    def draw(self, key, world):
        return jnp.tile(X, (4, 1)), jnp.tile(Y, (4, 1))


def test_forced_full_noise_has_no_factors():
    strategy, state = fitted(Fit(), 0)
    assert set(state.ranks) == {0}
    assert not any(isinstance(leaf, LowRank) for leaf in arrays_of(strategy.member(state, jnp.int32(0))))


def test_rank_below_0_is_refused():
    with pytest.raises(InputError, match=r"rank: -1 .* give 1 or more, 0 for full"):
        OpenES(rank=-1)
