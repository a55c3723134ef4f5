"""Shuffled epochs: all samples are dealt once in a random order, then shuffled anew."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from ontogeny.core import Key


class Epochs(NamedTuple):
    """Where training stands in its data.

    Attributes:
        order: `(count,)`, the samples of this epoch in the order in which they are dealt.
        dealt: integer scalar, how many of them were dealt.
        number: integer scalar, of the epoch, from 0.
        key: from which the orders come; `None` where samples always come as they stand.
    """

    order: jax.Array
    dealt: jax.Array
    number: jax.Array
    key: Key | None

    @classmethod
    def begin(cls, key: Key | None, count: int) -> Epochs:
        """The start of the first epoch.

        Args:
            key: random key, which decides the orders of all epochs; `None` to deal samples as they stand.
            count: samples, 1 or more.
        """
        return cls(_shuffled(key, jnp.int32(0), count), jnp.int32(0), jnp.int32(0), key)

    def batch(self, size: int) -> jax.Array:
        """The indices of the next samples: `(size,)`, at most `count`."""
        return jax.lax.dynamic_slice(self.order, (self.dealt,), (size,))

    def after(self, size: int) -> Epochs:
        """Where training stands once a batch of `size` was dealt.

        A new epoch begins where fewer than `size` samples are left; those are left out of
        the old one.
        """
        count = self.order.shape[0]
        dealt = self.dealt + size
        over = dealt + size > count
        number = self.number + over
        # Kept in the state: making the order again at every step would cost more than the step.
        order = self.order
        if self.key is not None:
            order = jax.lax.cond(over, lambda: _shuffled(self.key, number, count), lambda: order)
        return Epochs(order, jnp.where(over, 0, dealt), number, self.key)


def _shuffled(key: Key | None, number: jax.Array, count: int) -> jax.Array:
    order = jnp.arange(count, dtype=jnp.int32)
    return order if key is None else jax.random.permutation(jax.random.fold_in(key, number), order)
