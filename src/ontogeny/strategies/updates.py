"""Updates that react to the loss, the published one among them (Hestmark & Luu 2022)."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from ontogeny.errors import require


def published_update(
    learning_rate: float, sigma: float, thresholds: tuple[float, ...], factors: tuple[float, ...], every: int
) -> optax.GradientTransformation:
    """The step of Hestmark & Luu's program: `learning_rate / n * sum_i w_i noise_i`.

    Its noise was scaled by sigma already and divided by sigma once more, so relative to the
    estimate of `OpenES` the step is `sigma * learning_rate`.

    Args:
        learning_rate: theirs was 0.005.
        sigma: standard deviation of the noise; theirs was 0.01.
        thresholds: mean losses that lower the rate; theirs were 0.03 and 0.01.
        factors: what each multiplies it by; theirs were 0.3 and 0.5.
        every: generations between two tests; theirs was 1,000.
    """
    return optax.chain(optax.sgd(sigma * learning_rate), decay_on_loss(thresholds, factors, every))


class DecayState(NamedTuple):
    """Updates so far, and how many thresholds were passed."""

    updates: jax.Array
    passed: jax.Array


def decay_on_loss(
    thresholds: tuple[float, ...], factors: tuple[float, ...], every: int = 1
) -> optax.GradientTransformationExtraArgs:
    """Scale updates down for good as the loss passes thresholds, one at a time.

    Args:
        thresholds: losses, from high to low.
        factors: what each multiplies the updates by.
        every: updates between two tests, 1 or more.

    Raises:
        InputError: where the two lists differ in length.
    """
    require(len(factors) == len(thresholds), "decay_factors", factors, "give one for each threshold")
    require(every >= 1, "decay_every", every, "give 1 or more")
    scales = jnp.cumprod(jnp.asarray((1.0, *factors)))
    # The last threshold can never be passed: there is nothing behind it.
    lines = jnp.asarray((*thresholds, -jnp.inf))

    def init(params: optax.Params) -> DecayState:
        del params
        return DecayState(jnp.int32(0), jnp.int32(0))

    def update(
        updates: optax.Updates,
        state: DecayState,
        params: optax.Params | None = None,
        *,
        value: jax.Array,
        **extra: object,
    ) -> tuple[optax.Updates, DecayState]:
        del params, extra
        count = state.updates + 1
        passes = (count % every == 0) & (value <= lines[state.passed])
        scale = scales[state.passed]
        updates = jax.tree.map(lambda u: (u * scale).astype(u.dtype), updates)
        return updates, DecayState(count, state.passed + passes)

    return optax.GradientTransformationExtraArgs(init, update)
