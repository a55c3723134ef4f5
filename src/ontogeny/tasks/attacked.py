"""Images changed so that a net gets them wrong: the fast gradient sign method (Goodfellow et al. 2015)."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

Logits = Callable[[jax.Array], jax.Array]
"""From images, `(count, ...)`, to logits, `(count, classes)`."""


def log_odds_gradient(logits: Logits, images: jax.Array, labels: jax.Array) -> jax.Array:
    """How the log odds against the right class change with each pixel, in the shape of the images.

    The cross-entropy is log(1 + exp(log odds)), so its gradient has the same signs. But where a net is sure of the
    right class, its probability rounds to 1 and the cross-entropy's gradient loses part of the signs, or all: a net
    would look robust because of its arithmetic (Carlini & Wagner 2016, arXiv 1607.04311).

    Args:
        logits: of the net.
        images: `(count, ...)`.
        labels: `(count,)`, from 0.
    """

    def total(images: jax.Array) -> jax.Array:
        found = logits(images)
        right = jnp.asarray(labels)[:, None] == jnp.arange(found.shape[1])
        others = jax.nn.logsumexp(jnp.where(right, -jnp.inf, found), axis=1)
        return jnp.sum(others - jnp.sum(found, axis=1, where=right))

    found: jax.Array = jax.grad(total)(images)
    return found


def fast_gradient_sign(logits: Logits, images: jax.Array, labels: jax.Array, epsilon: float) -> jax.Array:
    """Images moved by `epsilon` a pixel in the direction of the sign of the gradient, kept in [0, 1].

    Goodfellow et al. 2015, arXiv 1412.6572, section 4.

    Args:
        logits: of the net that is attacked.
        images: `(count, ...)` in [0, 1].
        labels: `(count,)`, from 0.
        epsilon: of a pixel's range, 0 or more.
    """
    moved = images + epsilon * jnp.sign(log_odds_gradient(logits, images, labels))
    return jax.lax.stop_gradient(jnp.clip(moved, 0, 1))
