"""Rollouts by CAX of members that evosax draws, as CAX's example 52_growing_nca_es does."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from cax.core import ComplexSystem
from cax.core.perceive import ConvPerceive, grad_kernel, identity_kernel
from cax.core.update import NCAUpdate
from evosax.algorithms import Open_ES
from flax import nnx

from ontogeny.bench.growth import SIGMA, STEPS, Growth
from ontogeny.bench.outcome import Trial
from ontogeny.nets.nca import NCA

_FILTERS, _VISIBLE = 3, 4


class Automaton(ComplexSystem):  # type: ignore[misc]
    """The automaton of `ontogeny.NCA`, of the parts of CAX's example.

    Args:
        net: whose weights it takes.
    """

    def __init__(self, net: NCA) -> None:
        rngs = nnx.Rngs(0)
        channels, (hidden, seen) = net.channels, net.hidden.weight.shape
        self.perceive = ConvPerceive(
            channel_size=channels, perception_size=seen, feature_group_count=channels, rngs=rngs
        )
        self.update = NCAUpdate(
            channel_size=channels,
            perception_size=seen,
            hidden_layer_sizes=(hidden,),
            cell_dropout_rate=1 - net.fire_rate,
            rngs=rngs,
        )
        gradients = grad_kernel(ndim=2)[..., ::-1]  # along x first
        filters = jnp.concatenate([identity_kernel(ndim=2), gradients], axis=-1)
        self.perceive.conv.kernel[...] = jnp.tile(filters, channels)[..., None, :]
        first, second = self.update.layers
        weight = visible_last(net.hidden.weight.reshape(hidden, channels, _FILTERS), 1)
        first.kernel[...] = weight.reshape(hidden, seen).T[None, None]
        # Dropout divides what it keeps by the rate.
        second.kernel[...] = net.fire_rate * visible_last(net.output.weight, 0).T[None, None]

    def _step(self, state: jax.Array, input: object = None, *, sow: bool = False) -> jax.Array:
        del sow
        new: jax.Array = self.update(state, self.perceive(state), input)
        return new


def visible_last(array: jax.Array, axis: int) -> jax.Array:
    """The channels along an axis in CAX's order: red, green, blue and alpha are the last four."""
    return jnp.roll(array, -_VISIBLE, axis)


def asked(growth: Growth) -> Trial:
    """Draw members around the trained automaton and evaluate all under one `nnx.vmap`.

    The fire masks are CAX's own, one mask an update for all members.
    """
    system = Automaton(growth.net)
    target, start = growth.task.target, visible_last(growth.task.seed, -1)
    weights = nnx.All(nnx.Param, nnx.PathContains("update"))
    mean = nnx.state(system, weights)
    strategy = Open_ES(
        population_size=growth.few,
        solution=mean,
        optimizer=optax.adam(3e-3),
        # Dropout doubles what the output layer says, its noise as well.
        std_schedule=optax.constant_schedule(SIGMA * growth.net.fire_rate),
    )
    parameters = strategy.default_params
    state = strategy.init(jax.random.key(0), mean, parameters)

    def loss(system: Any, start: jax.Array) -> jax.Array:
        end = system(start, num_steps=STEPS)
        return jnp.mean((end[..., -_VISIBLE:] - target) ** 2)

    @jax.jit
    def evaluate(parts: Any, state: Any, key: jax.Array) -> jax.Array:
        system = nnx.merge(graph, parts)
        population, _ = strategy.ask(key, state, parameters)
        nnx.update(system, population)
        axes = nnx.StateAxes({weights: 0, ...: None})
        losses: jax.Array = nnx.vmap(loss, in_axes=(axes, None))(system, start)
        return losses

    # Functional, so that a call leaves nothing behind: neither the population nor the state of random numbers.
    graph, parts = nnx.split(system)
    return Trial(lambda: np.asarray(evaluate(parts, state, jax.random.key(1))), growth.few)
