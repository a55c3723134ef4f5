"""The winners of a competition: the k largest of some numbers."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def winners(values: jax.Array, count: int) -> jax.Array:
    """Which numbers are the `count` largest; of equal ones the first win, so that there are always so many.

    The least of the winners is found bit by bit, from the highest, by counting how many are no less: 32 counts of
    a row are much faster than sorting it.

    Args:
        values: `(..., length)` float32, none of them not a number.
        count: 0 to `length`.

    Returns:
        Booleans, `(..., length)`.
    """
    values = jax.lax.stop_gradient(values).astype(jnp.float32)
    # Both zeros are equal, but not their bits.
    bits = jax.lax.bitcast_convert_type(jnp.where(values == 0, 0.0, values), jnp.uint32)
    # In the order of the numbers: the sign is turned, and of negative ones the rest too.
    keys = jnp.where(bits >> 31 == 1, ~bits, bits | jnp.uint32(1 << 31))

    def bit(place: jax.Array, least: jax.Array) -> jax.Array:
        higher = least | (jnp.uint32(1 << 31) >> place.astype(jnp.uint32))
        enough = jnp.sum(keys >= higher[..., None], axis=-1) >= count
        return jnp.where(enough, higher, least)

    least = jax.lax.fori_loop(0, 32, bit, jnp.zeros(keys.shape[:-1], jnp.uint32))[..., None]
    above, equal = keys > least, keys == least
    room = count - jnp.sum(above, axis=-1, keepdims=True)
    chosen: jax.Array = above | (equal & (jnp.cumsum(equal, axis=-1) <= room))
    return chosen
