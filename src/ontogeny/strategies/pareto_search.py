"""A genetic algorithm on genotypes of whole numbers under several losses, with mutation rates that it learns."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ontogeny.core import Genome, Key, Strategy
from ontogeny.errors import require
from ontogeny.strategies.pareto_order import again, lost, pareto_order

_LEARNING = 0.3
_RATES = (0.02, 0.8)


class ParetoState(NamedTuple):
    """Who may have children.

    Attributes:
        members: `(parents, genes)`, best first.
        rates: `(parents,)`, with which each changes a gene of a child, 0 to 1.
        losses: `(parents, objectives)`, infinite where nobody lives yet.
        generation: 0 before the first.
        like: a genome, for its form.
        key: from which this generation's children come.
    """

    members: jax.Array
    rates: jax.Array
    losses: jax.Array
    generation: jax.Array
    like: Genome
    key: Key


class ParetoSearch(Strategy):
    """Children of parents that nobody dominates, crossed gene by gene and mutated (Reolon 2021; Deb et al. 2002).

    Who survives: those dominated by fewest, and among equals those whose ranks in the losses have the smallest sum, as
    TE-NAS cuts (Chen et al. 2021). Of equal genotypes one survives. Each member carries its own rate of mutation, which
    changes by a log-normal factor before it is used, so that good rates survive with their members (Schwefel 1981).

    Attributes:
        popsize: children of a generation, 2 or more.
        objectives: losses, 1 or more.
        choices: values of a gene, 2 or more.
        parents: who survives, 1 or more, and with `plus` false at most `popsize`.
        plus: whether parents compete with their children, (μ + λ), or die, (μ, λ).
        crossover: share of the children that have two parents, 0 to 1.
        rate: first rate of mutation, above 0, at most 0.8.
        strict: whether one dominates another only where it is better in every loss, as the text's program has it.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=30)
    objectives: int = eqx.field(static=True, default=3)
    choices: int = eqx.field(static=True, default=5)
    parents: int = eqx.field(static=True, default=5)
    plus: bool = eqx.field(static=True, default=True)
    crossover: float = eqx.field(static=True, default=0.3)
    rate: float = eqx.field(static=True, default=0.3)
    strict: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        require(self.objectives >= 1, "objectives", self.objectives, "give 1 or more")
        require(self.choices >= 2, "choices", self.choices, "give 2 or more")
        most = "give 1 or more" if self.plus else f"give 1 to {self.popsize}, the children"
        require(self.parents >= 1 and (self.plus or self.parents <= self.popsize), "parents", self.parents, most)
        require(0 <= self.crossover <= 1, "crossover", self.crossover, "give a share from 0 to 1")
        require(0 < self.rate <= _RATES[1], "rate", self.rate, f"give a rate above 0, at most {_RATES[1]}")

    def init(self, genome: Genome, key: Key) -> ParetoState:
        """Nobody lives yet; the form is that of the genome."""
        flat, _ = ravel_pytree(genome)
        nobody = jnp.full((self.parents, self.objectives), jnp.inf)
        members = jnp.tile(flat, (self.parents, 1))
        return ParetoState(members, jnp.full(self.parents, self.rate), nobody, jnp.zeros((), jnp.int32), genome, key)

    def member(self, state: ParetoState, index: jax.Array) -> Genome:
        """A child, or in the first generation a genotype drawn at random."""
        return ravel_pytree(state.like)[1](self._child(state, index)[0])

    def pair(self, key: Key) -> jax.Array:
        """The places of two parents, any of the members, `(2,)`."""
        return jax.random.randint(key, (2,), 0, self.parents)

    def _child(self, state: ParetoState, index: jax.Array) -> tuple[jax.Array, jax.Array]:
        keys = jax.random.split(jax.random.fold_in(state.key, index), 7)
        genes = state.members.shape[1]
        dtype = state.members.dtype
        one, other = self.pair(keys[0])
        crossed = jax.random.bernoulli(keys[1], self.crossover) & jax.random.bernoulli(keys[2], 0.5, (genes,))
        body = jnp.where(crossed, state.members[other], state.members[one])
        rate = state.rates[one] * jnp.exp(_LEARNING * jax.random.normal(keys[3]))
        rate = jnp.clip(rate, *_RATES)
        # One gene at least changes: a copy would say nothing new.
        changed = jax.random.bernoulli(keys[4], rate, (genes,)) | (
            jnp.arange(genes) == jax.random.randint(keys[5], (), 0, genes)
        )
        further = jax.random.randint(keys[6], (genes,), 1, self.choices, dtype)
        child = jnp.where(changed, (body + further) % self.choices, body)
        first = jax.random.randint(keys[6], (genes,), 0, self.choices, dtype)
        begun = state.generation == 0
        return jnp.where(begun, first, child), jnp.where(begun, self.rate, rate)

    def tell(self, state: ParetoState, losses: jax.Array) -> ParetoState:
        """The best of the children, and of the parents where they compete, have the next children."""
        children, rates = jax.vmap(lambda index: self._child(state, index))(jnp.arange(self.popsize))
        found = jnp.nan_to_num(losses.reshape(self.popsize, -1), nan=jnp.inf, posinf=jnp.inf)
        if self.plus:
            # Parents first: of equals the one that is known already survives.
            children = jnp.concatenate([state.members, children])
            rates = jnp.concatenate([state.rates, rates])
            found = jnp.concatenate([state.losses, found])
        order = self.order(children, found)[: self.parents]
        after = jax.random.split(state.key, 1)[0]
        return ParetoState(children[order], rates[order], found[order], state.generation + 1, state.like, after)

    def keep(self, state: ParetoState, places: jax.Array, losses: jax.Array) -> ParetoState:
        """Children that were chosen by something else have the next children, and parents die.

        Args:
            state: whose children are meant.
            places: `(parents,)`, of children.
            losses: `(parents, objectives)`, theirs.
        """
        children, rates = jax.vmap(lambda index: self._child(state, index))(places)
        found = jnp.nan_to_num(losses, nan=jnp.inf, posinf=jnp.inf)
        order = self.order(children, found)
        after = jax.random.split(state.key, 1)[0]
        return ParetoState(children[order], rates[order], found[order], state.generation + 1, state.like, after)

    def order(self, genotypes: jax.Array, losses: jax.Array) -> jax.Array:
        """Places from best to worst.

        Args:
            genotypes: `(count, genes)`.
            losses: `(count, objectives)`.

        Returns:
            `(count,)` whole numbers.
        """
        return pareto_order(genotypes, losses, strict=self.strict)

    @staticmethod
    def again(genotypes: jax.Array) -> jax.Array:
        """Whether each came before, `(count,)`."""
        return again(genotypes)

    @staticmethod
    def lost(losses: jax.Array) -> jax.Array:
        """Whether each has a loss that is not finite, `(count,)`."""
        return lost(losses)

    def genome(self, state: ParetoState) -> Genome:
        """The best by that order."""
        return ravel_pytree(state.like)[1](state.members[0])
