"""Change some weights of a genome at random."""

from __future__ import annotations

from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ontogeny.core import Genome, Key
from ontogeny.errors import refuse, require

Mode = Literal["add", "replace"]
Distribution = Literal["normal", "uniform"]


class Mutation(eqx.Module):
    """Change a number of weights.

    Attributes:
        weights: how many weights change, drawn with replacement; `None` for all of them.
        scale: standard deviation (normal) or half width (uniform) of the draws, above 0.
        mode: `add` the draw to the weight, or `replace` the weight by it.
        distribution: `normal` or `uniform`.
        common: whether all children of a generation change the same weights, each by draws of its own.
    """

    weights: int | None = eqx.field(static=True, default=None)
    scale: float = eqx.field(static=True, default=0.01)
    mode: Mode = eqx.field(static=True, default="add")
    distribution: Distribution = eqx.field(static=True, default="normal")
    common: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        require(self.weights is None or self.weights >= 1, "weights", self.weights, "give 1 or more")
        hint = "say how many weights change: where all do there is nothing to share"
        require(not self.common or self.weights is not None, "common", self.common, hint)
        require(self.scale > 0, "scale", self.scale, "give a number above 0")
        if self.mode not in get_args(Mode):
            refuse("mode", self.mode, get_args(Mode))
        if self.distribution not in get_args(Distribution):
            refuse("distribution", self.distribution, get_args(Distribution))

    def __call__(
        self, key: Key, genome: Genome, generation: Key | None = None, rate: jax.Array | float = 1.0
    ) -> Genome:
        """A changed copy of the genome's floating-point leaves.

        Args:
            key: random key, another for each child.
            generation: one that all children share; needed where they change the same weights.
            genome: a pytree of floating-point arrays.
            rate: what the scale is multiplied with: a scalar, or a number for each weight in the order of
                `ravel_pytree`.
        """
        flat, unravel = ravel_pytree(genome)
        rates = jnp.broadcast_to(rate, flat.shape).astype(flat.dtype)
        if self.weights is None:
            draws = rates * self._draw(key, flat.shape, flat.dtype)
            return unravel(flat + draws if self.mode == "add" else draws)
        if self.common:
            assert generation is not None
            key_which = generation
        else:
            key_which, key = jax.random.split(key)
        which = _below(key_which, self.weights, flat.size)
        draws = rates[which] * self._draw(key, which.shape, flat.dtype)
        return unravel(flat.at[which].add(draws) if self.mode == "add" else flat.at[which].set(draws))

    def _draw(self, key: Key, shape: tuple[int, ...], dtype: jnp.dtype) -> jax.Array:
        if self.distribution == "uniform":
            return jax.random.uniform(key, shape, dtype, -self.scale, self.scale)
        return self.scale * jax.random.normal(key, shape, dtype)


def _below(key: Key, count: int, size: int) -> jax.Array:
    """Whole numbers from 0 to `size - 1`, `(count,)`.

    `jax.random.randint` draws twice and divides, so that no number comes more often than another. Here some come
    more often by one in `2**32 / size`, in a small part of the time and of the program.
    """
    bits = jax.random.bits(key, (count,), jnp.uint32)
    # The upper half of the product of both, each in two halves: there are no numbers of 64 bits.
    high, low = bits >> 16, bits & 0xFFFF
    above, below = size >> 16, size & 0xFFFF
    middle = high * below + (low * below >> 16)
    carried = low * above + (middle & 0xFFFF)
    return (high * above + (middle >> 16) + (carried >> 16)).astype(jnp.int32)
