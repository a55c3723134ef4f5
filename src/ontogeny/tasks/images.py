"""How far a grown image is from its target."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def image_error(state: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of RGBA, premultiplied and unclipped, over pixels and channels.

    Args:
        state: `(..., height, width, channels)`.
        target: `(height, width, 4)`.

    Returns:
        `(...)`.
    """
    return jnp.mean((state[..., :4] - target) ** 2, axis=(-3, -2, -1))
