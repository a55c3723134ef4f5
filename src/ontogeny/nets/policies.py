"""Nets that act: with weights that stay, with a memory, or with synapses that change while they act."""

from __future__ import annotations

import abc
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.nets.sharing import SHARINGS, Sharing

Memory: TypeAlias = Any
"""What a policy keeps from one step to the next: any tree of arrays, or `None`."""

Weights: TypeAlias = tuple[jax.Array, jax.Array]
"""Of hidden neurons, `(inputs + 1, width)`, and of actions, `(width + 1, actions)`; the last row is the bias."""


class Policy(eqx.Module):
    """A net with one hidden layer of tanh neurons that acts on what it perceives."""

    @abc.abstractmethod
    def begin(self, key: Key) -> Memory:
        """What is kept at the beginning of a life.

        Args:
            key: random key.
        """

    @abc.abstractmethod
    def act(self, memory: Memory, perceived: jax.Array) -> tuple[Memory, jax.Array]:
        """One step.

        Args:
            memory: as `begin` or the step before returned it.
            perceived: `(inputs,)`.

        Returns:
            The memory, and the action, `(actions,)` numbers from -1 to 1.
        """


class StaticPolicy(Policy):
    """The weights evolve, and stay for life.

    Attributes:
        weights: as `Weights` has them.
    """

    weights: Weights

    @classmethod
    def create(cls, key: Key, inputs: int, width: int, actions: int) -> StaticPolicy:
        """New weights, normal with a variance of 1 / senders."""
        return cls(_weights(key, inputs, width, actions))

    def begin(self, key: Key) -> None:
        """Nothing."""
        del key

    def act(self, memory: None, perceived: jax.Array) -> tuple[None, jax.Array]:
        """One step."""
        return memory, _forward(self.weights, perceived)[-1]


class RecurrentPolicy(Policy):
    """The weights evolve and stay; what hidden neurons did comes in again in the next step (Elman 1990).

    Attributes:
        weights: as `Weights` has them.
        recurrent: `(width, width)`, from the step before to this one.
    """

    weights: Weights
    recurrent: jax.Array

    @classmethod
    def create(cls, key: Key, inputs: int, width: int, actions: int) -> RecurrentPolicy:
        """New weights, normal with a variance of 1 / senders."""
        first, second = jax.random.split(key)
        recurrent = jax.random.normal(second, (width, width)) / jnp.sqrt(width)
        return cls(_weights(first, inputs, width, actions), recurrent)

    def begin(self, key: Key) -> jax.Array:
        """Hidden neurons at rest, `(width,)`."""
        del key
        return jnp.zeros(len(self.recurrent))

    def act(self, memory: jax.Array, perceived: jax.Array) -> tuple[jax.Array, jax.Array]:
        """One step."""
        hidden, action = _forward(self.weights, perceived, memory @ self.recurrent)
        return hidden, action


class HebbianPolicy(Policy):
    """Only rules evolve: a life begins with random weights, which change after each step (Najarro & Risi 2020).

    A synapse changes by `rate` times A·sender·receiver + B·sender + C·receiver + D.

    Attributes:
        rules: of each layer; a table is [[A, B], [C, D]].
        shapes: senders and receivers of each layer.
        start: standard deviation of first weights, 0 or more.
        rate: what changes are multiplied by, above 0.
        most: weights stay between minus this and this.
    """

    rules: tuple[Sharing, Sharing]
    shapes: tuple[tuple[int, int], tuple[int, int]] = eqx.field(static=True)
    start: float = eqx.field(static=True, default=0.1)
    rate: float = eqx.field(static=True, default=0.1)
    most: float = eqx.field(static=True, default=3.0)

    @classmethod
    def create(
        cls,
        key: Key,
        inputs: int,
        width: int,
        actions: int,
        sharing: str = "synapse",
        clusters: int = 16,
        start: float = 0.1,
        rate: float = 0.1,
    ) -> HebbianPolicy:
        """New rules, standard normal.

        Args:
            key: random key.
            inputs: numbers that are perceived.
            width: hidden neurons.
            actions: numbers in an action.
            sharing: which synapses share a rule, one of `SHARINGS`.
            clusters: of synapses, where those share.
            start: standard deviation of first weights.
            rate: what changes are multiplied by.
        """
        shapes = ((inputs + 1, width), (width + 1, actions))
        keys = jax.random.split(key)
        first, second = (
            SHARINGS[sharing](each, (2, 2), shape, 1.0, clusters) for each, shape in zip(keys, shapes, strict=True)
        )
        return cls((first, second), shapes, start, rate)

    def begin(self, key: Key) -> Weights:
        """Normal weights."""
        keys = jax.random.split(key)
        first, second = (
            self.start * jax.random.normal(each, shape) for each, shape in zip(keys, self.shapes, strict=True)
        )
        return first, second

    def act(self, memory: Weights, perceived: jax.Array) -> tuple[Weights, jax.Array]:
        """One step, after which the synapses change by what they joined."""
        layers = (perceived, *_forward(memory, perceived))
        changed = [
            jnp.clip(weights + self.rate * _change(rules.table, _biased(sender), receiver), -self.most, self.most)
            for weights, rules, sender, receiver in zip(memory, self.rules, layers, layers[1:], strict=False)
        ]
        return (changed[0], changed[1]), layers[-1]


def _biased(activity: jax.Array) -> jax.Array:
    return jnp.append(activity, 1.0)


def _forward(weights: Weights, perceived: jax.Array, again: jax.Array | float = 0.0) -> tuple[jax.Array, jax.Array]:
    hidden = jnp.tanh(_biased(perceived) @ weights[0] + again)
    return hidden, jnp.tanh(_biased(hidden) @ weights[1])


def _change(table: jax.Array, sender: jax.Array, receiver: jax.Array) -> jax.Array:
    (both, before), (after, always) = table
    changed: jax.Array = (both * receiver + before) * sender[:, None] + after * receiver + always
    return changed


def _weights(key: Key, inputs: int, width: int, actions: int) -> Weights:
    first, second = jax.random.split(key)
    return (
        jax.random.normal(first, (inputs + 1, width)) / jnp.sqrt(inputs + 1),
        jax.random.normal(second, (width + 1, actions)) / jnp.sqrt(width + 1),
    )
