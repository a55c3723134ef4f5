"""What moves or scales a low-rank weight, so that the result is low-rank too, and what looks up its rows."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import JaxprEqn

from ontogeny.lowrank.array import LowRank, Value


def each_part(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """An operation that treats every element alike, as a change of type, on the base and on the factors."""
    (value,) = operands
    assert isinstance(value, LowRank)
    out: Any = eqn.outvars[0].aval
    if not jnp.issubdtype(out.dtype, jnp.inexact):  # integers: the parts would be rounded, not the sum
        return None
    base, left, right = (eqn.primitive.bind(part, **eqn.params) for part in (value.base, value.left, value.right))
    return LowRank(base, left, right, value.scale, value.left_axes, value.right_axes)


def transpose(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """The axes in another order; the factors stay as they are."""
    (value,) = operands
    assert isinstance(value, LowRank)
    order = eqn.params["permutation"]
    left_axes, right_axes = (tuple(order.index(axis) for axis in axes) for axes in (value.left_axes, value.right_axes))
    return LowRank(value.base.transpose(order), value.left, value.right, value.scale, left_axes, right_axes)


def reshape(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """Axes joined, split, added or dropped, as long as none mixes the axes of the two factors."""
    value, *_ = operands
    assert isinstance(value, LowRank)
    out: Any = eqn.outvars[0].aval
    (axes, first), (more, second) = _in_order(value)
    cut = next((at for at in range(1, out.ndim) if math.prod(out.shape[:at]) == math.prod(first.shape[:-1])), 0)
    turned = eqn.primitive.name == "reshape" and eqn.params["dimensions"] is not None
    if (*axes, *more) != tuple(range(value.base.ndim)) or not cut or turned:
        return None
    factors = first.reshape(*out.shape[:cut], -1), second.reshape(*out.shape[cut:], -1)
    runs = tuple(range(cut)), tuple(range(cut, out.ndim))
    return LowRank(value.base.reshape(out.shape), *factors, value.scale, *runs)


def times_scalar(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """Multiplied or divided by a scalar: so are the base and the scale of the noise."""
    divides = eqn.primitive.name == "div"
    value, factor = operands if divides or isinstance(operands[0], LowRank) else operands[::-1]
    if not isinstance(value, LowRank) or isinstance(factor, LowRank) or jnp.ndim(factor):
        return None
    base, scale = (part / factor if divides else part * factor for part in (value.base, value.scale))
    return LowRank(base, value.left, value.right, scale, value.left_axes, value.right_axes)


def rows(eqn: JaxprEqn, operands: list[Value]) -> Value | None:
    """Rows of a matrix, as an embedding looks them up: only they are formed, from the same rows of one factor."""
    value, *where = operands
    assert isinstance(value, LowRank)
    (axes, first), (more, second) = _in_order(value)
    height, width, *_ = eqn.params["slice_sizes"]
    numbers = eqn.params.get("dimension_numbers")  # a slice has none
    keeps = numbers is None or 1 not in (*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)
    if axes != (0,) or more != (1,) or width != len(second) or not keeps:
        return None
    # The rank takes the place of the columns. What fills a row that is out of bounds has no noise.
    fill = {} if numbers is None else {"fill_value": 0}
    params = eqn.params | {"slice_sizes": (height, first.shape[-1])} | fill
    base, left = eqn.primitive.bind(value.base, *where, **eqn.params), eqn.primitive.bind(first, *where, **params)
    column = 1 if numbers is None else numbers.offset_dims[-1]
    others = tuple(axis for axis in range(base.ndim) if axis != column)
    return LowRank(base, jnp.moveaxis(left, column, -1), second, value.scale, others, (column,)).dense()


def _in_order(value: LowRank) -> list[tuple[tuple[int, ...], jax.Array]]:
    """Each factor after its axes, the one with the first axis of the base first."""
    return sorted([(value.left_axes, value.left), (value.right_axes, value.right)], key=lambda factor: factor[0])
