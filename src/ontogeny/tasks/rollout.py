"""Let a cellular automaton run."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ontogeny.nets.nca import NCA


def rollout(net: NCA, start: jax.Array, fire: jax.Array, steps: jax.Array) -> jax.Array:
    """The state after a number of steps that is not a constant of the program.

    Args:
        net: the automaton.
        start: `(height, width, channels)`.
        fire: `(longest, height, width)`, the fire mask of each step.
        steps: integer scalar, at most `longest`; what lies behind is not computed.

    Returns:
        `(height, width, channels)`.
    """
    step = net.stepper()

    def once(state: jax.Array, turn: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        index, mask = turn
        return jax.lax.cond(index < steps, lambda s: step(s, mask), lambda s: s, state), None

    state, _ = jax.lax.scan(once, start, (jnp.arange(fire.shape[0]), fire.astype(start.dtype)))
    return state


def image_error(state: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error of RGBA, premultiplied and unclipped, over pixels and channels.

    Args:
        state: `(..., height, width, channels)`.
        target: `(height, width, 4)`.

    Returns:
        `(...)`.
    """
    return jnp.mean((state[..., :4] - target) ** 2, axis=(-3, -2, -1))
