"""The order in which genotypes survive under several losses."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def pareto_order(genotypes: jax.Array, losses: jax.Array, *, strict: bool = False) -> jax.Array:
    """Places from best to worst: who is dominated by fewest, then whose ranks in the losses have the smallest sum.

    The latter is how TE-NAS cuts (Chen et al. 2021). Whose losses are not finite come last, before them those whose
    genotype came before.

    Args:
        genotypes: `(count, genes)`.
        losses: `(count, objectives)`.
        strict: whether one dominates another only where it is better in every loss, as Evolutive-NAS's program has it.

    Returns:
        `(count,)` whole numbers.
    """
    less = losses[:, None] < losses[None]
    better = less.all(2) if strict else less.any(2) & (losses[:, None] <= losses[None]).all(2)
    dominated = better.sum(0)
    ranks = jax.vmap(lambda column: (column[:, None] > column[None]).sum(1), 1, 1)(losses).sum(1)
    return jnp.lexsort((ranks, dominated, again(genotypes), lost(losses)))


def again(genotypes: jax.Array) -> jax.Array:
    """Whether each came before, `(count,)`."""
    same = (genotypes[:, None] == genotypes[None]).all(2)
    place = jnp.arange(len(genotypes))
    return (same & (place[:, None] < place[None])).any(0)


def lost(losses: jax.Array) -> jax.Array:
    """Whether each has a loss that is not finite, `(count,)`."""
    return ~jnp.isfinite(losses).all(1)
