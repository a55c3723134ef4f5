"""Evolutionary stochastic gradient descent (Cui et al. 2018, arXiv 1810.06773, algorithm 1)."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, Metrics, Task, World, overall
from ontogeny.errors import require
from ontogeny.learners.descent import Descent, DescentState, with_noise
from ontogeny.learners.members import joined, map_rows, mean_loss, new_genomes, rows, train_member
from ontogeny.learners.population import PopulationLearner
from ontogeny.strategies.recombination import mean
from ontogeny.strategies.selection import best_first


class EvolutionarySGDState(NamedTuple):
    """The state between two generations; members are best first.

    Attributes:
        members: genomes, stacked.
        cases: `(popsize, cases)`, what they were judged by.
        generation: integer scalar, from 1.
        world: what the task keeps, one for all members.
        key: from which everything random comes.
    """

    members: Genome
    cases: jax.Array
    generation: jax.Array
    world: World
    key: Key


class EvolutionarySGD(PopulationLearner):
    """Each step trains all members, takes back what made one worse, then lets children compete with them.

    A child is the mean of some members plus normal noise, whose deviation falls with the number of the generation. Of
    members and children the best are kept, and of the others some at random.

    Attributes:
        descent: how members are trained; its optimizer begins anew in each generation.
        popsize: members, 2 or more.
        children: how many are made in a generation, 1 or more.
        parents: of a child, 1 to `popsize`.
        steps: gradient steps of each member in a generation.
        sigma: standard deviation of the noise in the first generation, 0 or more; in the k-th, a k-th of it.
        elite: share of the population that is kept by merit, above 0, at most 1.
        spread: each member's learning rate is multiplied, anew in each generation, by a number between 1 over this and
            this, evenly on a logarithmic scale; 1 or more.
        chunk: members that are trained at once; `None` for what suits the machine.

    Raises:
        InputError: for a value out of range.
    """

    descent: Descent = Descent()
    popsize: int = eqx.field(static=True, default=20)
    children: int = eqx.field(static=True, default=20)
    parents: int = eqx.field(static=True, default=2)
    steps: int = eqx.field(static=True, default=600)
    sigma: float = eqx.field(static=True, default=0.01)
    elite: float = eqx.field(static=True, default=0.6)
    spread: float = eqx.field(static=True, default=3.0)
    chunk: int | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        for name in ("children", "steps"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give 1 or more")
        require(1 <= self.parents <= self.popsize, "parents", self.parents, f"give 1 to {self.popsize}")
        require(self.sigma >= 0, "sigma", self.sigma, "give 0 or more")
        require(0 < self.elite <= 1, "elite", self.elite, "give a share above 0, at most 1")
        require(self.spread >= 1, "spread", self.spread, "give a factor, 1 or more")
        require(self.chunk is None or self.chunk >= 1, "chunk", self.chunk, "give 1 or more")

    def init(self, task: Task, key: Key) -> EvolutionarySGDState:
        """New genomes, judged: what the first generation makes worse is taken back too."""
        key_members, key_world, key = jax.random.split(key, 3)
        members = new_genomes(task, jax.random.split(key_members, self.popsize))
        return EvolutionarySGDState(members, task.judge(members), jnp.int32(1), task.begin(key_world), key)

    def step(self, task: Task, state: EvolutionarySGDState) -> tuple[EvolutionarySGDState, Metrics]:
        """One generation.

        Returns:
            The next state; `population_loss`, the mean over members and batches; `best_case` and `worst_case`, the
            means of what the best and the worst kept member was judged by; `taken_back`, the share of members that
            training made worse; `born`, the share of kept members that are children.
        """
        key, key_rates, key_train, key_children, key_keep = jax.random.split(state.key, 5)
        width = math.log(self.spread)
        rates = jnp.exp(jax.random.uniform(key_rates, (self.popsize,), minval=-width, maxval=width))

        def train(each: tuple[Genome, jax.Array]) -> tuple[DescentState, jax.Array]:
            genome, rate = each
            optimizer = self.descent.optimizer.init(eqx.filter(genome, eqx.is_inexact_array))
            begun = DescentState(genome, optimizer, state.world, key_train)
            return train_member(self.descent, task, begun, self.steps, rate)

        grown, losses = map_rows(train, (state.members, rates), self.chunk)
        cases = task.judge(grown.genome)
        worse = ~(overall(cases) <= overall(state.cases))
        members, cases = _either(worse, (state.members, state.cases), (grown.genome, cases))
        young = self._children(members, state.generation, key_children)
        everyone, merits = joined(members, young), joined(cases, task.judge(young))
        order = best_first(merits)
        by_merit = max(1, round(self.elite * self.popsize))
        lucky = jax.random.permutation(key_keep, order[by_merit:])[: self.popsize - by_merit]
        kept = jnp.concatenate([order[:by_merit], lucky])
        # Best first again: the lucky ones may be in any order.
        kept = kept[best_first(merits[kept])]
        members, cases = rows((everyone, merits), kept)
        means = overall(cases)
        metrics = {
            "population_loss": mean_loss(losses),
            "best_case": means[0],
            "worst_case": means[-1],
            "taken_back": worse.mean(),
            "born": jnp.mean(kept >= self.popsize),
        }
        return EvolutionarySGDState(members, cases, state.generation + 1, rows(grown.world, 0), key), metrics

    def _children(self, members: Genome, generation: jax.Array, key: Key) -> Genome:
        arrays, static = eqx.partition(members, eqx.is_array)

        def child(key: Key) -> Any:
            key_parents, key_noise = jax.random.split(key)
            which = jax.random.choice(key_parents, self.popsize, (self.parents,), replace=False)
            return with_noise(mean(rows(arrays, which)), key_noise, self.sigma / generation)

        return eqx.combine(map_rows(child, jax.random.split(key, self.children), self.chunk), static)

    @property
    def training(self) -> tuple[Descent, int, int]:
        """All members; children are only judged."""
        return self.descent, self.popsize, self.steps

    @property
    def judged(self) -> int:
        """Members and children."""
        return self.popsize + self.children


def _either(first: jax.Array, one: Any, other: Any) -> Any:
    """Members of the one population where `first` is true, else of the other."""

    def select(a: Any, b: Any) -> Any:
        return jnp.where(first.reshape(-1, *(1,) * (a.ndim - 1)), a, b) if eqx.is_array(a) else a

    return jax.tree.map(select, one, other)
