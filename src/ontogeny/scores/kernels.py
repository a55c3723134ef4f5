"""Scores that look at how alike an untrained net would learn from two images: its neural tangent kernel."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key
from ontogeny.nets.passage import Passed

_IMAGES = 16


def tangent_kernel(net: Passed, images: jax.Array) -> jax.Array:
    """`(images, images)` products of the gradients of two images' summed logits by the weights.

    All images pass together, so that gradients go through the means and variances that norms take.
    """
    weights, rest = eqx.partition(net, eqx.is_inexact_array)

    def summed(weights: Genome) -> jax.Array:
        logits: jax.Array = eqx.combine(weights, rest).passage(images).logits
        return logits.sum(1)

    _, back = jax.vjp(summed, weights)
    (gradients,) = jax.vmap(back)(jnp.eye(len(images)))
    flat = [leaf.reshape(len(images), -1) for leaf in jax.tree.leaves(gradients)]
    return sum((each @ each.T for each in flat), jnp.zeros(()))


def condition(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Largest over smallest eigenvalue of the tangent kernel of 16 images (Chen et al. 2021, section 3.1.1).

    Infinite where the smallest is 0 or less, as rounding leaves it.
    """
    del labels, key
    values = jnp.linalg.eigvalsh(tangent_kernel(net, images[:_IMAGES]))
    return jnp.where(values[0] > 0, values[-1] / values[0], jnp.inf)


def kernel_entropy(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Entropy of the tangent kernel's spectrum, which is that of a Fisher matrix (after Tybl & Neumann 2025, VKDNW)."""
    del labels, key
    values = jnp.maximum(jnp.linalg.eigvalsh(tangent_kernel(net, images[:_IMAGES])), 0)
    share = values / values.sum()
    return -jnp.sum(jnp.where(share > 0, share * jnp.log(jnp.maximum(share, 1e-30)), 0))
