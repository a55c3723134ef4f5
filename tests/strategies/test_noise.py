import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.strategies import NOISES

COUNT = 4096
DIRECTIONS = 64
KURTOSIS = {"byte-sums": 2.7, "signs": 1.0, "normal": 3.0}


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
