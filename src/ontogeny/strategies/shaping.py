"""Fitness shaping: from losses to the weights that an evolution strategy sums noise with.

All functions take losses, `(popsize,)`, and return weights, `(popsize,)`: the higher the loss,
the higher the weight, so that the weighted sum of the noise points uphill. NaN and infinity
count as the worst loss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp

Shaping: TypeAlias = Callable[[jax.Array], jax.Array]


def ranks(losses: jax.Array) -> jax.Array:
    """Ranks from 0 (lowest loss) to n - 1; equal losses share the mean of their ranks."""
    known = jnp.where(jnp.isfinite(losses), losses, jnp.inf)
    order = jnp.sort(known)
    below = jnp.searchsorted(order, known, side="left")
    up_to = jnp.searchsorted(order, known, side="right")
    return (below + up_to - 1) / 2


def centred_ranks(losses: jax.Array) -> jax.Array:
    """Ranks scaled to -0.5 (best) to 0.5 (worst) (Salimans et al. 2017)."""
    return ranks(losses) / max(losses.shape[0] - 1, 1) - 0.5


def standardised_ranks(losses: jax.Array) -> jax.Array:
    """Centred ranks with their standard deviation brought to 1 (Hestmark & Luu 2022, eq. 24-25)."""
    return standardised(centred_ranks(losses))


def standardised(losses: jax.Array) -> jax.Array:
    """Losses with mean 0 and standard deviation 1; those that are not finite as the worst one."""
    known = raw(losses)
    spread = known.std()
    # Equal losses differ from their mean by rounding, which must not be blown up.
    told_apart = spread > 1e-6 * jnp.abs(known).max()
    return jnp.where(told_apart, (known - known.mean()) / jnp.where(told_apart, spread, 1), 0.0)


def raw(losses: jax.Array) -> jax.Array:
    """The losses themselves; those that are not finite as the worst finite one."""
    finite = jnp.isfinite(losses)
    worst = jnp.max(jnp.where(finite, losses, -jnp.inf))
    return jnp.where(finite, losses, jnp.where(jnp.isfinite(worst), worst, 0.0))


def centred(losses: jax.Array) -> jax.Array:
    """The losses less their mean; those that are not finite as the worst one.

    Of one-sided directions, whose sum is not 0, raw losses give an estimate that is far off along that sum.
    """
    known = raw(losses)
    return known - known.mean()


SHAPINGS: dict[str, Shaping] = {
    "centred-ranks": centred_ranks,
    "standardised-ranks": standardised_ranks,
    "standardised": standardised,
    "centred": centred,
    "raw": raw,
}
"""Shaping functions by the names that configurations use."""
