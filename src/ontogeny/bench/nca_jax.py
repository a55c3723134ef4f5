"""Rollouts by Ontogeny, and by the plain `jax.vmap` that they are compared with."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.bench.growth import STEPS, Growth
from ontogeny.bench.outcome import Trial
from ontogeny.core import Genome, evaluate, using
from ontogeny.kernels.nca import plain_rollout
from ontogeny.lowrank import call
from ontogeny.nets.nca import NCA
from ontogeny.strategies.openes import OpenESState
from ontogeny.tasks.growing import GrowthBatch
from ontogeny.tasks.images import image_error


def given(growth: Growth) -> Trial:
    """`ontogeny.evaluate` of members that are there."""

    def losses(population: NCA, batch: GrowthBatch) -> jax.Array:
        return _evaluate(growth, batch, lambda index: jax.tree.map(lambda leaf: leaf[index], population))

    return _trial(losses, growth, growth.population)


def rebuilt(growth: Growth) -> Trial:
    """`ontogeny.evaluate` of members made from their keys, as training does."""

    def losses(state: OpenESState, batch: GrowthBatch) -> jax.Array:
        return _evaluate(growth, batch, lambda index: growth.strategy.member(state, index))

    return _trial(losses, growth, growth.state.strategy)


def vmapped(growth: Growth) -> Trial:
    """`jax.vmap` of the rollout in plain JAX."""

    def losses(population: NCA, batch: GrowthBatch) -> jax.Array:
        return jax.vmap(lambda genome: plain_loss(genome, growth.task.target, batch))(population)

    return _trial(losses, growth, growth.population)


def plain_loss(net: NCA, target: jax.Array, batch: GrowthBatch) -> jax.Array:
    """The loss of one rollout without compiled kernels."""
    steps, first = jnp.int32(STEPS), jnp.uint32(0)
    state = plain_rollout(net, batch.start[0], batch.words[0], steps, longest=STEPS, first=first)
    return image_error(state, target)


def _evaluate(growth: Growth, batch: GrowthBatch, member: Callable[[jax.Array], Genome]) -> jax.Array:
    def loss(genome: Genome, index: jax.Array) -> jax.Array:
        del index
        value: jax.Array = call(growth.task.loss, genome, batch)[0]
        return value

    with using(growth.layout):
        return evaluate(loss, member, growth.popsize)


def _trial(losses: Callable[..., jax.Array], growth: Growth, members: object) -> Trial:
    compiled = jax.jit(losses)
    return Trial(lambda: np.asarray(compiled(members, growth.batch)), growth.popsize)
