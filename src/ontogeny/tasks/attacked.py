"""Images changed so that a net gets them wrong: the fast gradient sign method (Goodfellow et al. 2015)."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

Logits = Callable[[jax.Array], jax.Array]
"""From images, `(count, ...)`, to logits, `(count, classes)`."""


def loss_gradient(logits: Logits, images: jax.Array, labels: jax.Array) -> jax.Array:
    """The gradient of each image's own cross-entropy by its pixels, in the shape of the images.

    Args:
        logits: of the net.
        images: `(count, ...)`.
        labels: `(count,)`, from 0.
    """

    def total(images: jax.Array) -> jax.Array:
        found = logits(images)
        right = jnp.take_along_axis(found, jnp.asarray(labels)[:, None], 1)[:, 0]
        return jnp.sum(jax.nn.logsumexp(found, 1) - right)

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
    moved = images + epsilon * jnp.sign(loss_gradient(logits, images, labels))
    return jax.lax.stop_gradient(jnp.clip(moved, 0, 1))
