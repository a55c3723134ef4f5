"""What a genetic algorithm keeps between two generations."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax

from ontogeny.core import Key
from ontogeny.strategies.flat import Form
from ontogeny.strategies.individual import Individual
from ontogeny.strategies.novelty import Archive


class GAState(NamedTuple):
    """What one generation comes from.

    Attributes:
        parents: those that have children, stacked in the order of the selection.
        sensitivity: of the outputs to the parents' weights, stacked; ones until they are looked at.
        elite: the best by merit, stacked, best first; one at least.
        form: how weights lie in a row.
        rates: what the mutation rates keep.
        archive: behaviours of the past.
        rest: what of a genome is no floating-point array, and the same for all.
        key: from which the generation's children come.
    """

    parents: Individual
    sensitivity: jax.Array
    elite: Individual
    form: Form
    rates: Any
    archive: Archive
    rest: Any
    key: Key
