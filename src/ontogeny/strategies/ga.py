"""A genetic algorithm on weights (Such et al. 2017, arXiv 1712.06567; Holland 1975)."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, State, Strategy
from ontogeny.errors import require
from ontogeny.strategies.crossover import Crossover, uniform_crossover
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.selection import Selection, Truncation, best_first


class GAState(NamedTuple):
    """What one generation comes from.

    Attributes:
        parents: weights of those that have children, stacked in the order of the selection.
        elite: weights of the best by the mean over objectives, stacked, best first; one at least.
        rest: what of a genome is no floating-point array, and the same for all.
        key: from which the generation's children come.
    """

    parents: Genome
    elite: Genome
    rest: Any
    key: Key


class GA(Strategy):
    """Select parents, mix them, mutate the children; carry the best over unchanged.

    Attributes:
        popsize: members of a generation, 2 or more.
        selection: who becomes a parent.
        mutation: how children are changed.
        crossover: probability that a child has two parents, 0 to 1.
        mix: makes a child of two parents.
        elitism: how many of the best are carried over unchanged, below `popsize`.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=64)
    selection: Selection = Truncation()
    mutation: Mutation = Mutation()
    crossover: float = eqx.field(static=True, default=0.0)
    elitism: int = eqx.field(static=True, default=1)
    mix: Crossover = eqx.field(static=True, default=uniform_crossover)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        require(0 <= self.crossover <= 1, "crossover", self.crossover, "give a probability from 0 to 1")
        good = 0 <= self.elitism < self.popsize
        require(good, "elitism", self.elitism, f"give 0 to {self.popsize - 1}, fewer than the population")

    def init(self, genome: Genome, key: Key) -> GAState:
        """A first generation of mutated copies of `genome`."""
        weights, rest = eqx.partition(genome, eqx.is_inexact_array)
        kept, best = self._counts
        copies = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (kept + best, *leaf.shape)), weights)
        return GAState(_rows(copies, slice(kept)), _rows(copies, slice(kept, None)), rest, key)

    def member(self, state: GAState, index: jax.Array) -> Genome:
        """One of the elite for the first indices, then children."""
        # Not from the state's key itself: its other half becomes the next generation's key.
        generation = jax.random.split(state.key)[0]
        key, common = (jax.random.fold_in(generation, number) for number in (index, self.popsize))
        key_first, key_second, key_pair, key_mix, key_mutate = jax.random.split(key, 5)
        count, best = self._counts
        child = _rows(state.parents, self.selection.pick(key_first, count))
        if self.crossover > 0:
            second = _rows(state.parents, self.selection.pick(key_second, count))
            mixed = self.mix(key_mix, child, second)
            pair = jax.random.bernoulli(key_pair, self.crossover)
            child = jax.tree.map(lambda m, c: jnp.where(pair, m, c), mixed, child)
        child = self.mutation(key_mutate, child, common)
        elite = _rows(state.elite, jnp.minimum(index, best - 1))
        weights = jax.tree.map(lambda e, c: jnp.where(index < self.elitism, e, c), elite, child)
        return eqx.combine(weights, state.rest)

    def tell(self, state: GAState, losses: jax.Array) -> GAState:
        """Rebuild the members that become parents, and the best. Equal losses keep their order."""
        kept, best = self._counts
        # Not a number that a member's key has come from.
        key = jax.random.fold_in(jax.random.split(state.key)[0], self.popsize + 1)
        parents = self.selection.parents(key, losses.reshape(self.popsize, -1))

        def weights(index: jax.Array) -> Any:
            return eqx.filter(self.member(state, index), eqx.is_inexact_array)

        rebuilt = jax.vmap(weights)(jnp.concatenate([parents, best_first(losses)[:best]]))
        key = jax.random.split(state.key)[1]
        return GAState(_rows(rebuilt, slice(kept)), _rows(rebuilt, slice(kept, None)), state.rest, key)

    def genome(self, state: State) -> Genome:
        """The best member of the last generation."""
        return eqx.combine(_rows(state.elite, 0), state.rest)

    @property
    def _counts(self) -> tuple[int, int]:
        """How many parents, and how many of the best, are kept."""
        return self.selection.kept(self.popsize), max(1, self.elitism)


def _rows(stacked: Genome, index: jax.Array | int | slice) -> Genome:
    return jax.tree.map(lambda leaf: leaf[index], stacked)
