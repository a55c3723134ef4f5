"""CPU time of the noise of a generation: python -m benchmarks.noise.

64 members of the automaton's net in antithetic pairs are 32 directions of 2,048 numbers.
"""

from __future__ import annotations

import statistics
import time

import jax
import jax.numpy as jnp

from ontogeny.strategies import NOISES

_DIRECTIONS, _WEIGHTS, _GENERATIONS, _REPEATS = 32, 2048, 500, 5


def cpu_milliseconds(name: str) -> float:
    """CPU time of the noise of one generation, median of repeats."""
    noise = NOISES[name]

    def generation(key: jax.Array, _: None) -> tuple[jax.Array, jax.Array]:
        key, used = jax.random.split(key)
        return key, jax.lax.map(lambda i: noise(used, i, _WEIGHTS), jnp.arange(_DIRECTIONS)).sum(1)

    @jax.jit
    def generations(key: jax.Array) -> jax.Array:
        return jax.lax.scan(generation, key, None, length=_GENERATIONS)[1]

    generations(jax.random.key(0)).block_until_ready()
    taken = []
    for repeat in range(_REPEATS):
        begun = time.process_time()
        generations(jax.random.key(repeat)).block_until_ready()
        taken.append((time.process_time() - begun) / _GENERATIONS * 1e3)
    return statistics.median(taken)


if __name__ == "__main__":
    for name in NOISES:
        print(f"{name:12} {cpu_milliseconds(name):.2f} ms")
