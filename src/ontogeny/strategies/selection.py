"""Who becomes a parent."""

from __future__ import annotations

import abc

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, overall
from ontogeny.errors import require


def best_first(losses: jax.Array) -> jax.Array:
    """The members from best to worst by the mean over objectives; equal losses keep their order, failed ones are last.

    Args:
        losses: `(popsize,)` or `(popsize, objectives)`.

    Returns:
        `(popsize,)`, integers.
    """
    means = overall(losses)
    return jnp.argsort(jnp.where(jnp.isfinite(means), means, jnp.inf), stable=True)


class Selection(eqx.Module):
    """A rule that makes parents of some members, and draws the parents of a child from these."""

    @abc.abstractmethod
    def kept(self, popsize: int) -> int:
        """How many parents there are."""

    def parents(self, key: Key, losses: jax.Array) -> jax.Array:
        """The members that become parents: by default the best, best first.

        Args:
            key: random key.
            losses: `(popsize, objectives)`.

        Returns:
            `(kept,)`, integers; a member may be there more than once.
        """
        del key
        return best_first(losses)[: self.kept(losses.shape[0])]

    @abc.abstractmethod
    def pick(self, key: Key, kept: int) -> jax.Array:
        """The number of one parent, an integer scalar from 0 to `kept - 1`."""


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


class Lexicase(Selection):
    """Each parent is found by filtering all members through the objectives, in an order of its own.

    A filter keeps the members that are no worse than the best of those left by `tolerance` median absolute
    deviations of the population. Who is best at a few objectives so becomes a parent however bad at others, which
    the mean would not allow (Spector 2012; with tolerance, for real numbers, La Cava et al. 2016, arXiv 1905.13266).
    Of several that pass all filters, the best by the mean is taken: with one objective that is the best member.

    Attributes:
        fraction: parents, as a fraction of the members, above 0, at most 1.
        tolerance: in median absolute deviations of an objective, 0 or more.
    """

    fraction: float = eqx.field(static=True, default=0.25)
    tolerance: float = eqx.field(static=True, default=1.0)

    def __check_init__(self) -> None:
        require(0 < self.fraction <= 1, "fraction", self.fraction, "give a fraction above 0, at most 1")
        require(self.tolerance >= 0, "tolerance", self.tolerance, "give 0 or more median absolute deviations")

    def kept(self, popsize: int) -> int:
        """That fraction, at least one."""
        return max(1, round(self.fraction * popsize))

    def parents(self, key: Key, losses: jax.Array) -> jax.Array:
        """The winners of as many orders of the objectives."""
        means = overall(losses)
        sound = jnp.isfinite(means)
        spread = jnp.nanmedian(jnp.where(sound[:, None], losses, jnp.nan), 0)
        spread = jnp.nanmedian(jnp.where(sound[:, None], jnp.abs(losses - spread), jnp.nan), 0)
        columns = jnp.where(sound, losses.T, jnp.inf)
        # Where no member is sound there is no deviation, and all are worst alike.
        margins = self.tolerance * jnp.nan_to_num(spread)

        def winner(key: Key) -> jax.Array:
            def narrow(left: jax.Array, objective: jax.Array) -> tuple[jax.Array, None]:
                column = columns[objective]
                best = jnp.min(column, where=left, initial=jnp.inf)
                return left & (column <= best + margins[objective]), None

            order = jax.random.permutation(key, len(columns))
            left, _ = jax.lax.scan(narrow, jnp.ones(len(means), bool), order)
            return jnp.argmin(jnp.where(left & sound, means, jnp.inf))

        return jax.vmap(winner)(jax.random.split(key, self.kept(len(means))))

    def pick(self, key: Key, kept: int) -> jax.Array:
        """Any of the kept ones."""
        return jax.random.randint(key, (), 0, kept)
