import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import GA, Fixed, GroupElite, Mutation, SelfAdaptive, Truncation

ADAPTIVE = [SelfAdaptive(0.3), GroupElite(8)]


def sphere(x):
    return jnp.sum(x**2)


def best(search, rates, scale, function=sphere, generations=150):
    strategy = GA(64, Truncation(0.25), Mutation(scale=scale), rates=rates)
    _, losses = search(strategy, function, jnp.full(10, 1.0), generations)
    return float(losses[-1].min())


@pytest.mark.parametrize(("rates", "scale"), list(zip(ADAPTIVE, [0.001, 10.0], strict=True)))
def test_a_scale_a_hundred_times_too_large_or_too_small_is_mended(search, rates, scale):
    found, fixed = best(search, rates, scale), best(search, Fixed(), scale)
    assert found < 1e-4
    assert found < 1e-3 * fixed


@pytest.mark.parametrize("rates", ADAPTIVE[1:])
def test_an_ellipsoid_is_solved_further_than_by_a_fixed_scale(search, rates):
    stretch = jnp.geomspace(1, 30, 10)
    found, fixed = (best(search, each, 0.1, lambda x: stretch @ x**2) for each in (rates, Fixed()))
    assert found < 0.01 * fixed


@pytest.mark.parametrize("rates", ADAPTIVE[:1])
def test_the_scale_of_the_loss_does_not_matter(search, rates):
    found = best(search, rates, 0.1, generations=30)
    assert best(search, rates, 0.1, lambda x: 1024 * sphere(x), generations=30) == pytest.approx(1024 * found, rel=1e-3)


def test_a_rate_is_as_good_as_the_best_improvement_in_its_group():
    rates = GroupElite(4, 1.5)
    # The last group does worst on average and has the best child; the first changes nothing.
    improvements = jnp.asarray([0.0, -1, -2, -9, 0.0, -1, 0.1, 2.0, 0.0, -1, -2, -jnp.inf])
    state = jnp.asarray([1e-3, 1.0, 10.0, 100.0])
    following = np.asarray(rates.tell(state, jax.random.key(0), improvements))
    assert following[0] == 100
    near = np.abs(np.log(following[:, None] / np.asarray([100.0, 10.0]))).min(1)
    assert (near <= np.log(1.5) + 1e-5).all(), "children of the better half, by the factor at most"
    assert rates.rate(state, jax.random.key(0), jnp.int32(7), jnp.float32(1)) == 100


def test_parents_carry_the_rates_that_made_them():
    strategy = GA(8, Truncation(0.5), Mutation(scale=0.1), elitism=1, rates=SelfAdaptive(0.5))
    state = strategy.init(jnp.zeros(2000), jax.random.key(0))
    for _ in range(2):
        following = jax.jit(strategy.tell)(state, jnp.arange(8.0)[::-1])
        moved = np.asarray(following.parents.weights[:, None] - state.parents.weights[None]).std(-1).min(1)
        np.testing.assert_allclose(moved, 0.1 * np.asarray(following.parents.rate), rtol=0.1)
        assert len(np.unique(following.parents.rate)) == 4
        state = following


def test_options_that_cannot_work_are_refused():
    with pytest.raises(InputError, match=r"learning_rate.*above 0"):
        SelfAdaptive(0.0)
    with pytest.raises(InputError, match=r"groups.*2 or more"):
        GroupElite(1)
    with pytest.raises(InputError, match=r"factor.*above 1"):
        GroupElite(factor=1.0)
    with pytest.raises(InputError, match=r"groups: 8.*2 to 7"):
        GA(8, rates=GroupElite(8))
