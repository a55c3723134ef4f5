"""Search of genotypes of whole numbers that asks next for what a predictor, told all losses so far, thinks best."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ontogeny.core import Genome, Key, Strategy, overall
from ontogeny.errors import require

_NOISE = 0.01
_PARENTS = 10
_WORST = 1e30
"""A loss that is not finite, told from where nothing was evaluated."""


class PredictorState(NamedTuple):
    """What is known, and what is asked for next.

    Attributes:
        members: `(capacity, genes)`, evaluated genotypes.
        losses: `(capacity,)`, infinite where nothing was evaluated yet.
        evaluated: how many were evaluated.
        children: `(popsize, genes)`, that are asked for.
        best: `(genes,)`, the best of all that were ever evaluated.
        best_loss: of it.
        like: a genome, for its form.
        key: from which the next candidates come.
    """

    members: jax.Array
    losses: jax.Array
    evaluated: jax.Array
    children: jax.Array
    best: jax.Array
    best_loss: jax.Array
    like: Genome
    key: Key


class PredictorSearch(Strategy):
    """A Gaussian process is told the ranks of all losses so far, and the most promising candidates are asked for next.

    Candidates are drawn at random and mutated from the best (White et al. 2021, BANANAS, with a Gaussian process for
    its networks). The kernel falls with the share of genes in which two genotypes differ, and with the distance of
    their `features` where there are any. Ranks, because accuracies of bad genotypes lie far below all others.

    Attributes:
        popsize: children of a generation, 1 or more.
        choices: values of a gene, 2 or more.
        first: genotypes that are drawn at random before anything is predicted, 2 or more.
        capacity: losses that are remembered, the oldest forgotten first.
        candidates: genotypes that the predictor chooses among, half of them mutants of the best.
        length: of the kernel, in shares of genes, above 0.
        curiosity: standard deviations that are taken off a predicted loss.
        features: `(choices**genes, count)`, numbers about each genotype, whose genes are digits to the base `choices`;
            none by default.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=1)
    choices: int = eqx.field(static=True, default=2)
    first: int = eqx.field(static=True, default=10)
    capacity: int = eqx.field(static=True, default=200)
    candidates: int = eqx.field(static=True, default=400)
    length: float = eqx.field(static=True, default=1.0)
    curiosity: float = eqx.field(static=True, default=0.5)
    features: jax.Array | None = None

    def __check_init__(self) -> None:
        require(self.popsize >= 1, "popsize", self.popsize, "give 1 or more")
        require(self.choices >= 2, "choices", self.choices, "give 2 or more")
        require(self.first >= 2, "first", self.first, "give 2 or more")
        hint = f"give {max(self.first, self.popsize)} or more, the first and the children"
        require(self.capacity >= max(self.first, self.popsize), "capacity", self.capacity, hint)
        require(self.candidates >= 2 * self.popsize, "candidates", self.candidates, "give twice the children or more")
        require(self.length > 0, "length", self.length, "give a share above 0")
        require(self.curiosity >= 0, "curiosity", self.curiosity, "give 0 or more")

    def init(self, genome: Genome, key: Key) -> PredictorState:
        """Nothing is known; the first children are drawn at random."""
        flat, _ = ravel_pytree(genome)
        members = jnp.zeros((self.capacity, flat.size), flat.dtype)
        key, key_first = jax.random.split(key)
        children = self._random(key_first, self.popsize, members)
        nobody = jnp.full(self.capacity, jnp.inf)
        none = jnp.zeros((), jnp.int32)
        return PredictorState(members, nobody, none, children, flat, jnp.float32(jnp.inf), genome, key)

    def member(self, state: PredictorState, index: jax.Array) -> Genome:
        """One child."""
        return ravel_pytree(state.like)[1](state.children[index])

    def tell(self, state: PredictorState, losses: jax.Array) -> PredictorState:
        """The predictor is told, and chooses the next children."""
        found = jnp.nan_to_num(overall(losses), nan=jnp.inf, posinf=jnp.inf)
        places = (state.evaluated + jnp.arange(self.popsize)) % self.capacity
        members = state.members.at[places].set(state.children)
        known = state.losses.at[places].set(jnp.minimum(found, _WORST))
        leader = jnp.argmin(found)
        better = found[leader] < state.best_loss
        evaluated = state.evaluated + self.popsize
        key, key_random, key_child = jax.random.split(state.key, 3)
        drawn = self._random(key_random, self.popsize, members)
        chosen = self._chosen(members, known, key_child)
        children = jnp.where(evaluated < self.first, drawn, chosen)
        best = jnp.where(better, state.children[leader], state.best)
        best_loss = jnp.minimum(found[leader], state.best_loss)
        return PredictorState(members, known, evaluated, children, best, best_loss, state.like, key)

    def genome(self, state: PredictorState) -> Genome:
        """The best that was ever evaluated."""
        return ravel_pytree(state.like)[1](state.best)

    def _random(self, key: Key, count: int, like: jax.Array) -> jax.Array:
        return jax.random.randint(key, (count, like.shape[1]), 0, self.choices, like.dtype)

    def _chosen(self, members: jax.Array, losses: jax.Array, key: Key) -> jax.Array:
        """Of candidates that were not evaluated, those with the lowest end of what is predicted."""
        key_random, key_parent, key_gene, key_value = jax.random.split(key, 4)
        half = self.candidates // 2
        parents = members[jnp.argsort(losses)[jax.random.randint(key_parent, (half,), 0, _PARENTS)]]
        gene = jax.random.randint(key_gene, (half,), 0, members.shape[1])
        further = jax.random.randint(key_value, (half,), 1, self.choices, members.dtype)
        rows = jnp.arange(half)
        mutants = parents.at[rows, gene].set((parents[rows, gene] + further) % self.choices)
        pool = jnp.concatenate([self._random(key_random, self.candidates - half, members), mutants])
        there = jnp.isfinite(losses)
        mean, deviation = self._predicted(members, losses, there, pool)
        again = ((pool[:, None] == members[None]).all(2) & there[None]).any(1)
        same = (pool[:, None] == pool[None]).all(2)
        place = jnp.arange(len(pool))
        again |= (same & (place[:, None] < place[None])).any(0)
        return pool[jnp.argsort(jnp.where(again, jnp.inf, mean - self.curiosity * deviation))[: self.popsize]]

    def _predicted(
        self, members: jax.Array, losses: jax.Array, there: jax.Array, pool: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Mean and standard deviation of each candidate's normal score among the losses."""
        count = there.sum()
        rank = (losses[:, None] > losses[None]).sum(1) + 0.5
        value = jnp.where(there, jax.scipy.stats.norm.ppf(jnp.clip(rank / count, 1e-3, 1 - 1e-3)), 0.0)
        both = there[:, None] & there[None]
        among = jnp.where(both, self._kernel(members, members), 0.0)
        among += jnp.diag(jnp.where(there, _NOISE, 1.0))
        across = jnp.where(there[None], self._kernel(pool, members), 0.0)
        factor = jax.scipy.linalg.cho_factor(among, lower=True)
        mean = across @ jax.scipy.linalg.cho_solve(factor, value)
        left = jax.scipy.linalg.solve_triangular(factor[0], across.T, lower=True)
        return mean, jnp.sqrt(jnp.maximum(1 - (left**2).sum(0), 1e-9))

    def _kernel(self, one: jax.Array, other: jax.Array) -> jax.Array:
        apart = (one[:, None] != other[None]).mean(2) / self.length
        if self.features is not None:
            base = self.choices ** jnp.arange(one.shape[1] - 1, -1, -1)
            mine, its = (self.features[(each * base).sum(1)] for each in (one, other))
            far = ((mine[:, None] - its[None]) ** 2).mean(2)
            apart = apart / 2 + far / 2
        return jnp.exp(-apart)
