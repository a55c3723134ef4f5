"""Evolution of genotypes of whole numbers in which the oldest die, and random search beside it."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ontogeny.core import Genome, Key, Strategy, overall
from ontogeny.errors import require


class AgeingState(NamedTuple):
    """What lives, and what was best.

    Attributes:
        members: `(population, genes)`, oldest first by `evaluated`.
        losses: `(population,)`, infinite where nobody lives yet.
        evaluated: how many were evaluated.
        best: `(genes,)`, the best of all that were ever evaluated.
        best_loss: of it.
        like: a genome, for its form.
        key: from which this generation's children come.
    """

    members: jax.Array
    losses: jax.Array
    evaluated: jax.Array
    best: jax.Array
    best_loss: jax.Array
    like: Genome
    key: Key


class RegularisedEvolution(Strategy):
    """Of some members drawn at random the best has a child, which replaces the oldest (Real et al. 2019, algorithm 1).

    Genomes are trees of whole numbers from 0 to `choices` - 1. A child differs from its parent in one gene. The first
    members are drawn at random.

    Attributes:
        popsize: children of a generation, 1 to `population`; 1, as published, unless they are evaluated side by side.
        choices: values of a gene, 2 or more.
        population: members that live, 2 or more.
        sample: of them, who contest to have a child, 1 to `population`.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=1)
    choices: int = eqx.field(static=True, default=2)
    population: int = eqx.field(static=True, default=50)
    sample: int = eqx.field(static=True, default=10)

    def __check_init__(self) -> None:
        require(self.choices >= 2, "choices", self.choices, "give 2 or more")
        require(self.population >= 2, "population", self.population, "give 2 or more")
        hint = f"give 1 to {self.population}, the population"
        require(1 <= self.sample <= self.population, "sample", self.sample, hint)
        require(1 <= self.popsize <= self.population, "popsize", self.popsize, hint)

    def init(self, genome: Genome, key: Key) -> AgeingState:
        """Nobody lives yet; the form is that of the genome."""
        flat, _ = ravel_pytree(genome)
        members = jnp.zeros((self.population, flat.size), flat.dtype)
        nobody = jnp.full(self.population, jnp.inf)
        return AgeingState(members, nobody, jnp.zeros((), jnp.int32), flat, jnp.float32(jnp.inf), genome, key)

    def member(self, state: AgeingState, index: jax.Array) -> Genome:
        """One child, or one of the first."""
        return ravel_pytree(state.like)[1](self._child(state, index))

    def _child(self, state: AgeingState, index: jax.Array) -> jax.Array:
        key_first, key_sample, key_gene, key_value = jax.random.split(jax.random.fold_in(state.key, index), 4)
        genes = state.members.shape[1]
        first = jax.random.randint(key_first, (genes,), 0, self.choices, state.members.dtype)
        contest = jax.random.choice(key_sample, self.population, (self.sample,), replace=False)
        parent = state.members[contest[jnp.argmin(state.losses[contest])]]
        gene = jax.random.randint(key_gene, (), 0, genes)
        # Another value than the parent's.
        further = jax.random.randint(key_value, (), 1, self.choices, state.members.dtype)
        child = parent.at[gene].set((parent[gene] + further) % self.choices)
        return jnp.where(state.evaluated + index < self.population, first, child)

    def tell(self, state: AgeingState, losses: jax.Array) -> AgeingState:
        """Children replace the oldest."""
        children = jax.vmap(lambda index: self._child(state, index))(jnp.arange(self.popsize))
        found = jnp.nan_to_num(overall(losses), nan=jnp.inf, posinf=jnp.inf)
        places = (state.evaluated + jnp.arange(self.popsize)) % self.population
        leader = jnp.argmin(found)
        better = found[leader] < state.best_loss
        return AgeingState(
            state.members.at[places].set(children),
            state.losses.at[places].set(found),
            state.evaluated + self.popsize,
            jnp.where(better, children[leader], state.best),
            jnp.minimum(found[leader], state.best_loss),
            state.like,
            jax.random.split(state.key, 1)[0],
        )

    def genome(self, state: AgeingState) -> Genome:
        """The best that was ever evaluated."""
        return ravel_pytree(state.like)[1](state.best)


class RandomSearch(RegularisedEvolution):
    """Genomes of whole numbers that are drawn at random: nobody is a parent, whatever `population` and `sample` are."""

    def _child(self, state: AgeingState, index: jax.Array) -> jax.Array:
        key = jax.random.fold_in(state.key, index)
        return jax.random.randint(key, state.best.shape, 0, self.choices, state.members.dtype)
