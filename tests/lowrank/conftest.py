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
    """Makes an array of a shape; the same seed and shape, the same array."""
    return lambda *shape, seed=0: jnp.asarray(np.random.default_rng((seed, *shape)).normal(size=shape), jnp.float32)


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
            left, right = ((MEMBERS, *(leaf.shape[axis] for axis in run), rank) for run in runs)
            return LowRank(leaf, draw(*left, seed=1), draw(*right, seed=2), scale, *runs)

        return jax.tree.map(noisy, genome)

    return populate


@pytest.fixture(scope="session")
def compare(populate) -> Callable:
    """Compares `call` with the function of the weights formed: all members of a population of each rank, compiled.

    Its result is the set of the shapes, of arrays that `call` makes, that hold a weight of every member.
    """

    def compare(function, genome, data, axes=None, rtol=1e-5):
        populations = [populate(genome, rank, axes) for rank in RANKS]
        thin, thick = along_members(populations[0])
        low = eqx.filter_vmap(lambda genome, data: call(function, genome, data), in_axes=(thin, None))
        dense = eqx.filter_vmap(function, in_axes=(thick, None))

        def of_each_rank(populations, data):
            return [low(population, data) for population in populations]

        @eqx.filter_jit  # one program: the tests take as long as they compile
        def both(populations, formed, data):
            return of_each_rank(populations, data), dense(formed, data)

        got, expected = both(populations, form(populations), data)
        assert_close(jax.tree.map(lambda *parts: np.concatenate(parts), *got), expected, rtol)
        return weights_in(eqx.filter_make_jaxpr(of_each_rank)(populations, data)[0], populations)

    return compare


def along_members(population):
    """For vmap: where the members are, of the parts and of the weights formed."""

    def axes(of_weight):
        return jax.tree.map(
            lambda leaf: of_weight(leaf) if is_low_rank(leaf) else None, population, is_leaf=is_low_rank
        )

    return axes(lambda it: LowRank(None, 0, 0, 0, it.left_axes, it.right_axes)), axes(lambda _: 0)


def form(populations):
    """The weights of the members of all populations, by NumPy."""

    def one(weight):
        members, rank = weight.base.ndim, weight.base.ndim + 1
        left, right = ((members, *axes, rank) for axes in (weight.left_axes, weight.right_axes))
        parts = weight.scale, (members,), weight.left, left, weight.right, right
        return (np.asarray(weight.base) + np.einsum(*parts, (members, *range(members)))).astype(weight.base.dtype)

    def all_members(*leaves):
        return np.concatenate([one(leaf) for leaf in leaves]) if is_low_rank(leaves[0]) else leaves[0]

    return jax.tree.map(all_members, *populations, is_leaf=is_low_rank)


def assert_close(got, expected, rtol):
    assert jax.tree.structure(got) == jax.tree.structure(expected)
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        have, want = np.asarray(one, np.float64), np.asarray(other, np.float64)
        size = np.abs(want).max()
        assert np.ptp(want, axis=0).max() > 0.01 * size, "all members are the same: this tests nothing"
        np.testing.assert_allclose(have, want, rtol=0, atol=rtol * size)


def weights_in(jaxpr, populations):
    """The shapes in a jaxpr that hold one of the weights of every member, and perhaps more axes."""
    weights = filter(is_low_rank, jax.tree.leaves(populations, is_leaf=is_low_rank))
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
