"""Directions at right angles to each other, hardly more than there are weights."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import count as counting

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.core.generator import key_words, random_bits


def paley_order(count: int) -> int:
    """How many directions measure so many weights: one more than a prime of the form 4k + 3, or 2 at least.

    Args:
        count: of weights, 1 or more.
    """
    if count <= 2:
        return 2
    return next(each for each in counting(-(-count // 4) * 4, 4) if _is_prime(each - 1))


@partial(jax.jit, static_argnums=2)
def paley(key: Key, direction: jax.Array, count: int) -> jax.Array:
    """Rows of a Hadamard matrix of Paley's first kind under random signs (Paley 1933).

    As `orthogonal`, but the number of directions that measure the whole gradient is `paley_order(count)` in place of
    the next power of two: 1,400 for 1,397 weights, where that is 2,048.

    Args:
        key: of a generation.
        direction: integer scalar; those of the same multiple of the order are at right angles where `count` is the
            order, and every weight's numbers are at right angles to every other's.
        count: how many.

    Returns:
        `(count,)`, +1 and -1.
    """
    order = paley_order(count)
    words, direction = key_words(key), jnp.asarray(direction).astype(jnp.uint32)
    index = jnp.arange(count, dtype=jnp.uint32)
    # One column is the same in all rows but one, so that one-sided differences cannot see its weight. The shift
    # makes it another one each time.
    shift = random_bits(words, jnp.uint32(0), jnp.arange(1, dtype=jnp.uint32))[0] % order
    row, column = direction % order, jnp.arange(order, dtype=jnp.uint32)
    # Row and column 0 stand apart: 1 to the right of the corner, -1 below it. The rest is 1 where the difference is
    # a square modulo the prime, and on the diagonal. Numbers are moved as pieces: looking up each takes twice as long.
    inner = _piece(jnp.asarray(_differences(order - 1)), order - 1 - row % (order - 1), order)
    negative = jnp.where(row == 0, False, jnp.where(column == 0, True, ~inner))
    # A bit for each multiple of the order: from the 33rd on, directions come again.
    signs = (random_bits(words, jnp.uint32(1), index) >> (direction // order % 32) & 1).astype(bool)
    # Not `jnp.tile`, which XLA fuses with what follows and computes again for each number.
    around = jnp.concatenate([negative, negative])
    return 1 - 2 * (signs ^ _piece(around, shift, count)).astype(jnp.float32)


def _piece(numbers: jax.Array, first: jax.Array, count: int) -> jax.Array:
    return jax.lax.dynamic_slice(numbers, (first.astype(jnp.int32),), (count,))


@lru_cache(maxsize=8)
def _differences(prime: int) -> np.ndarray:
    """Which numbers from `-prime` to `prime` are squares modulo a prime when negated: `(2 * prime + 1,)`."""
    return _squares(prime)[-np.arange(-prime, prime + 1) % prime]


@lru_cache(maxsize=8)
def _squares(prime: int) -> np.ndarray:
    """Which numbers from 0 are squares modulo a prime: `(prime,)`."""
    found = np.zeros(prime, bool)
    found[np.arange(prime, dtype=np.int64) ** 2 % prime] = True
    return found


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
