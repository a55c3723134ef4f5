"""A genetic algorithm on weights (Such et al. 2017, arXiv 1712.06567; Holland 1975)."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, State, Strategy
from ontogeny.errors import require
from ontogeny.strategies.crossover import Crossover, uniform_crossover
from ontogeny.strategies.flat import Form
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.selection import Selection, Truncation


class GAState(NamedTuple):
    """The parents of one generation.

    Attributes:
        parents: their weights, a row each, best first.
        form: how weights lie in a row.
        rest: what of a genome is no floating-point array, and the same for all.
        key: from which the generation's children come.
    """

    parents: jax.Array
    form: Form
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

    @property
    def _kept(self) -> int:
        return max(self.selection.kept(self.popsize), self.elitism)

    def init(self, genome: Genome, key: Key) -> GAState:
        """A first generation of mutated copies of `genome`."""
        weights, rest = eqx.partition(genome, eqx.is_inexact_array)
        form = Form.of(weights)
        row = form.row(weights)
        return GAState(jnp.broadcast_to(row, (self._kept, row.size)), form, rest, key)

    def member(self, state: GAState, index: jax.Array) -> Genome:
        """One of the elite for the first indices, then children."""
        return eqx.combine(state.form.weights(self._row(state, index)), state.rest)

    def _row(self, state: GAState, index: jax.Array) -> jax.Array:
        # Not from the state's key itself: its other half becomes the next generation's key.
        generation = jax.random.split(state.key)[0]
        key, common = (jax.random.fold_in(generation, number) for number in (index, self.popsize))
        count = self.selection.kept(self.popsize)
        # What a lone parent does not need is not drawn: for small genomes keys cost more than all the rest.
        if self.crossover > 0:
            key, key_second, key_pair, key_mix = jax.random.split(key, 4)
        if count > 1:
            key, key_first = jax.random.split(key)
        child = state.parents[self.selection.pick(key_first, count) if count > 1 else 0]
        if self.crossover > 0:
            second = state.parents[self.selection.pick(key_second, count)]
            mixed = state.form.row(self.mix(key_mix, *map(state.form.weights, (child, second))))
            child = jnp.where(jax.random.bernoulli(key_pair, self.crossover), mixed, child)
        child = self.mutation(key, child, common)
        elite = state.parents[jnp.minimum(index, self._kept - 1)]
        return jnp.where(index < self.elitism, elite, child)

    def tell(self, state: GAState, losses: jax.Array) -> GAState:
        """Rebuild the best members: they are the next parents. Equal losses keep their order."""
        known = jnp.where(jnp.isfinite(losses), losses, jnp.inf)
        best = jnp.argsort(known, stable=True)[: self._kept]
        parents = jax.vmap(lambda index: self._row(state, index))(best)
        return state._replace(parents=parents, key=jax.random.split(state.key)[1])

    def genome(self, state: State) -> Genome:
        """The best member of the last generation."""
        return eqx.combine(state.form.weights(state.parents[0]), state.rest)
