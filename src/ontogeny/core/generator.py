"""Random bits from a counter, so cheap that they can be made where they are used.

`jax.random` spends 20 rounds of Threefry on each word. Two rounds of a 32-bit mixing function
(Wellons 2018, `lowbias32`, nullprogram.com/blog/2018/07/31) suffice for fire masks and noise,
are a few times as fast, and native code makes the same bits (`kernels/nca_rollout.cpp`).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.types import Key

_FIRST, _SECOND = np.uint32(0x7FEB352D), np.uint32(0x846CA68B)


def key_words(key: Key) -> jax.Array:
    """Two words, `(2,)`, that stand for a key."""
    return jax.random.bits(key, (2,), "uint32")


def random_bits(words: jax.Array, stream: jax.Array, index: jax.Array) -> jax.Array:
    """Random bits of one stream of a key.

    Args:
        words: `(2,)`, of `key_words`.
        stream: unsigned 32-bit scalar: the number of a step, of a member.
        index: unsigned 32-bit integers of any shape: where in the stream.

    Returns:
        Unsigned 32-bit integers in the shape of `index`, the same for the same arguments.
    """
    bits: jax.Array = _bits(words, stream.astype(jnp.uint32), index.astype(jnp.uint32))
    return bits


# Jitted, as the noise and the rollout are, so that a program that draws in many places is traced quickly.
@jax.jit
def _bits(words: jax.Array, stream: jax.Array, index: jax.Array) -> jax.Array:
    offset = _mix(words[0] ^ _mix(stream))
    twist = _mix(words[1] + _mix(~stream))
    return _mix(_mix(index + offset) ^ twist)


def _mix(x: jax.Array) -> jax.Array:
    """A permutation of the 32-bit words that spreads every bit over all."""
    x = (x ^ (x >> 16)) * _FIRST
    x = (x ^ (x >> 15)) * _SECOND
    return x ^ (x >> 16)
