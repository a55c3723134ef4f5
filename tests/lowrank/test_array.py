import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.lowrank import LowRank
from ontogeny.lowrank.array import dense, is_low_rank

SCALE = -0.3


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("shape", [(5, 11), (7, 3, 2), (7, 3, 3, 2)])
def test_weight_is_its_base_and_the_scaled_product_of_the_factors(shape, rank, draw):
    base, a, b = draw(*shape), draw(shape[0], rank), draw(int(np.prod(shape[1:])), rank)
    weight = LowRank.of(base, a, b, jnp.float32(SCALE))
    expected = np.asarray(base) + SCALE * (np.asarray(a) @ np.asarray(b).T).reshape(shape)
    np.testing.assert_allclose(weight.dense(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("left", "right", "sum_over_ranks"),
    [
        ((0,), (1, 2), "ar,bcr->abc"),
        ((2,), (0, 1), "cr,abr->abc"),
        ((1, 2), (0,), "bcr,ar->abc"),
        ((2, 0), (1,), "car,br->abc"),
        ((0, 1), (0, 2), "abr,acr->abc"),
    ],
)
def test_factors_run_along_any_axes(left, right, sum_over_ranks, draw):
    shape, rank = (4, 5, 11), 2
    base = draw(*shape)
    a, b = (draw(*(shape[axis] for axis in axes), rank) for axes in (left, right))
    expected = np.asarray(base) + SCALE * np.einsum(sum_over_ranks, a, b)
    weight = LowRank(base, a, b, jnp.float32(SCALE), left, right)
    np.testing.assert_allclose(weight.dense(), expected, rtol=1e-5, atol=1e-5)


def test_weight_formed_has_the_type_of_its_base(draw):
    weight = LowRank.of(draw(5, 11).astype(jnp.bfloat16), draw(5, 2), draw(11, 2), jnp.float32(SCALE))
    assert weight.dense().dtype == jnp.bfloat16


def test_ordinary_arrays_are_dense_already(draw):
    base = draw(5, 11)
    assert dense(base) is base
    assert not is_low_rank(base)
    assert is_low_rank(LowRank.of(base, draw(5, 1), draw(11, 1), jnp.float32(SCALE)))
