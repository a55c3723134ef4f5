"""Population based training (Jaderberg et al. 2017, arXiv 1711.09846)."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Genome, Key, Metrics, Task, World, overall
from ontogeny.errors import require
from ontogeny.learners.descent import Descent, DescentState
from ontogeny.learners.members import map_rows, mean_loss, new_genomes, new_optimizers, rows, train_member
from ontogeny.learners.population import PopulationLearner
from ontogeny.strategies.selection import best_first


class PopulationBasedState(NamedTuple):
    """The state between two generations; members are best first.

    Attributes:
        members: genomes, stacked.
        optimizers: states of their optimizers, stacked.
        rates: `(popsize,)`, what their learning rates are multiplied with.
        cases: `(popsize, cases)`, what they were judged by; infinite before the first time.
        world: what the task keeps, one for all members.
        key: from which everything random comes.
    """

    members: Genome
    optimizers: optax.OptState
    rates: jax.Array
    cases: jax.Array
    world: World
    key: Key


class PopulationBased(PopulationLearner):
    """Each step, the worst copy the best (exploit) and change their learning rate (explore); then all are trained.

    The first step has nobody to copy. After each, members stand as they were judged, none of them copied.

    Attributes:
        descent: how members are trained; each multiplies its learning rate by a number of its own.
        popsize: members, 2 or more.
        steps: gradient steps of each member in a generation.
        fraction: share of the members that copy one of as many best ones, above 0, at most a half.
        change: what a copied rate is multiplied or divided by, above 1.
        spread: rates at first lie between 1 over this and this, evenly on a logarithmic scale; 1 or more.
        chunk: members that are trained at once; `None` for what suits the machine.

    Raises:
        InputError: for a value out of range.
    """

    descent: Descent = Descent()
    popsize: int = eqx.field(static=True, default=20)
    steps: int = eqx.field(static=True, default=600)
    fraction: float = eqx.field(static=True, default=0.2)
    change: float = eqx.field(static=True, default=1.2)
    spread: float = eqx.field(static=True, default=3.0)
    chunk: int | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        require(self.steps >= 1, "steps", self.steps, "give 1 or more")
        require(0 < self.fraction <= 0.5, "fraction", self.fraction, "give a share above 0, at most 0.5")
        require(self.change > 1, "change", self.change, "give a factor above 1")
        require(self.spread >= 1, "spread", self.spread, "give a factor, 1 or more")
        require(self.chunk is None or self.chunk >= 1, "chunk", self.chunk, "give 1 or more")

    def init(self, task: Task, key: Key) -> PopulationBasedState:
        """New genomes with rates of their own; not judged yet."""
        key_members, key_rates, key_world, key = jax.random.split(key, 4)
        members = new_genomes(task, jax.random.split(key_members, self.popsize))
        width = math.log(self.spread)
        rates = jnp.exp(jax.random.uniform(key_rates, (self.popsize,), minval=-width, maxval=width))
        cases = eqx.filter_eval_shape(task.judge, members)
        optimizers = new_optimizers(self.descent, members)
        unjudged = jnp.full(cases.shape, jnp.inf, cases.dtype)
        return PopulationBasedState(members, optimizers, rates, unjudged, task.begin(key_world), key)

    def step(self, task: Task, state: PopulationBasedState) -> tuple[PopulationBasedState, Metrics]:
        """One generation.

        Returns:
            The next state; `population_loss`, the mean over members and batches; `best_case` and `worst_case`, the
            means of what the best and the worst member was judged by; `rate`, the median of the rates.
        """
        key, key_train, key_copy = jax.random.split(state.key, 3)
        begun = self._copied(state, key_copy)

        def train(each: tuple[Genome, Any, jax.Array]) -> tuple[DescentState, jax.Array]:
            genome, optimizer, rate = each
            member = DescentState(genome, optimizer, state.world, key_train)
            return train_member(self.descent, task, member, self.steps, rate)

        grown, losses = map_rows(train, (begun.members, begun.optimizers, begun.rates), self.chunk)
        cases = task.judge(grown.genome)
        order = best_first(cases)
        members, optimizers, rates, cases = rows((grown.genome, grown.optimizer, begun.rates, cases), order)
        means = overall(cases)
        metrics = {
            "population_loss": mean_loss(losses),
            "best_case": means[0],
            "worst_case": means[-1],
            "rate": jnp.median(rates),
        }
        return PopulationBasedState(members, optimizers, rates, cases, rows(grown.world, 0), key), metrics

    def _copied(self, state: PopulationBasedState, key: Key) -> PopulationBasedState:
        key_model, key_change = jax.random.split(key)
        copies = min(max(1, round(self.fraction * self.popsize)), self.popsize // 2)
        models = jax.random.randint(key_model, (copies,), 0, copies)
        kept = self.popsize - copies
        judged = ~jnp.isinf(state.cases).all()
        order = jnp.where(judged, jnp.concatenate([jnp.arange(kept), models]), jnp.arange(self.popsize))
        members, optimizers, rates = rows((state.members, state.optimizers, state.rates), order)
        factors = jnp.where(jax.random.bernoulli(key_change, shape=(copies,)), self.change, 1 / self.change)
        rates = rates.at[kept:].multiply(jnp.where(judged, factors, 1))
        return state._replace(members=members, optimizers=optimizers, rates=rates)

    @property
    def training(self) -> tuple[Descent, int, int]:
        """All members."""
        return self.descent, self.popsize, self.steps
