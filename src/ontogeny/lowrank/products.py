"""Products with a low-rank weight: the base's own product plus two thin ones."""

from __future__ import annotations

from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jax.extend.core import JaxprEqn

from ontogeny.lowrank.array import LowRank, Value, dense

Axes: TypeAlias = tuple[int, ...]


def dot_general(eqn: JaxprEqn, operands: list[Value]) -> Value:
    """`x @ (W + s A B^T)` as `x @ W + s (x @ B) @ A^T`, for any axes and either order of the operands."""
    contract, batch = eqn.params["dimension_numbers"]
    # An axis is a number; axes that are multiplied together share one.
    ndim = _base(operands[0]).ndim
    labels = list(range(ndim)), list(range(ndim, ndim + _base(operands[1]).ndim))
    for left, right in zip((*contract[0], *batch[0]), (*contract[1], *batch[1]), strict=True):
        labels[1][right] = labels[0][left]
    first = [labels[0][axis] for axis in batch[0]]
    free = [[label for label in own if label not in other] for own, other in (labels, labels[::-1])]
    # x comes before the weight: under vmap the members then lie next to the batch, and no copy turns them round.
    x, w = (0, 1) if isinstance(operands[1], LowRank) else (1, 0)
    other, weight = dense(operands[x]), operands[w]
    assert isinstance(weight, LowRank)
    how = _precision(eqn)
    product = jax.lax.dot_general(other, weight.base, ((contract[x], contract[w]), (batch[x], batch[w])), **how)
    out = (*first, *free[x], *free[w])
    noise = _noise_product(weight, tuple(labels[w]), other, tuple(labels[x]), out, how)
    return _sum(product, weight.scale, noise).transpose([out.index(label) for label in (*first, *free[0], *free[1])])


def _noise_product(
    weight: LowRank, labels: Axes, other: jax.Array, other_labels: Axes, out: Axes, how: dict[str, Any]
) -> jax.Array:
    """The other operand times the factor that shares most with it, times the other factor."""
    rank = max(*labels, *other_labels) + 1
    left = tuple(labels[axis] for axis in weight.left_axes)
    right = tuple(labels[axis] for axis in weight.right_axes)
    factors = [(weight.left, left), (weight.right, right)]
    (near, near_labels), (far, far_labels) = sorted(factors, key=lambda it: -len({*it[1]} & {*other_labels} - {*out}))
    thin = tuple(dict.fromkeys(x for x in (*other_labels, *near_labels) if x in out or x in far_labels))
    part = jnp.einsum(other, other_labels, near, (*near_labels, rank), (*thin, rank), **how)
    noise: jax.Array = jnp.einsum(part, (*thin, rank), far, (*far_labels, rank), out, **how)
    return noise


def convolution(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """A convolution with the kernels of the noise, a channel for each rank, then a 1x1 product over them."""
    inputs, kernel = operands
    numbers = eqn.params["dimension_numbers"]
    grouped = eqn.params["feature_group_count"] != 1 or eqn.params["batch_group_count"] != 1
    if isinstance(inputs, LowRank) or not isinstance(kernel, LowRank) or grouped:
        return None
    channel, *rest = numbers.rhs_spec
    factors = [(kernel.left, kernel.left_axes), (kernel.right, kernel.right_axes)]
    (channels, channel_axes), (kernels, kernel_axes) = sorted(factors, key=lambda factor: len(factor[1]))
    if channel_axes != (channel,) or {*kernel_axes} != {*rest}:
        return None
    # The rank takes the place of the output channels.
    order = [kernels.ndim - 1 if axis == channel else kernel_axes.index(axis) for axis in range(kernel.base.ndim)]
    thin = eqn.primitive.bind(inputs, kernels.transpose(order).astype(kernel.base.dtype), **eqn.params)
    features = numbers.out_spec[1]
    noise = jnp.moveaxis(jnp.tensordot(thin, channels, ((features,), (1,)), **_precision(eqn)), -1, features)
    return _sum(eqn.primitive.bind(inputs, kernel.base, **eqn.params), kernel.scale, noise)


def _base(value: Value) -> jax.Array:
    return value.base if isinstance(value, LowRank) else value


def _precision(eqn: JaxprEqn) -> dict[str, Any]:
    return {name: eqn.params[name] for name in ("precision", "preferred_element_type")}


def _sum(product: jax.Array, scale: jax.Array, noise: jax.Array) -> jax.Array:
    return product + (scale * noise).astype(product.dtype)
