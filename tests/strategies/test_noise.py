from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.strategies import NOISES
from ontogeny.strategies.noise import orthogonal
from ontogeny.strategies.paley import paley, paley_order

COUNT = 4096
DIRECTIONS = 64
KURTOSIS = {"byte-sums": 2.7, "signs": 1.0, "normal": 3.0, "orthogonal": 1.0, "paley": 1.0}


def draw(name, seed=0):
    key = jax.random.key(seed)
    return np.asarray(jax.jit(jax.vmap(lambda number: NOISES[name](key, number, COUNT)))(jnp.arange(DIRECTIONS)))


@pytest.mark.parametrize("name", NOISES)
def test_moments(name):
    noise = draw(name).astype(np.float64)
    error = 1 / np.sqrt(noise.size)
    assert noise.mean() == pytest.approx(0, abs=4.5 * error)
    assert (noise**2).mean() == pytest.approx(1, abs=4.5 * np.sqrt(2) * error)
    assert (noise**3).mean() == pytest.approx(0, abs=4.5 * np.sqrt(15) * error)
    assert (noise**4).mean() == pytest.approx(KURTOSIS[name], abs=4.5 * np.sqrt(96) * error)


@pytest.mark.parametrize("name", NOISES)
def test_components_and_directions_are_not_correlated(name):
    noise = draw(name).astype(np.float64)
    between = noise @ noise.T / COUNT
    assert np.abs(between[~np.eye(DIRECTIONS, dtype=bool)]).max() < 5.5 / np.sqrt(COUNT)
    for shift in (1, 2, 31, 32, 33):
        assert np.abs((noise[:, shift:] * noise[:, :-shift]).mean()) < 4.5 / np.sqrt(noise.size)


@pytest.mark.parametrize("name", NOISES)
def test_same_key_same_noise_other_key_other_noise(name):
    np.testing.assert_array_equal(draw(name), draw(name))
    assert np.abs((draw(name) * draw(name, seed=1)).mean()) < 4.5 / np.sqrt(COUNT * DIRECTIONS)


@partial(jax.jit, static_argnums=(1, 2))
def _drawn(seed, count, directions):
    return jax.vmap(lambda number: orthogonal(jax.random.key(seed), number, count))(jnp.arange(directions))


def drawn(seed, count, directions):
    return np.asarray(_drawn(seed, count, directions))


@pytest.mark.parametrize("count", [1, 2, 7, 64, 100])
def test_orthogonal_noise_of_as_many_directions_as_weights_misses_nothing(count):
    size = 1 << (count - 1).bit_length()
    rows = drawn(5, count, 2 * size)
    for half in (rows[:size], rows[size:]):
        np.testing.assert_array_equal(half.T @ half, size * np.eye(count))
    np.testing.assert_array_equal(np.abs(rows), 1)
    if count == size:
        np.testing.assert_array_equal(rows[:size] @ rows[:size].T, size * np.eye(size))
    assert count < 7 or (rows[:size] != rows[size:]).any(), "the next round has signs of its own"


def test_few_orthogonal_directions_confound_other_weights_each_time():
    alike = [np.abs(rows.T @ rows) == 8 for rows in (drawn(seed, 64, 8) for seed in range(8))]
    assert not np.logical_and.reduce(alike)[~np.eye(64, dtype=bool)].any()


def test_the_weight_that_one_sided_differences_cannot_see_is_another_one_each_time():
    constant = [np.flatnonzero(np.abs(drawn(seed, 64, 64).sum(0)) == 64) for seed in range(8)]
    assert [len(each) for each in constant] == [1] * 8
    assert len(np.unique(constant)) > 4


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 50, 200])
def test_paley_noise_needs_hardly_more_directions_than_weights(count):
    order = paley_order(count)
    assert count <= order <= count + 10
    rows = np.asarray(jax.vmap(lambda number: paley(jax.random.key(3), number, count))(jnp.arange(2 * order)))
    np.testing.assert_array_equal(np.abs(rows), 1)
    for half in (rows[:order], rows[order:]):
        np.testing.assert_array_equal(half.T @ half, order * np.eye(count))
    assert count < 7 or (rows[:order] != rows[order:]).any(), "the next round has signs of its own"
    assert [paley_order(weights) for weights in (1397, 7562)] == [1400, 7584]


def test_the_weight_that_paley_noise_cannot_see_is_another_one_each_time():
    numbers = jnp.arange(24)
    sums = [np.abs(jax.vmap(lambda n, k=seed: paley(jax.random.key(k), n, 24))(numbers).sum(0)) for seed in range(8)]
    assert all((each >= 22).sum() == 1 for each in sums)
    assert len({int(each.argmax()) for each in sums}) > 4
