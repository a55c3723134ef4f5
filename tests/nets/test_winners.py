import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.nets.winners import winners


@pytest.mark.parametrize(("shape", "count"), [((7, 20), 10), ((2, 3, 101), 50), ((4, 33), 0), ((4, 33), 33)])
@pytest.mark.parametrize("kind", ["any", "rectified", "few values", "signed zeros"])
def test_winners_are_the_first_of_a_stable_sort(shape, count, kind):
    values = np.random.default_rng(hash((shape, count)) % 2**32).normal(size=shape).astype(np.float32)
    values = {
        "any": values,
        "rectified": np.maximum(values, 0),
        "few values": np.round(values),
        "signed zeros": np.where(values > 0, np.float32(0), np.float32(-0.0)),
    }[kind]
    expected = np.zeros(shape, bool)
    np.put_along_axis(expected, np.argsort(-values, axis=-1, kind="stable")[..., :count], True, -1)
    np.testing.assert_array_equal(jax.jit(winners, static_argnums=1)(jnp.asarray(values), count), expected)
