"""Search for what is new beside what is good (Lehman & Stanley 2011, "Abandoning objectives")."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.strategies.shaping import ranks


class Archive(NamedTuple):
    """Behaviours of members of the past, the oldest overwritten first.

    Attributes:
        behaviours: `(size, objectives)`.
        seen: how many were ever added, an integer scalar.
    """

    behaviours: jax.Array
    seen: jax.Array


class Novelty(eqx.Module):
    """Rank members by how new they are and by how good, and mix the two ranks.

    What a member does is described by its losses, one for each objective: two members that fail at different objectives
    behave differently, however alike their means. How new that is, is its mean distance to the nearest behaviours
    of the population and of the archive.

    Attributes:
        weight: of the rank by novelty, from 0 (the loss alone) to 1 (novelty alone).
        neighbours: to how many of the nearest, 1 or more.
        size: of the archive, 1 or more.
        added: members of each generation, drawn at random, that enter the archive, 0 to `size`.
    """

    weight: float = eqx.field(static=True, default=0.0)
    neighbours: int = eqx.field(static=True, default=10)
    size: int = eqx.field(static=True, default=256)
    added: int = eqx.field(static=True, default=4)

    def __check_init__(self) -> None:
        require(0 <= self.weight <= 1, "novelty", self.weight, "give a weight from 0 to 1")
        require(self.neighbours >= 1, "neighbours", self.neighbours, "give 1 or more")
        require(self.size >= 1, "archive", self.size, "give 1 or more")
        require(0 <= self.added <= self.size, "added", self.added, f"give 0 to {self.size}, the size of the archive")

    def begin(self, objectives: int) -> Archive:
        """An empty archive; without room where novelty does not count.

        Args:
            objectives: how many numbers a loss is.
        """
        return Archive(jnp.zeros((self.size if self.weight else 0, objectives)), jnp.int32(0))

    def scores(self, archive: Archive, losses: jax.Array, merits: jax.Array) -> jax.Array:
        """What parents are selected by, lower is better: the merits, or the mixture of ranks.

        Args:
            archive: of the past.
            losses: `(popsize, objectives)`, the behaviours.
            merits: of the same shape, what is ranked beside novelty, within each objective.

        Returns:
            `(popsize, objectives)`; infinite for members that failed, if ranks are mixed.
        """
        if self.weight == 0:
            return merits
        room = archive.behaviours.shape[1]
        hint = f"the archive has room for {room}: call prepare with a loss of this shape first"
        require(room == losses.shape[1], "losses", losses.shape, hint)
        sound = jnp.isfinite(losses).all(1)
        newest = ranks(jnp.where(sound, -self.novelties(archive, losses), jnp.nan))
        mixed = (1 - self.weight) * jax.vmap(ranks, 1, 1)(merits) + self.weight * newest[:, None]
        return jnp.where(sound[:, None], mixed, jnp.inf)

    def novelties(self, archive: Archive, behaviours: jax.Array) -> jax.Array:
        """The mean distance of each member to its nearest others, `(popsize,)`; those that failed are far from all.

        Args:
            archive: of the past.
            behaviours: `(popsize, objectives)`.
        """
        popsize, size = len(behaviours), len(archive.behaviours)
        points = jnp.concatenate([behaviours, archive.behaviours])
        filled = jnp.concatenate([jnp.ones(popsize, bool), jnp.arange(size) < archive.seen])
        near = min(self.neighbours, popsize - 1)

        def novelty(index: jax.Array) -> jax.Array:
            away = jnp.sqrt(jnp.square(points - behaviours[index]).sum(1))
            other = filled & jnp.isfinite(away) & (jnp.arange(len(points)) != index)
            negated, _ = jax.lax.top_k(jnp.where(other, -away, -jnp.inf), near)
            return -negated.mean()

        # One after the other: all differences at once would be popsize² × objectives numbers.
        found: jax.Array = jax.lax.map(novelty, jnp.arange(popsize))
        return found

    def add(self, archive: Archive, key: Key, losses: jax.Array) -> Archive:
        """The archive with some members in it, each over the oldest.

        Args:
            archive: of the past.
            key: random key.
            losses: `(popsize, objectives)`.
        """
        if self.weight == 0:
            return archive
        # A member that failed did nothing: it may be drawn, and stays far from all.
        chosen = jax.random.choice(key, len(losses), (min(self.added, len(losses)),), replace=False)
        places = (archive.seen + jnp.arange(len(chosen))) % self.size
        return Archive(archive.behaviours.at[places].set(losses[chosen]), archive.seen + len(chosen))
