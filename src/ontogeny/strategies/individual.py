"""A parent of a genetic algorithm: weights, and what else it hands on to its children."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import jax

from ontogeny.core import Genome


class Individual(NamedTuple):
    """What a child inherits from.

    Attributes:
        weights: the floating-point leaves of a genome.
        rate: what the scale of the mutation was multiplied with that made it, a scalar above 0.
        merit: what it was ranked by, a scalar: its loss, with a share of its parents' merit in it.
    """

    weights: Genome
    rate: jax.Array
    merit: jax.Array


Stacked = TypeVar("Stacked")


def rows(stacked: Stacked, index: jax.Array | int | slice) -> Stacked:
    """One row of every array of a pytree, or several."""
    result: Stacked = jax.tree.map(lambda leaf: leaf[index], stacked)
    return result
