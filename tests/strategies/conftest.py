"""Search loops and objectives that the strategies' tests share."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Layout, evaluate, using


@pytest.fixture(scope="session")
def search() -> Callable:
    """Runs a strategy on a function; returns the last state, and each generation's losses."""

    def run(strategy, function, start, generations, chunk=None):
        def generation(state, _):
            losses = evaluate(lambda genome, _: function(genome), lambda i: strategy.member(state, i), strategy.popsize)
            return strategy.tell(state, losses), losses

        @jax.jit
        def many(start, key):
            state = strategy.init(start, key)
            return jax.lax.scan(generation, state, None, length=generations)

        with using(Layout(1, chunk or strategy.popsize)):
            return many(start, jax.random.key(0))

    return run


@pytest.fixture(scope="session")
def ill_conditioned() -> Callable:
    """A rotated quadratic of condition 1,000 in ten dimensions; its optimum is 0."""
    size = 10
    axes, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(size, size)))
    matrix = jnp.asarray(axes @ np.diag(np.geomspace(1.0, 1e3, size)) @ axes.T, jnp.float32)
    return lambda x: 0.5 * x @ matrix @ x


@pytest.fixture(scope="session")
def rosenbrock() -> Callable:
    """The curved valley of Rosenbrock (1960); its optimum is 0, at 1."""
    return lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
