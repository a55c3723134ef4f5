"""A parent of a genetic algorithm, what it hands on to its children, and what decides over a child."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import jax

from ontogeny.core import Key


class Individual(NamedTuple):
    """What a child inherits from.

    Attributes:
        weights: the floating-point numbers of a genome in a row, `(weights,)`.
        rate: what the scale of the mutation was multiplied with that made it, a scalar above 0.
        merit: what it was ranked by, a scalar: its loss, with a share of its parents' merit in it.
    """

    weights: jax.Array
    rate: jax.Array
    merit: jax.Array


class Birth(NamedTuple):
    """What decides over a child.

    Attributes:
        first: the number of a parent.
        second: the number of another, or the same.
        pair: whether the second is a parent, too.
        mix: random key by which the two are mixed.
        mutate: random key of the mutation.
        rate: random key of its rate.
    """

    first: jax.Array
    second: jax.Array
    pair: jax.Array
    mix: Key
    mutate: Key
    rate: Key


Stacked = TypeVar("Stacked")


def rows(stacked: Stacked, index: jax.Array | int | slice) -> Stacked:
    """One row of every array of a pytree, or several."""
    result: Stacked = jax.tree.map(lambda leaf: leaf[index], stacked)
    return result
