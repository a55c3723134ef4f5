"""Noise of full or low rank for each leaf of a genome, whichever is cheaper.

Low-rank noise `A B^T / sqrt(r)` of a weight has mean 0 and variance 1 in each component, as full
noise has, but takes `r (outputs + inputs)` random numbers in place of their product, and members
that multiply the same input share the product with the mean (Sarkar et al. 2025, arXiv 2511.16652).
Where a weight is small and used often, as in a cellular automaton, it only adds work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from ontogeny.core import flops
from ontogeny.core.population import weighted_sum
from ontogeny.lowrank.array import LowRank

Noises: TypeAlias = jax.Array | tuple[jax.Array, jax.Array]
"""Noise in the shape of a leaf, or factors `(outputs, rank)` and `(inputs, rank)` of it."""

_NUMBER_FLOPS = 50.0
"""What a random number costs, in operations of a matrix product: 4 ns against 12 a nanosecond on a core."""

_WORTH = 0.9
"""What a generation may cost at most, relative to full noise, for a layer to give that up."""

_MEMBERS = 64


def forced_ranks(leaves: Sequence[jax.Array], rank: int) -> tuple[int, ...]:
    """The rank for each leaf that low-rank noise is possible for and smaller; 0 for the others."""
    return tuple(rank if rank and _thin(leaf, rank) < leaf.size else 0 for leaf in leaves)


def choose_ranks(leaves: Sequence[jax.Array], losses: Callable[..., jax.Array], *arguments: Any) -> tuple[int, ...]:
    """Rank 1 where it makes a generation cheaper by a tenth, 0 elsewhere; leaves of one shape alike.

    Full noise searches a little better by the evaluation, so it is not given up for less. What
    the program of a generation costs is counted, with random numbers at the price of the
    multiplications that take as long.

    Args:
        leaves: the floating-point leaves of a genome.
        losses: from ranks, member indices and `arguments` to losses; only traced.
        *arguments: arrays or shapes.
    """

    def cost(ranks: tuple[int, ...]) -> float:
        indices = jax.ShapeDtypeStruct((_MEMBERS,), jnp.int32)
        work = flops(lambda indices, *rest: losses(ranks, indices, *rest), indices, *arguments)
        return work / _MEMBERS + _NUMBER_FLOPS * noise_size(leaves, ranks)

    ranks = (0,) * len(leaves)
    best = cost(ranks)
    thin = forced_ranks(leaves, 1)
    for shape in dict.fromkeys(leaf.shape for leaf, rank in zip(leaves, thin, strict=True) if rank):
        tried = tuple(1 if leaf.shape == shape else rank for leaf, rank in zip(leaves, ranks, strict=True))
        if (found := cost(tried)) < _WORTH * best:
            ranks, best = tried, found
    return ranks


def noise_size(leaves: Sequence[jax.Array], ranks: tuple[int, ...]) -> int:
    """How many random numbers the noise of one direction takes."""
    return sum(_thin(leaf, rank) if rank else leaf.size for leaf, rank in zip(leaves, ranks, strict=True))


def split_noise(numbers: jax.Array, leaves: Sequence[jax.Array], ranks: tuple[int, ...]) -> list[Noises]:
    """`noise_size` random numbers as the noise of each leaf."""
    parts: list[Noises] = []
    start = 0
    for leaf, rank in zip(leaves, ranks, strict=True):
        if not rank:
            parts.append(numbers[start : start + leaf.size].reshape(leaf.shape).astype(leaf.dtype))
            start += leaf.size
            continue
        rows, middle, end = leaf.shape[0], start + leaf.shape[0] * rank, start + _thin(leaf, rank)
        # Scaled here, once: the product then has variance 1.
        left = (numbers[start:middle] / math.sqrt(rank)).reshape(rows, rank)
        parts.append((left.astype(leaf.dtype), numbers[middle:end].reshape(-1, rank).astype(leaf.dtype)))
        start = end
    return parts


def perturbed(leaf: jax.Array, noise: Noises, scale: jax.Array | float) -> jax.Array | LowRank:
    """The leaf plus `scale` times its noise, which stays in two factors if it comes so."""
    if isinstance(noise, tuple):
        return LowRank.of(leaf, *noise, jnp.asarray(scale, leaf.dtype))
    return leaf + (scale * noise).astype(leaf.dtype)


def formed(noise: Noises, leaf: jax.Array) -> jax.Array:
    """Noise in the shape of its leaf."""
    return (noise[0] @ noise[1].T).reshape(leaf.shape) if isinstance(noise, tuple) else noise


def summed(leaves: Sequence[jax.Array], weights: jax.Array, parts: Sequence[Noises]) -> list[jax.Array]:
    """The weighted sum of the noises of many directions, `(directions, ...)` each."""
    sums = []
    for leaf, part in zip(leaves, parts, strict=True):
        if isinstance(part, tuple):
            total = jnp.einsum("nor,nir->oi", weights.astype(leaf.dtype)[:, None, None] * part[0], part[1])
            sums.append(total.reshape(leaf.shape))
        else:
            sums.append(weighted_sum(weights, part))
    return sums


def _thin(leaf: jax.Array, rank: int) -> int:
    if leaf.ndim < 2:
        return leaf.size
    return rank * (leaf.shape[0] + leaf.size // leaf.shape[0])
