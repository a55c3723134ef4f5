"""Learn a task by gradient descent."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Aux, Batch, Genome, Key, Learner, Metrics, StepCost, Task, World, flops
from ontogeny.core.cost import shapes
from ontogeny.errors import require


class DescentState(NamedTuple):
    """The state between two steps.

    Attributes:
        genome: what is learned.
        optimizer: the optimizer's state.
        world: what the task keeps.
        key: from which the batches come.
    """

    genome: Genome
    optimizer: optax.OptState
    world: World
    key: Key


class Descent(Learner):
    """Each step is one update by an optax optimizer.

    Attributes:
        optimizer: any optax optimizer; it is given the loss as `value`.
        normalise: whether the gradient of each array is divided by its norm first
            (Mordvintsev et al. 2020).
        clip: largest global norm of the gradient, above 0; `None` for no limit.
        batches: batches that the gradient is averaged over, 1 or more.
        weight_noise: standard deviation of the normal noise that the weights carry while a gradient is
            taken, drawn anew for each batch; 0 for none. With it, descent follows the smoothed loss that
            evolution strategies of the same sigma follow.

    Raises:
        InputError: for a value out of range.
    """

    optimizer: optax.GradientTransformation = eqx.field(static=True, default=optax.adam(2e-3))
    normalise: bool = eqx.field(static=True, default=False)
    clip: float | None = eqx.field(static=True, default=None)
    batches: int = eqx.field(static=True, default=1)
    weight_noise: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        require(self.clip is None or self.clip > 0, "clip", self.clip, "give a norm above 0")
        require(self.batches >= 1, "batches", self.batches, "give 1 or more")
        require(self.weight_noise >= 0, "weight_noise", self.weight_noise, "give a standard deviation, 0 or more")

    def init(self, task: Task, key: Key) -> DescentState:
        """A new genome."""
        key_genome, key_world, key = jax.random.split(key, 3)
        genome = task.init(key_genome)
        weights = eqx.filter(genome, eqx.is_inexact_array)
        return DescentState(genome, self.optimizer.init(weights), task.begin(key_world), key)

    def step(self, task: Task, state: DescentState) -> tuple[DescentState, Metrics]:
        """One update.

        Returns:
            The next state; `population_loss`, the loss on the batch (of the noisy weights, where they are),
            and `gradient_norm`.
        """
        key, key_draw = jax.random.split(state.key)
        world, losses, gradients = state.world, [], []
        for number in range(self.batches):
            batch = task.draw(jax.random.fold_in(key_draw, number), world)
            key_noise = jax.random.fold_in(key_draw, self.batches + number)
            genome = with_noise(state.genome, key_noise, self.weight_noise) if self.weight_noise else state.genome
            (loss, aux), gradient = _gradient(task, genome, batch)
            world = task.settle(world, batch, aux)
            losses.append(loss)
            gradients.append(gradient)
        loss = jnp.mean(jnp.stack(losses))
        gradient = jax.tree.map(lambda *each: sum(each) / self.batches, *gradients)
        norm = optax.tree.norm(gradient)
        if self.normalise:
            gradient = jax.tree.map(lambda g: g / (jnp.linalg.norm(g) + 1e-8), gradient)
        if self.clip is not None:
            gradient, _ = optax.clip_by_global_norm(self.clip).update(gradient, optax.EmptyState())
        optimizer = optax.with_extra_args_support(self.optimizer)
        weights = eqx.filter(state.genome, eqx.is_inexact_array)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer, weights, value=loss)
        genome = eqx.apply_updates(state.genome, updates)
        metrics = {"population_loss": loss, "gradient_norm": norm}
        return DescentState(genome, optimizer_state, world, key), metrics

    def genome(self, state: DescentState) -> Genome:
        """The current genome."""
        return state.genome

    def cost(self, task: Task, state: DescentState) -> StepCost:
        """One evaluation and one gradient a batch."""
        batch = eqx.filter_eval_shape(task.draw, jax.random.key(0), state.world)
        per_batch = flops(lambda genome, batch: _gradient(task, genome, batch), shapes(state.genome), batch)
        count = self.batches
        return StepCost(count * task.episodes, count * task.samples, count * per_batch)


def _gradient(task: Task, genome: Genome, batch: Batch) -> tuple[tuple[jax.Array, Aux], Any]:
    def loss(genome: Genome) -> tuple[jax.Array, Aux]:
        value, aux = task.loss(genome, batch)
        return value.mean(), aux

    result: tuple[tuple[jax.Array, Aux], Any] = eqx.filter_value_and_grad(loss, has_aux=True)(genome)
    return result


def with_noise(genome: Genome, key: Key, deviation: jax.Array | float) -> Genome:
    """A genome with normal noise on all its floating-point arrays.

    Args:
        genome: a pytree.
        key: random key.
        deviation: standard deviation of the noise.
    """
    weights, rest = eqx.partition(genome, eqx.is_inexact_array)
    leaves, structure = jax.tree.flatten(weights)
    keys = jax.random.split(key, len(leaves))
    moved = [
        leaf + deviation * jax.random.normal(k, leaf.shape, leaf.dtype) for leaf, k in zip(leaves, keys, strict=True)
    ]
    return eqx.combine(jax.tree.unflatten(structure, moved), rest)
