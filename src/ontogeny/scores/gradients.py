"""Scores that look at the gradients of an untrained net's weights."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Genome, Key
from ontogeny.nets.passage import Passed


def loss_gradient(net: Passed, images: jax.Array, labels: jax.Array) -> tuple[Genome, Callable[[Genome], Genome]]:
    """The weights, and the function from weights to the gradient of the mean cross-entropy."""
    weights, rest = eqx.partition(net, eqx.is_inexact_array)

    def loss(weights: Genome) -> jax.Array:
        logits = eqx.combine(weights, rest).passage(images).logits
        costs: jax.Array = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
        return costs.mean()

    return weights, jax.grad(loss)


def gradient_norm(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Sum over the weights' arrays of ‖∂L/∂w‖ (Abdelfattah et al. 2021, section 3.1)."""
    del key
    weights, gradient = loss_gradient(net, images, labels)
    return _sum(lambda each: jnp.linalg.norm(each), gradient(weights))


def sensitivity(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Σ |w · ∂L/∂w|: what the loss changes by, to first order, where weights are left out (Lee et al. 2019, snip)."""
    del key
    weights, gradient = loss_gradient(net, images, labels)
    return _sum(lambda w, g: jnp.abs(w * g).sum(), weights, gradient(weights))


def signal(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """−Σ w · H g: how the gradient's length changes where weights are left out (Wang et al. 2020, grasp)."""
    del key
    weights, gradient = loss_gradient(net, images, labels)
    found = gradient(weights)

    def along(weights: Genome) -> jax.Array:
        return _sum(jnp.vdot, gradient(weights), jax.lax.stop_gradient(found))

    turned = jax.grad(along)(weights)
    return -_sum(lambda w, h: (w * h).sum(), weights, turned)


def plain(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Σ w · ∂L/∂w."""
    del key
    weights, gradient = loss_gradient(net, images, labels)
    return _sum(lambda w, g: (w * g).sum(), weights, gradient(weights))


def flow(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Logarithm of Σ |w| · ∂R/∂|w| of summed outputs R to an image of ones, no norms (Tanaka et al. 2020, synflow)."""
    del labels, key
    sizes, found, scale = _flow(net, images)
    return jnp.log(_sum(lambda w, g: (w * g).sum(), sizes, found)) + scale


def log_flow(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Σ |w| · log(1 + ∂R/∂|w|), which few large gradients do not decide alone (Cavagnero et al. 2023, section 3.2)."""
    del labels, key
    sizes, found, scale = _flow(net, images)
    return _sum(lambda w, g: (w * jax.nn.softplus(scale + jnp.log(jnp.maximum(g, 0)))).sum(), sizes, found)


def consistency(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Σ over layers of log Σ mean |g| / deviation of g over two halves of the images (Li et al. 2023, ZiCo)."""
    del key
    half = len(images) // 2
    weights, first = loss_gradient(net, images[:half], labels[:half])
    _, second = loss_gradient(net, images[half : 2 * half], labels[half : 2 * half])

    def layer(one: jax.Array, other: jax.Array) -> jax.Array:
        if one.ndim < 2:
            return jnp.zeros(())
        deviation = jnp.abs(one - other) / 2
        ratio = jnp.where(deviation > 0, (jnp.abs(one) + jnp.abs(other)) / 2 / jnp.maximum(deviation, 1e-30), 0)
        total = ratio.sum()
        return jnp.where(total > 0, jnp.log(jnp.maximum(total, 1e-30)), 0)

    return _sum(layer, first(weights), second(weights))


def _flow(net: Passed, images: jax.Array) -> tuple[Genome, Genome, jax.Array]:
    """Absolute weights, the gradient of the outputs by them, and the logarithm of what it is to be multiplied by."""
    weights, rest = eqx.partition(net, eqx.is_inexact_array)
    sizes = jax.tree.map(jnp.abs, weights)

    def outputs(sizes: Genome) -> tuple[jax.Array, jax.Array]:
        passage = eqx.combine(sizes, rest).passage(jnp.ones_like(images[:1]), linear=True)
        return passage.logits.sum(), passage.scale

    found, scale = jax.grad(outputs, has_aux=True)(sizes)
    return sizes, found, scale


def _sum(of: Callable[..., jax.Array], *trees: Genome) -> jax.Array:
    return sum(jax.tree.leaves(jax.tree.map(of, *trees)), jnp.zeros(()))
