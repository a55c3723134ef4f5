"""Weights with low-rank noise that is never formed.

A member's weight is the mean's plus noise of low rank. Its product with the data is the mean's
product, which all members share, plus two thin ones: see `call`. What this package does not know
is formed and computed as always.
"""

from ontogeny.lowrank.array import LowRank
from ontogeny.lowrank.interpreter import call

__all__ = ["LowRank", "call"]
