from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import Mutation

GENOME = {"a": jnp.full((4, 5), 100.0), "b": jnp.full(12, 200.0), "none": None}
SIZE = 32

COUNT = 8000


@cache
def children(mutation):
    """Genomes of many children, flat: `(8000, 32)`, and the parent's."""
    many = jax.jit(jax.vmap(lambda key: mutation(key, GENOME)))(jax.random.split(jax.random.key(0), COUNT))
    flat = np.concatenate([many["a"].reshape(COUNT, -1), many["b"]], axis=1).astype(np.float64)
    assert many["none"] is None
    return flat, np.concatenate([np.full(20, 100.0), np.full(12, 200.0)])


def test_as_many_weights_change_as_are_asked_for():
    many, parent = children(Mutation(weights=3, scale=5.0))
    changed = (many != parent).sum(1)
    assert changed.max() == 3
    assert changed.min() >= 1
    # Drawn with replacement: 32 * (1 - (1 - 1/32)^3) different ones on average.
    expected = SIZE * (1 - (1 - 1 / SIZE) ** 3)
    assert changed.mean() == pytest.approx(expected, abs=4.5 * changed.std() / np.sqrt(len(many)))


def test_every_weight_of_every_leaf_is_as_likely_to_change():
    many, parent = children(Mutation(weights=1, scale=5.0))
    rate = (many != parent).mean(0)
    np.testing.assert_allclose(rate, 1 / SIZE, atol=4.5 * np.sqrt(1 / SIZE / COUNT))


def test_all_weights_change_where_no_number_is_given():
    many, parent = children(Mutation(scale=5.0))
    assert (many != parent).mean() > 0.999


@pytest.mark.parametrize(("distribution", "deviation"), [("normal", 5.0), ("uniform", 5.0 / np.sqrt(3))])
@pytest.mark.parametrize("weights", [None, 1])
def test_added_draws_have_the_scale_that_was_asked_for(distribution, deviation, weights):
    many, parent = children(Mutation(weights, 5.0, "add", distribution))
    draws = (many - parent)[many != parent]
    assert draws.mean() == pytest.approx(0, abs=4.5 * deviation / np.sqrt(draws.size))
    assert draws.std() == pytest.approx(deviation, rel=0.04)
    if distribution == "uniform":
        assert np.abs(draws).max() <= 5.0
        assert np.abs(draws).max() > 4.9
    else:
        assert np.abs(draws).max() > 2.5 * deviation


@pytest.mark.parametrize("weights", [None, 1])
def test_replaced_weights_forget_what_they_were(weights):
    many, parent = children(Mutation(weights, 2.0, "replace"))
    draws = many[many != parent]
    assert np.abs(draws).max() < 12
    assert draws.mean() == pytest.approx(0, abs=4.5 * 2.0 / np.sqrt(draws.size))
    assert draws.std() == pytest.approx(2.0, rel=0.04)


def test_children_differ_from_each_other():
    many, _ = children(Mutation(scale=5.0))
    assert len(np.unique(many, axis=0)) == COUNT


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("weights", {"weights": 0}, "1 or more"),
        ("scale", {"scale": 0.0}, "above 0"),
        ("mode", {"mode": "replce"}, "did you mean replace"),
        ("distribution", {"distribution": "cauchy"}, "normal, uniform"),
    ],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        Mutation(**options)
