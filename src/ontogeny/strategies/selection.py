"""Who becomes a parent."""

from __future__ import annotations

import abc

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import require


class Selection(eqx.Module):
    """A rule by which parents are drawn from members sorted by loss, best first."""

    @abc.abstractmethod
    def kept(self, popsize: int) -> int:
        """How many of the best members have to be kept for drawing."""

    @abc.abstractmethod
    def pick(self, key: Key, kept: int) -> jax.Array:
        """The rank of one parent, an integer scalar from 0 (best) to `kept - 1`."""


class Truncation(Selection):
    """All of the best fraction are equally likely, the others never.

    Attributes:
        fraction: above 0, at most 1; at least one member is kept.
    """

    fraction: float = eqx.field(static=True, default=0.25)

    def __check_init__(self) -> None:
        require(0 < self.fraction <= 1, "fraction", self.fraction, "give a fraction above 0, at most 1")

    def kept(self, popsize: int) -> int:
        """The best fraction, at least one."""
        return max(1, round(self.fraction * popsize))

    def pick(self, key: Key, kept: int) -> jax.Array:
        """Any of the kept ones."""
        return jax.random.randint(key, (), 0, kept)


class Tournament(Selection):
    """The best of a few that are drawn from all members.

    Attributes:
        size: how many contest, 1 or more (1 selects nothing).
    """

    size: int = eqx.field(static=True, default=3)

    def __check_init__(self) -> None:
        require(self.size >= 1, "size", self.size, "give 1 or more contestants")

    def kept(self, popsize: int) -> int:
        """All members may contest."""
        return popsize

    def pick(self, key: Key, kept: int) -> jax.Array:
        """The best of `size` that are drawn with replacement."""
        return jnp.min(jax.random.randint(key, (self.size,), 0, kept))
