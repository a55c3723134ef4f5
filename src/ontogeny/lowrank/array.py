"""A weight plus low-rank noise, kept as its parts."""

from __future__ import annotations

from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp


class LowRank(eqx.Module):
    """The array `base + scale * sum_r left[..., r] (outer) right[..., r]`, never formed unless asked.

    Attributes:
        base: the weight that all members share.
        left: one factor of the noise; its last axis is the rank, those before are `left_axes` of the base.
        right: the other factor, likewise for `right_axes`.
        scale: scalar, sign included.
        left_axes: which axes of the base each axis of `left` runs along.
        right_axes: likewise for `right`. Each axis of the base is in one of the two, or in both.
    """

    base: jax.Array
    left: jax.Array
    right: jax.Array
    scale: jax.Array
    left_axes: tuple[int, ...] = eqx.field(static=True)
    right_axes: tuple[int, ...] = eqx.field(static=True)

    @classmethod
    def of(cls, base: jax.Array, a: jax.Array, b: jax.Array, scale: jax.Array) -> LowRank:
        """The weight `base + scale * (a @ b.T).reshape(base.shape)`.

        Args:
            base: two axes or more.
            a: `(rows, rank)`; the rows are the first axis of the base.
            b: `(columns, rank)`; the columns are its other axes, as one.
            scale: scalar, sign included.
        """
        right = b.reshape(*base.shape[1:], b.shape[-1])
        return cls(base, a, right, scale, (0,), tuple(range(1, base.ndim)))

    def dense(self) -> jax.Array:
        """The array itself, formed; of the type of the base."""
        rank = self.base.ndim
        noise: jax.Array = jnp.einsum(
            self.left, (*self.left_axes, rank), self.right, (*self.right_axes, rank), tuple(range(rank))
        )
        return self.base + (self.scale * noise).astype(self.base.dtype)


Value: TypeAlias = jax.Array | LowRank
"""What an operation reads or gives."""


def is_low_rank(value: Any) -> bool:
    """Whether a value, or a leaf of a pytree, is kept as its parts."""
    return isinstance(value, LowRank)


def dense(value: Value) -> jax.Array:
    """The value as an ordinary array."""
    return value.dense() if isinstance(value, LowRank) else value
