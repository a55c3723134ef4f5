"""NSGA-II on genotypes of whole numbers: fronts, and in a front those who have room around them."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.strategies.pareto_search import ParetoSearch


class NSGA2(ParetoSearch):
    """Non-dominated sorting and crowding distance, binary tournaments, parents and children compete (Deb et al. 2002).

    Children are made as those of `ParetoSearch`: uniform crossover and rates of mutation that members carry.

    Attributes:
        parents: who survives, the same number as children in the paper.
        crossover: share of the children that have two parents, 0 to 1.
    """

    parents: int = eqx.field(static=True, default=30)
    crossover: float = eqx.field(static=True, default=0.9)

    def pair(self, key: Key) -> jax.Array:
        """The places of two parents, each the better of two drawn at random, `(2,)`; members stand best first."""
        return jax.random.randint(key, (2, 2), 0, self.parents).min(1)

    def order(self, genotypes: jax.Array, losses: jax.Array) -> jax.Array:
        """Places from best to worst: by front, and in a front by crowding distance, the widest first.

        Args:
            genotypes: `(count, genes)`; of equal ones all but the first come last.
            losses: `(count, objectives)`.

        Returns:
            `(count,)` whole numbers.
        """
        front = fronts(losses, self.strict)
        return jnp.lexsort((-crowding(losses, front), front, self.again(genotypes), self.lost(losses)))


def fronts(losses: jax.Array, strict: bool = False) -> jax.Array:
    """The front of each, from 0 for those whom nobody dominates (Deb et al. 2002, section III A).

    Args:
        losses: `(count, objectives)`.
        strict: whether to be dominated takes another who is better in every loss.

    Returns:
        `(count,)` whole numbers.
    """
    less, no_more = losses[:, None] < losses[None], losses[:, None] <= losses[None]
    better = less.all(2) if strict else less.any(2) & no_more.all(2)

    def further(found: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        front = found[0]
        return jnp.where(better, front[:, None] + 1, 0).max(0), front

    begun = jnp.zeros(len(losses), jnp.int32)
    made: jax.Array = jax.lax.while_loop(lambda found: (found[0] != found[1]).any(), further, (begun, begun - 1))[0]
    return made


def crowding(losses: jax.Array, front: jax.Array) -> jax.Array:
    """How far apart the neighbours of each are in its front, summed over losses (Deb et al. 2002, section III B).

    Args:
        losses: `(count, objectives)`.
        front: `(count,)`, as `fronts` has it.

    Returns:
        `(count,)`; infinite for the ends of a front.
    """
    same = front[:, None] == front[None]
    place = jnp.arange(len(losses))

    def along(loss: jax.Array) -> jax.Array:
        known = jnp.where(jnp.isfinite(loss), loss, jnp.nan)
        span = jnp.nanmax(known) - jnp.nanmin(known)
        # Of equals the order decides, so that each has two neighbours.
        under = same & ((loss[None] < loss[:, None]) | ((loss[None] == loss[:, None]) & (place[None] < place[:, None])))
        over = same & ~under & (place[None] != place[:, None])
        low = jnp.where(under, loss[None], -jnp.inf).max(1)
        high = jnp.where(over, loss[None], jnp.inf).min(1)
        return (high - low) / jnp.maximum(span, 1e-12)

    found: jax.Array = jax.vmap(along, 1, 1)(losses).sum(1)
    return jnp.nan_to_num(found, nan=0.0, posinf=jnp.inf)
