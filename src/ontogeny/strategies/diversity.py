"""Select parents that are good and differ: in what they get wrong, case by case."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, overall
from ontogeny.errors import require
from ontogeny.strategies.novelty import Novelty
from ontogeny.strategies.selection import Truncation, best_first


def distances(losses: jax.Array) -> jax.Array:
    """How differently members do: the mean absolute difference of their losses over all cases.

    Of mistakes, 0 or 1, that is the share of cases which one gets wrong and the other right. To a member that failed
    (a loss that is not finite) all distances are infinite.

    Args:
        losses: `(popsize, cases)`.

    Returns:
        `(popsize, popsize)`.
    """
    sound = jnp.isfinite(losses).all(1)
    losses = jnp.where(sound[:, None], losses, 0)
    # One after the other: all differences at once would be popsize² × cases numbers.
    found: jax.Array = jax.lax.map(lambda one: jnp.abs(losses - one).mean(1), losses)
    return jnp.where(sound[:, None] & sound, found, jnp.inf)


class Sharing(Truncation):
    """Fitness sharing: members that fail alike share their merit (Goldberg & Richardson 1987).

    A member's accuracy (1 less its mean loss, so losses must lie between 0 and 1) is divided by its niche count, the
    sum over members of `max(0, 1 - distance / radius)`.

    Attributes:
        fraction: as for truncation.
        radius: of a niche, in mean differences of losses (`distances`), above 0.
    """

    radius: float = eqx.field(static=True, default=0.02)

    def __check_init__(self) -> None:
        require(self.radius > 0, "radius", self.radius, "give a distance above 0")

    def parents(self, key: Key, losses: jax.Array) -> jax.Array:
        """Those with the highest shared accuracy, best first."""
        del key
        niches = jnp.maximum(0, 1 - distances(losses) / self.radius).sum(1)
        return best_first(-(1 - overall(losses)) / niches)[: self.kept(len(losses))]


class Novel(Truncation):
    """By a mixture of two ranks: how good a member is, and how far from its nearest others.

    Attributes:
        fraction: as for truncation.
        weight: of novelty, 0 to 1.
        neighbours: how many of the nearest are looked at, 1 or more.
    """

    weight: float = eqx.field(static=True, default=0.5)
    neighbours: int = eqx.field(static=True, default=3)

    def __check_init__(self) -> None:
        self._novelty()

    def parents(self, key: Key, losses: jax.Array) -> jax.Array:
        """Those with the best mixture, best first."""
        del key
        novelty = self._novelty()
        merits = overall(losses)[:, None]
        # An archive of nobody: the population is small and what it was is of no use to it.
        archive = Novelty(0.0).begin(losses.shape[1])
        return best_first(novelty.scores(archive, losses, merits))[: self.kept(len(losses))]

    def _novelty(self) -> Novelty:
        return Novelty(self.weight, self.neighbours, 1, 0)


class Pareto(Truncation):
    """By fronts of two objectives, the mean loss and the distance to the nearest others (NSGA-II, Deb et al. 2002).

    Within the front that does not fit whole, those in the emptiest surroundings come first (crowding distance).

    Attributes:
        fraction: as for truncation.
        neighbours: how many of the nearest a member's distance is the mean of, 1 or more.
    """

    neighbours: int = eqx.field(static=True, default=3)

    def __check_init__(self) -> None:
        require(self.neighbours >= 1, "neighbours", self.neighbours, "give 1 or more")

    def parents(self, key: Key, losses: jax.Array) -> jax.Array:
        """Those of the first fronts."""
        del key
        count = len(losses)
        away = distances(losses) + jnp.diag(jnp.full(count, jnp.inf))
        nearest, _ = jax.lax.top_k(-away, min(self.neighbours, count - 1))
        means = overall(losses)
        sound = jnp.isfinite(means)[:, None]
        # Negative: far is good. Who has no sound other is as near as can be, which nobody can be better at.
        near = jnp.nan_to_num(jnp.mean(nearest, 1, where=jnp.isfinite(nearest)))
        objectives = jnp.where(sound, jnp.stack([means, near], 1), jnp.inf)
        fronts = _fronts(objectives)
        # Who failed is behind all fronts, and stretches no span.
        objectives = jnp.where(sound, objectives, jnp.min(objectives, 0))
        order = jnp.lexsort((-_crowding(objectives, fronts), fronts))
        return order[: self.kept(count)]


def _fronts(objectives: jax.Array) -> jax.Array:
    """The number of each member's front, from 0: of those that only members of earlier fronts are better than."""
    one, other = objectives[:, None], objectives[None]
    dominated = (other <= one).all(2) & (other < one).any(2)

    def peel(number: jax.Array, fronts: jax.Array) -> jax.Array:
        left = fronts == len(objectives)
        free = left & ~(dominated & left[None]).any(1)
        return jnp.where(free, number, fronts)

    found: jax.Array = jax.lax.fori_loop(0, len(objectives), peel, jnp.full(len(objectives), len(objectives)))
    return found


def _crowding(objectives: jax.Array, fronts: jax.Array) -> jax.Array:
    """How empty the surroundings of each member are within its front; infinite at the ends."""

    def along(values: jax.Array) -> jax.Array:
        order = jnp.lexsort((values, fronts))
        there, front = values[order], fronts[order]
        span = jnp.maximum(jnp.ptp(values), 1e-30)
        inner = (front[2:] == front[1:-1]) & (front[:-2] == front[1:-1])
        gaps = jnp.where(inner, (there[2:] - there[:-2]) / span, jnp.inf)
        ends = jnp.full(1, jnp.inf)
        gaps = jnp.concatenate([ends, gaps, ends])[: len(values)]
        return jnp.zeros_like(values).at[order].set(gaps)

    return jax.vmap(along, 1)(objectives).sum(0)
