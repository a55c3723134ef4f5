"""A pool of grown states from which training starts, so that growth learns to persist.

Three published ways to keep one. Which sample is replaced by the seed, and what is written
back, is all that differs:

- `worst-after`: after the step, the sample of the highest loss becomes the seed and the others
  are written back (the Adam runs of Hestmark & Luu 2022).
- `worst-before`: before the step, the sample of the highest loss becomes the seed; after it,
  all are written back (Mordvintsev et al. 2020).
- `seed-first`: before the step, the first sample becomes the seed; after it, those with a
  living cell are written back (the evolution strategy of Hestmark & Luu 2022, whose batch of
  one left nothing but the seed: with a batch of two or more the pool is really used).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import refuse, require
from ontogeny.nets.nca import alive

PoolRule = Literal["worst-after", "worst-before", "seed-first"]


class SamplePool(eqx.Module):
    """How a pool of states is sampled and kept; the states themselves are the world.

    Attributes:
        size: how many states the pool holds.
        rule: one of `worst-after`, `worst-before`, `seed-first`.
    """

    size: int = eqx.field(static=True)
    rule: PoolRule = eqx.field(static=True, default="worst-after")

    def check(self, batch: int) -> None:
        """Refuse what cannot work.

        Raises:
            InputError: for an unknown rule, a batch below 2 (the seed would be all that is
                ever trained from) or a pool smaller than the batch.
        """
        if self.rule not in get_args(PoolRule):
            refuse("pool_rule", self.rule, get_args(PoolRule))
        require(batch >= 2, "batch", batch, "give 2 or more with a pool: one slot is always the seed")
        require(self.size >= batch, "pool", self.size, f"give at least the batch, {batch}")

    def begin(self, seed: jax.Array) -> jax.Array:
        """A pool of nothing but seeds: `(size, height, width, channels)`."""
        return jnp.broadcast_to(seed, (self.size, *seed.shape))

    def draw(
        self,
        key: Key,
        pool: jax.Array,
        batch: int,
        seed: jax.Array,
        error: Callable[[jax.Array], jax.Array],
    ) -> tuple[jax.Array, jax.Array]:
        """Start states and the slots that they come from.

        Args:
            key: random key.
            pool: `(size, height, width, channels)`.
            batch: how many.
            seed: `(height, width, channels)`.
            error: the losses, `(batch,)`, of states, `(batch, height, width, channels)`.

        Returns:
            `(batch, height, width, channels)` and `(batch,)`; under
            `worst-before` those of the highest error come first.
        """
        slots = jax.random.choice(key, self.size, (batch,), replace=False)
        if self.rule == "worst-before":
            slots = slots[jnp.argsort(-error(pool[slots]))]
        states = pool[slots]
        return (states if self.rule == "worst-after" else states.at[0].set(seed)), slots

    def settle(
        self, pool: jax.Array, slots: jax.Array, states: jax.Array, losses: jax.Array, seed: jax.Array
    ) -> jax.Array:
        """The pool after a step.

        Args:
            pool: `(size, height, width, channels)`.
            slots: `(batch,)`, where the batch came from.
            states: `(batch, height, width, channels)`, what it grew into.
            losses: `(batch,)`, its losses.
            seed: `(height, width, channels)`.
        """
        if self.rule == "worst-after":
            states = states.at[jnp.argmax(losses)].set(seed)
        if self.rule == "seed-first":
            living = jax.vmap(alive)(states).any((1, 2))
            states = jnp.where(living[:, None, None, None], states, pool[slots])
        sound = jnp.isfinite(states).all((1, 2, 3))[:, None, None, None]
        return pool.at[slots].set(jnp.where(sound, states, seed))
