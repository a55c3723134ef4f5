"""Erase parts of a state."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from ontogeny.core import Key


def disc(height: int, width: int, row: jax.Array, column: jax.Array, radius: jax.Array) -> jax.Array:
    """Which cells lie within a radius of a point: `(height, width)`."""
    rows, columns = jnp.mgrid[:height, :width]
    inside: jax.Array = (rows - row) ** 2 + (columns - column) ** 2 <= radius**2
    return inside


def erase_random_disc(state: jax.Array, key: Key) -> jax.Array:
    """Set a disc to zero whose centre and size are random.

    The centre lies in the middle half of the grid; the radius is 0.1 to 0.4 of half the
    shorter side, as in the damage experiment of Mordvintsev et al. (2020).

    Args:
        state: `(height, width, channels)`.
        key: random key.
    """
    height, width, _ = state.shape
    row, column = (0.25 + 0.5 * jax.random.uniform(key, (2,))) * jnp.asarray([height - 1, width - 1])
    radius = jax.random.uniform(jax.random.fold_in(key, 1), (), minval=0.1, maxval=0.4) * min(height, width) / 2
    radius = jnp.maximum(radius, 0.75)
    return jnp.where(disc(height, width, row, column, radius)[..., None], 0.0, state).astype(state.dtype)


def erase_random_half(state: jax.Array, key: Key) -> jax.Array:
    """Set to zero all that lies on one side of a line of any direction.

    The line passes through a point in the middle quarter of the grid, so that about half of it is lost, 28 % to 72 %.

    Args:
        state: `(height, width, channels)`.
        key: random key.
    """
    height, width, _ = state.shape
    row, column = (0.375 + 0.25 * jax.random.uniform(key, (2,))) * jnp.asarray([height - 1, width - 1])
    angle = jax.random.uniform(jax.random.fold_in(key, 1), (), maxval=2 * jnp.pi)
    rows, columns = jnp.mgrid[:height, :width]
    beyond = (rows - row) * jnp.cos(angle) + (columns - column) * jnp.sin(angle) > 0
    return jnp.where(beyond[..., None], 0.0, state).astype(state.dtype)


DAMAGES: dict[str, Callable[[jax.Array, Key], jax.Array]] = {"disc": erase_random_disc, "half": erase_random_half}
"""What training can do to states, by name."""
