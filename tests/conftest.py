"""Tasks that several test files learn, and where the shared data lie."""

import os
from collections.abc import Callable
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

# Before any test computes: the import makes every core a JAX device, which cannot be done later.
from ontogeny.core import Task

# The tests compile hundreds of small programs and run each once. Machine code that is not optimised
# takes half the time to make. JAX reads this when it computes for the first time.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

# What one test compiled, another process of the same test need not compile again.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "compiled"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.3")
jax.config.update("jax_compilation_cache_dir", os.environ["JAX_COMPILATION_CACHE_DIR"])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.3)

_EVERY = 10
_done = 0


def pytest_runtest_teardown() -> None:
    """A process that compiled thousands of programs has no room for the next one, and dies of it."""
    global _done
    _done += 1
    if _done % _EVERY == 0:
        # Not above: what computes at its import would do so before the flags are set.
        from ontogeny.studies.evidence import let_go

        let_go(25_000)


_DATA = Path(__file__).parents[2] / "shared" / "data"
if _DATA.exists():
    os.environ.setdefault("ONTOGENY_DATA", str(_DATA))


class Quadratic(Task):
    """`0.5 * (x - b) @ matrix @ (x - b)` around a batch `b` that is the optimum, 0, plus noise."""

    matrix: jax.Array
    start: jax.Array
    noise: float = eqx.field(static=True)

    def init(self, key):
        return self.start

    def draw(self, key, world):
        if self.noise == 0:  # random numbers take a second to compile
            return jnp.zeros_like(self.start)
        return self.noise * jax.random.normal(key, self.start.shape)

    def loss(self, genome, batch):
        away = genome - batch
        return 0.5 * away @ self.matrix @ away, None


@pytest.fixture(scope="session")
def quadratic() -> Callable[..., Quadratic]:
    """Makes a quadratic task of a size, a condition number and a noise; rotated at random."""

    def make(size: int = 6, condition: float = 1.0, noise: float = 0.0) -> Quadratic:
        rng = np.random.default_rng(7)
        axes, _ = np.linalg.qr(rng.normal(size=(size, size)))
        matrix = axes @ np.diag(np.geomspace(1.0, condition, size)) @ axes.T
        start = rng.choice([-1.0, 1.0], size)
        return Quadratic(jnp.asarray(matrix, jnp.float32), jnp.asarray(start, jnp.float32), noise)

    return make
