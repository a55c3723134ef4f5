"""A genetic algorithm whose genomes are lists of seeds (Such et al. 2017, arXiv 1712.06567).

A genome is what becomes of a root by mutations in a row, and a mutation is what a seed says. So a parent of a
million weights is a few numbers of 32 bits, at the price of making all its mutations again for each member.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, State, Strategy
from ontogeny.errors import require
from ontogeny.strategies.individual import rows
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.selection import Selection, Truncation, best_first


class Lineage(NamedTuple):
    """The mutations that lead from the root to a genome.

    Attributes:
        seeds: `(depth,)`, 32-bit unsigned integers, the first mutation first.
        length: how many of them there are, an integer scalar.
    """

    seeds: jax.Array
    length: jax.Array


class SeedGAState(NamedTuple):
    """What one generation comes from.

    Attributes:
        root: the genome that all lineages begin with.
        parents: lineages of those that have children, stacked in the order of the selection.
        elite: lineages of the best, stacked, best first; one at least.
        key: from which the seeds of the generation's children come.
    """

    root: Genome
    parents: Lineage
    elite: Lineage
    key: Key


class SeedGA(Strategy):
    """Select parents, mutate them, carry the best over unchanged; keep nothing but seeds.

    A generation takes as many mutations a member as its lineage is long: as many as there were generations, at most.
    A lineage grows only where a changed child becomes a parent. One that is full changes no more.

    Attributes:
        popsize: members of a generation, 2 or more.
        selection: who becomes a parent.
        mutation: how children are changed.
        elitism: how many of the best are carried over unchanged, below `popsize`.
        depth: seeds that there is room for in a lineage: no less than the generations to come, 1 or more.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=64)
    selection: Selection = Truncation()
    mutation: Mutation = Mutation()
    elitism: int = eqx.field(static=True, default=1)
    depth: int = eqx.field(static=True, default=1000)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        good = 0 <= self.elitism < self.popsize
        require(good, "elitism", self.elitism, f"give 0 to {self.popsize - 1}, fewer than the population")
        require(self.depth >= 1, "depth", self.depth, "give 1 or more, no less than the generations to come")
        hint = "a seed is all that a mutation comes from: leave it out"
        require(not self.mutation.common, "common", self.mutation.common, hint)

    def init(self, genome: Genome, key: Key) -> SeedGAState:
        """A first generation of mutated copies of `genome`."""
        first = Lineage(jnp.zeros(self.depth, jnp.uint32), jnp.int32(0))
        kept, best = self._counts
        copies = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (kept + best, *leaf.shape)), first)
        return SeedGAState(genome, rows(copies, slice(kept)), rows(copies, slice(kept, None)), key)

    def member(self, state: SeedGAState, index: jax.Array) -> Genome:
        """One of the elite for the first indices, then children."""
        return self._replayed(state.root, self._lineage(state, index))

    def tell(self, state: SeedGAState, losses: jax.Array) -> SeedGAState:
        """Keep the lineages of the members that become parents, and of the best. Equal losses keep their order."""
        kept, best = self._counts
        generation, following = jax.random.split(state.key)
        # Behind the numbers that the keys of members come from.
        key = jax.random.fold_in(generation, self.popsize)
        parents = self.selection.parents(key, losses.reshape(self.popsize, -1))
        chosen = jnp.concatenate([parents, best_first(losses)[:best]])
        lineages = jax.vmap(partial(self._lineage, state))(chosen)
        return SeedGAState(state.root, rows(lineages, slice(kept)), rows(lineages, slice(kept, None)), following)

    def genome(self, state: State) -> Genome:
        """The best member of the last generation."""
        return self._replayed(state.root, rows(state.elite, 0))

    @property
    def _counts(self) -> tuple[int, int]:
        """How many parents, and how many of the best, are kept."""
        return self.selection.kept(self.popsize), max(1, self.elitism)

    def _lineage(self, state: SeedGAState, index: jax.Array) -> Lineage:
        """A parent's lineage with one more seed; of one of the elite its own."""
        kept, best = self._counts
        key_parent, key_seed = jax.random.split(jax.random.fold_in(jax.random.split(state.key)[0], index))
        parent = rows(state.parents, self.selection.pick(key_parent, kept))
        seed = jax.random.bits(key_seed, (), jnp.uint32)
        # Where there is no room left the seed is dropped, and the child is its parent.
        seeds = parent.seeds.at[parent.length].set(seed, mode="drop")
        child = Lineage(seeds, jnp.minimum(parent.length + 1, self.depth))
        elite = rows(state.elite, jnp.minimum(index, best - 1))
        carried = index < self.elitism
        return Lineage(*(jnp.where(carried, *pair) for pair in zip(elite, child, strict=True)))

    def _replayed(self, root: Genome, lineage: Lineage) -> Genome:
        weights, rest = eqx.partition(root, eqx.is_inexact_array)

        def once(number: jax.Array, weights: Any) -> Any:
            return self.mutation(jax.random.key(lineage.seeds[number]), weights)

        return eqx.combine(jax.lax.fori_loop(0, lineage.length, once, weights), rest)
