"""Compares a function of low-rank weights with the same function of the weights formed."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.lowrank import LowRank, call
from ontogeny.lowrank.array import is_low_rank

MEMBERS = 29  # a prime, and no size in the tests is a multiple of it
RANKS = (1, 2)


@pytest.fixture(scope="session")
def draw() -> Callable:
    """Makes an array of a shape; the same shape, the same array."""
    return lambda *shape: jnp.asarray(np.random.default_rng(shape).normal(size=shape), jnp.float32)


@pytest.fixture(scope="session")
def fill(draw) -> Callable:
    """Makes a network from a function of a key, with drawn parameters: what JAX draws, it compiles first."""

    def make(init):
        shapes = eqx.filter_eval_shape(init, jax.random.key(0))
        return jax.tree.map(lambda leaf: draw(*leaf.shape) if hasattr(leaf, "shape") else leaf, shapes)

    return make


@pytest.fixture(scope="session")
def populate(draw) -> Callable:
    """Makes a population of `MEMBERS` around a genome: its weights are `LowRank`, with the factors of all members."""

    def populate(genome, rank, axes=None):
        scale = jnp.asarray(np.linspace(-0.4, 0.3, MEMBERS), jnp.float32)

        def noisy(leaf):
            if not eqx.is_inexact_array(leaf) or leaf.ndim < 2 or leaf.size == len(leaf):  # or a convolution's bias
                return leaf
            runs = axes or ((0,), tuple(range(1, leaf.ndim)))
            factors = (draw(MEMBERS, *(leaf.shape[axis] for axis in run), rank) for run in runs)
            return LowRank(leaf, *factors, scale, *runs)

        return jax.tree.map(noisy, genome)

    return populate


@pytest.fixture(scope="session")
def compare(populate) -> Callable:
    """Compares `call` with the function of the weights formed, of all members at once, compiled, for each rank.

    Its result are the shapes of the arrays in `call` that hold the weight of every member.
    """

    def compare(function, genome, data, axes=None, rtol=1e-5):
        formed = set()
        dense = None
        for rank in RANKS:
            population = populate(genome, rank, axes)
            along = map_weights(lambda it: LowRank(None, 0, 0, 0, it.left_axes, it.right_axes), population, others=None)
            low = eqx.filter_vmap(lambda genome, data: call(function, genome, data), in_axes=(along, None))
            if dense is None:  # the same for each rank: compiled once
                along = map_weights(lambda it: 0, population, others=None)
                dense = eqx.filter_jit(eqx.filter_vmap(function, in_axes=(along, None)))
            expected = dense(map_weights(by_numpy, population), data)
            assert_close(eqx.filter_jit(low)(population, data), expected, rtol, f"rank {rank}")
            formed |= weights_in(eqx.filter_make_jaxpr(low)(population, data)[0], population)
        return formed

    return compare


def map_weights(function, population, **others):
    def one(leaf):
        return function(leaf) if is_low_rank(leaf) else others.get("others", leaf)

    return jax.tree.map(one, population, is_leaf=is_low_rank)


def by_numpy(weight):
    """The weights of all members."""
    members, rank = weight.base.ndim, weight.base.ndim + 1
    left, right = ((members, *axes, rank) for axes in (weight.left_axes, weight.right_axes))
    scaled = np.einsum(weight.scale, (members,), weight.left, left, weight.right, right, (members, *range(members)))
    return np.asarray(weight.base) + scaled


def assert_close(got, expected, rtol, what):
    assert jax.tree.structure(got) == jax.tree.structure(expected), what
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype), what
        have, want = np.asarray(one, np.float64), np.asarray(other, np.float64)
        size = np.abs(want).max()
        assert np.ptp(want, axis=0).max() > 0.01 * size, "all members are the same: this tests nothing"
        np.testing.assert_allclose(have, want, rtol=0, atol=rtol * size, err_msg=what)


def weights_in(jaxpr, population):
    """The shapes in a jaxpr that hold one of the weights of every member, and perhaps more axes."""
    weights = filter(is_low_rank, jax.tree.leaves(population, is_leaf=is_low_rank))
    sizes = {MEMBERS * weight.base.size for weight in weights}
    return {shape for shape in shapes_in(jaxpr) if shape and any(np.prod(shape) % size == 0 for size in sizes)}


def shapes_in(jaxpr):
    """The shapes of all that a jaxpr computes, with the functions inside it."""
    shapes = set()
    for equation in jaxpr.eqns:
        shapes |= {getattr(out.aval, "shape", ()) for out in equation.outvars}
        for inside in jax.tree.leaves(list(equation.params.values()), is_leaf=has_equations):
            if has_equations(inside):
                shapes |= shapes_in(inside)
    return shapes


def has_equations(value):
    return hasattr(value, "eqns")
