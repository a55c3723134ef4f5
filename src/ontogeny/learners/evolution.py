"""Learn a task with an evolutionary algorithm."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import (
    Batch,
    Genome,
    Key,
    Layout,
    Learner,
    Metrics,
    State,
    StepCost,
    Strategy,
    Task,
    World,
    evaluate,
    flops,
    overall,
    using,
)  # fmt: skip
from ontogeny.core.cost import shapes, working_set
from ontogeny.core.devices import FEWEST, choose_layout
from ontogeny.lowrank import call


class EvolutionState(NamedTuple):
    """The state between two generations.

    Attributes:
        strategy: the strategy's state.
        world: what the task keeps.
        key: from which the batches come.
    """

    strategy: State
    world: World
    key: Key


class Evolution(Learner):
    """Each step is one generation of a strategy.

    Attributes:
        strategy: the algorithm.
        common_random_numbers: whether all members of a generation are evaluated on the same
            batch. That removes the luck of the draw from the comparison between them.
        devices: how many devices share the members; `None` for all (for one, if the task is threaded).
        chunk: members at once on each; `None` for what the cache holds.
    """

    strategy: Strategy
    common_random_numbers: bool = eqx.field(static=True, default=True)
    devices: int | None = eqx.field(static=True, default=None)
    chunk: int | None = eqx.field(static=True, default=None)

    def init(self, task: Task, key: Key) -> EvolutionState:
        """A new genome, and the strategy's first generation around it."""
        key_genome, key_world, key_strategy, key = jax.random.split(key, 4)
        state = self.strategy.init(task.init(key_genome), key_strategy)
        world = task.begin(key_world)
        batch = eqx.filter_eval_shape(task.draw, key, world)
        state = self.strategy.prepare(state, lambda genome, batch: task.loss(genome, batch)[0], batch)
        return EvolutionState(state, world, key)

    def step(self, task: Task, state: EvolutionState) -> tuple[EvolutionState, Metrics]:
        """One generation.

        Returns:
            The next state; `population_loss`, the mean loss of the members (of those that
            are finite), `best_loss`, the lowest, and `failed`, how many were not finite.
            Of several objectives they are about the mean.
        """
        key, key_draw = jax.random.split(state.key)
        common = task.draw(key_draw, state.world)

        def batch_of(index: jax.Array) -> Batch:
            own = jax.random.fold_in(key_draw, index)
            return common if self.common_random_numbers else task.draw(own, state.world)

        def member(index: jax.Array) -> Genome:
            return self.strategy.member(looked, index)

        with using(self.layout(task, state)):
            looked = self.strategy.look(state.strategy, task.outputs, common)
            losses = evaluate(
                lambda genome, index: call(task.loss, genome, batch_of(index))[0], member, self.strategy.popsize
            )
            told = self.strategy.tell(looked, losses)
        means = overall(losses)
        finite = jnp.isfinite(means)
        metrics = {
            "population_loss": jnp.mean(means, where=finite),
            "best_loss": jnp.nanmin(jnp.where(finite, means, jnp.inf)),
            "failed": jnp.sum(~finite).astype(jnp.float32),
        }
        world = state.world
        if jax.tree.leaves(world):
            best = jnp.argmin(jnp.where(finite, means, jnp.inf))
            batch = batch_of(best)
            world = task.settle(world, batch, call(task.loss, member(best), batch)[1])
        return EvolutionState(told, world, key), metrics

    def genome(self, state: EvolutionState) -> Genome:
        """The strategy's genome to keep."""
        return self.strategy.genome(state.strategy)

    def cost(self, task: Task, state: EvolutionState) -> StepCost:
        """One evaluation of the loss a member, and what the strategy looks at."""
        popsize = self.strategy.popsize
        genome, batch = self._example(task, state)

        def look(strategy: State, batch: Batch) -> State:
            return self.strategy.look(strategy, task.outputs, batch)

        work = popsize * flops(task.loss, genome, batch) + flops(look, shapes(state.strategy), batch)
        return StepCost(popsize * task.episodes, popsize * task.samples, work)

    def layout(self, task: Task, state: EvolutionState) -> Layout:
        """The devices and the chunk that generations are evaluated with."""
        # Only looked at where it matters: it takes two traces of the loss.
        own = 1 if self.chunk or self.strategy.popsize <= FEWEST else self._member_bytes(task, state)
        return choose_layout(self.strategy.popsize, own, self.devices, self.chunk, threaded=task.threaded)

    def _member_bytes(self, task: Task, state: EvolutionState) -> int:
        """What a member adds to the largest operation of a chunk; what members share is there once."""
        _, batch = self._example(task, state)

        def losses(strategy: State, batch: Batch, indices: jax.Array) -> jax.Array:
            def loss(index: jax.Array) -> jax.Array:
                value: jax.Array = call(task.loss, self.strategy.member(strategy, index), batch)[0]
                return value

            return jax.vmap(loss)(indices)

        def size(count: int) -> int:
            return working_set(losses, shapes(state.strategy), batch, jax.ShapeDtypeStruct((count,), jnp.int32))

        return max(1, (size(64) - size(32)) // 32)

    def _example(self, task: Task, state: EvolutionState) -> tuple[Genome, Batch]:
        genome = eqx.filter_eval_shape(self.genome, state)
        return genome, eqx.filter_eval_shape(task.draw, jax.random.key(0), state.world)
