"""The noise of an evolution strategy: any distribution of mean 0 and variance 1, component by component.

The estimate of the gradient needs no more than that: `E[noise noise^T] = 1`. Where a member
takes less time than its noise, the generator decides how fast a generation is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.core.generator import key_words, random_bits
from ontogeny.strategies.paley import paley

Noise: TypeAlias = Callable[[Key, jax.Array, int], jax.Array]
"""From a key, the number of a direction and a count to so many independent numbers, float32."""

_SUM_MEAN = np.float32(4 * 127.5)
_SUM_DEVIATION = np.float32(np.sqrt(4 * (256**2 - 1) / 12))


@partial(jax.jit, static_argnums=2)
def byte_sums(key: Key, direction: jax.Array, count: int) -> jax.Array:
    """Sums of four random bytes, scaled: bell-shaped, within ±3.45, kurtosis 2.7 (a normal: 3).

    Args:
        key: of a generation.
        direction: integer scalar.
        count: how many.

    Returns:
        `(count,)`, of 1,021 values with mean 0 and variance 1.
    """
    bits = random_bits(key_words(key), direction, jnp.arange(count, dtype=jnp.uint32))
    pairs = (bits & np.uint32(0x00FF00FF)) + ((bits >> 8) & np.uint32(0x00FF00FF))
    total = (pairs & np.uint32(0xFFFF)) + (pairs >> 16)
    return (total.astype(jnp.float32) - _SUM_MEAN) / _SUM_DEVIATION


@partial(jax.jit, static_argnums=2)
def signs(key: Key, direction: jax.Array, count: int) -> jax.Array:
    """+1 or -1 with equal probability: 32 numbers from one draw of the generator.

    Args:
        key: of a generation.
        direction: integer scalar.
        count: how many.
    """
    draws = -(-count // 32)
    bits = random_bits(key_words(key), direction, jnp.arange(draws, dtype=jnp.uint32))
    picked = (bits[:, None] >> jnp.arange(32, dtype=jnp.uint32)) & 1
    return 1 - 2 * picked.reshape(-1)[:count].astype(jnp.float32)


@partial(jax.jit, static_argnums=2)
def orthogonal(key: Key, direction: jax.Array, count: int) -> jax.Array:
    """Rows of a Hadamard matrix under random signs: directions at right angles to each other.

    As many directions as weights (rounded up to a power of two) measure every component of the
    gradient once, where independent noise would leave an error as large as the gradient
    (Choromanski et al. 2018, arXiv 1804.02395, section 3.2).

    Args:
        key: of a generation.
        direction: integer scalar; those of the same multiple of the rounded count are at right
            angles, exactly so if `count` is a power of two.
        count: how many.

    Returns:
        `(count,)`, +1 and -1.
    """
    size = np.uint32(1 << (count - 1).bit_length())
    words, direction = key_words(key), jnp.asarray(direction).astype(jnp.uint32)
    index = jnp.arange(count, dtype=jnp.uint32)
    factor, twist = random_bits(words, jnp.uint32(0), jnp.arange(2, dtype=jnp.uint32))
    # An odd factor permutes the rows: a few neighbouring ones would never tell the same weights apart.
    # One column is the same in all rows, so that one-sided differences cannot see its weight: each time another.
    row, column = direction * (factor | 1) % size, index ^ (twist % size)
    minus = random_bits(words, direction // size + 1, index) + jnp.bitwise_count(row & column)
    return 1 - 2 * (minus & 1).astype(jnp.float32)


def normal(key: Key, direction: jax.Array, count: int) -> jax.Array:
    """Standard normal numbers of `jax.random`.

    Args:
        key: of a generation.
        direction: integer scalar.
        count: how many.
    """
    return jax.random.normal(jax.random.fold_in(key, direction), (count,), jnp.float32)


NOISES: dict[str, Noise] = {
    "byte-sums": byte_sums,
    "signs": signs,
    "normal": normal,
    "orthogonal": orthogonal,
    "paley": paley,
}
"""Noise by name."""
