import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.strategies import SHAPINGS, centred, centred_ranks, raw, standardised, standardised_ranks
from ontogeny.strategies.shaping import ranks

RANKED = [ranks, centred_ranks, standardised_ranks]


def losses(size=50, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=size), jnp.float32)


def test_ranks_count_the_losses_below():
    np.testing.assert_array_equal(ranks(jnp.asarray([0.3, -2.0, 9.0, 0.4, 3.0])), [1, 0, 4, 2, 3])


def test_equal_losses_share_the_mean_of_their_ranks():
    np.testing.assert_array_equal(ranks(jnp.asarray([2.0, 1.0, 2.0, 5.0, 2.0])), [2, 0, 2, 4, 2])
    x = np.random.default_rng(1).integers(0, 6, 50).astype(np.float32)
    counted = [(x < value).sum() + ((x == value).sum() - 1) / 2 for value in x]
    np.testing.assert_array_equal(ranks(jnp.asarray(x)), counted)


def test_losses_that_are_not_finite_share_the_worst_ranks():
    x = jnp.asarray([jnp.nan, 1.0, jnp.inf, 3e38, -jnp.inf])
    np.testing.assert_array_equal(ranks(x), [3, 0, 3, 1, 3])
    np.testing.assert_allclose(centred_ranks(x), [0.25, -0.5, 0.25, -0.25, 0.25])


@pytest.mark.parametrize("shaping", RANKED)
@pytest.mark.parametrize("transform", [np.exp, np.cbrt, lambda x: 1e6 * x - 3e5, lambda x: x**3])
def test_ranks_see_only_the_order(shaping, transform):
    x = np.asarray(losses(), np.float64)
    changed = transform(x)
    assert len(np.unique(changed.astype(np.float32))) == len(x), "the transform must not make ties"
    np.testing.assert_array_equal(shaping(jnp.asarray(x)), shaping(jnp.asarray(changed)))


def test_centred_ranks_reach_from_best_to_worst():
    x = jnp.asarray([4.0, 8.0, 1.0, 6.0, 2.0])
    np.testing.assert_allclose(centred_ranks(x), [0, 0.5, -0.5, 0.25, -0.25])


@pytest.mark.parametrize("shaping", [standardised, standardised_ranks])
@pytest.mark.parametrize("size", [5, 50])
def test_standardised_weights_have_mean_0_and_deviation_1(shaping, size):
    weights = np.asarray(shaping(5 + 3 * losses(size)), np.float64)
    assert weights.mean() == pytest.approx(0, abs=1e-6)
    assert weights.std() == pytest.approx(1, rel=1e-5)


def test_standardised_losses_keep_their_distances():
    x = jnp.asarray([0.0, 1.0, 3.0, 8.0, 8.0])
    weights = np.asarray(standardised(x))
    np.testing.assert_allclose(np.diff(weights), np.asarray([1, 2, 5, 0]) / np.std([0, 1, 3, 8, 8]), rtol=1e-6)


def test_centred_losses_keep_their_scale():
    x = losses()
    np.testing.assert_allclose(centred(7 + 3 * x), 3 * (x - x.mean()), atol=1e-5)


def test_standardised_losses_ignore_scale_and_shift():
    x = losses()
    np.testing.assert_allclose(standardised(x), standardised(100 * x - 7), atol=2e-5)


# The mean of equal numbers is seldom exactly that number in float32: 0.1 shows it, 1 does not.
@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 123.4])
@pytest.mark.parametrize("shaping", [centred_ranks, standardised_ranks, standardised])
def test_equal_losses_weigh_nothing(shaping, value):
    for size in (5, 50):
        np.testing.assert_array_equal(shaping(jnp.full(size, value, jnp.float32)), np.zeros(size))


def test_raw_losses_are_themselves_with_failures_as_the_worst_finite_one():
    x = jnp.asarray([0.5, jnp.nan, -jnp.inf, jnp.inf, 4.0])
    np.testing.assert_array_equal(raw(x), [0.5, 4.0, 4.0, 4.0, 4.0])


@pytest.mark.parametrize("name", SHAPINGS)
def test_every_shaping_lets_the_worst_weigh_most_and_failures_as_much(name):
    weights = np.asarray(SHAPINGS[name](jnp.asarray([3.0, jnp.nan, 1.0, 2.0, 1.5])))
    assert np.isfinite(weights).all()
    assert weights[1] >= weights[0] > weights[3] > weights[4] > weights[2]


@pytest.mark.parametrize("name", SHAPINGS)
def test_a_generation_of_nothing_but_failures_moves_nothing(name):
    np.testing.assert_array_equal(SHAPINGS[name](jnp.full(5, jnp.nan)), np.zeros(5))
