"""Plasticity rules: how a synapse changes by what the two neurons do that it joins."""

from __future__ import annotations

import abc
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.nets.nca import Dense
from ontogeny.nets.plastic import Firing


class Tables(NamedTuple):
    """Changes of weights, by features of the neurons that a synapse joins; `None` for synapses that do not change.

    Attributes:
        input: `(input features, neuron features)`.
        recurrent: `(neuron features, neuron features)`, of the sender and the receiver.
        read_out: `(neuron features, 2)`: to an output that should be lower, and to one that should be higher.
    """

    input: jax.Array | None
    recurrent: jax.Array | None
    read_out: jax.Array


class Rules(eqx.Module):
    """Rules of one net; the module itself is the genome.

    A change is a product of three: features of the sender, a table, features of the receiver. So all changes of a layer
    are one product of low rank, whatever a rule looks at.
    """

    @property
    @abc.abstractmethod
    def tables(self) -> Tables:
        """The changes."""

    @abc.abstractmethod
    def neurons(self, firing: Firing) -> jax.Array:
        """Features of the neurons, `(width, neuron features)`."""

    @abc.abstractmethod
    def inputs(self, sample: jax.Array) -> jax.Array:
        """Features of the inputs, `(inputs, input features)`."""


class TableRules(Rules):
    """A number for each pair of firing codes (Cristian et al. 2021, section 2).

    Attributes:
        input: `(1, codes)`: what the input is does not count; or `None`.
        recurrent: `(codes, codes)`; or `None`.
        read_out: `(codes, 2)`.
    """

    input: jax.Array | None
    recurrent: jax.Array | None
    read_out: jax.Array

    @classmethod
    def create(cls, key: Key, codes: int, input: bool, recurrent: bool, scale: float = 1.0) -> TableRules:
        """Normal numbers.

        Args:
            key: random key.
            codes: how many there are.
            input: whether input synapses change.
            recurrent: whether recurrent synapses change.
            scale: standard deviation.
        """
        shapes = ((1, codes), (codes, codes), (codes, 2))
        keys = jax.random.split(key, 3)
        made = [scale * jax.random.normal(each, shape) for each, shape in zip(keys, shapes, strict=True)]
        return cls(made[0] if input else None, made[1] if recurrent else None, made[2])

    @property
    def tables(self) -> Tables:
        """As they stand."""
        return Tables(self.input, self.recurrent, self.read_out)

    def neurons(self, firing: Firing) -> jax.Array:
        """1 in the place of the code, else 0."""
        return jax.nn.one_hot(firing.codes, self.read_out.shape[0])

    def inputs(self, sample: jax.Array) -> jax.Array:
        """All alike."""
        return jnp.ones((len(sample), 1))


class NetworkRules(Rules):
    """A small network of the two firing codes, bit by bit, instead of a table (Cristian et al. 2021, section 2).

    It has far fewer numbers than a table where neurons fire often, and says something about pairs of codes that never
    came up.

    Attributes:
        recurrent: hidden and output layer, from the bits of both codes to a change; or `None`.
        read_out: the same, from the bits of one code to the two changes.
        rounds: bits of a code.
    """

    recurrent: tuple[Dense, Dense] | None
    read_out: tuple[Dense, Dense]
    rounds: int = eqx.field(static=True)

    @classmethod
    def create(cls, key: Key, rounds: int, recurrent: bool, hidden: int = 20) -> NetworkRules:
        """Normal weights that keep the scale of what passes.

        Args:
            key: random key.
            rounds: bits of a code.
            recurrent: whether recurrent synapses change.
            hidden: units.
        """
        keys = jax.random.split(key)
        layers = [
            _small(each, size, hidden, out) for each, size, out in zip(keys, (2 * rounds, rounds), (1, 2), strict=True)
        ]
        return cls(layers[0] if recurrent else None, layers[1], rounds)

    @property
    def tables(self) -> Tables:
        """What the networks say of all codes, or pairs of codes."""
        places = jnp.arange(self.rounds - 1, -1, -1)
        bits = (jnp.arange(2**self.rounds)[:, None] >> places & 1).astype(jnp.float32)
        recurrent = None
        if self.recurrent is not None:
            count = len(bits)
            pairs = jnp.concatenate([jnp.repeat(bits, count, 0), jnp.tile(bits, (count, 1))], 1)
            recurrent = _answer(self.recurrent, pairs).reshape(count, count)
        return Tables(None, recurrent, _answer(self.read_out, bits))

    def neurons(self, firing: Firing) -> jax.Array:
        """1 in the place of the code, else 0."""
        return jax.nn.one_hot(firing.codes, 2**self.rounds)

    def inputs(self, sample: jax.Array) -> jax.Array:
        """All alike."""
        return jnp.ones((len(sample), 1))


class HebbianRules(Rules):
    """A·sender·receiver + B·sender + C·receiver + D, times a rate (Najarro & Risi 2020), shared by all synapses.

    Attributes:
        input: `(2, 2)`, [[A, B], [C, D]] as seen from the receiver; or `None`.
        recurrent: the same; or `None`.
        read_out: `(2, 2)`: what comes of the sender's activity, and what is added to all, for outputs that should be
            lower and higher.
    """

    input: jax.Array | None
    recurrent: jax.Array | None
    read_out: jax.Array

    @classmethod
    def create(cls, key: Key, input: bool, recurrent: bool, scale: float = 1.0) -> HebbianRules:
        """Normal numbers.

        Args:
            key: random key.
            input: whether input synapses change.
            recurrent: whether recurrent synapses change.
            scale: standard deviation.
        """
        first, second, third = (scale * jax.random.normal(each, (2, 2)) for each in jax.random.split(key, 3))
        return cls(first if input else None, second if recurrent else None, third)

    @property
    def tables(self) -> Tables:
        """As they stand."""
        return Tables(self.input, self.recurrent, self.read_out)

    def neurons(self, firing: Firing) -> jax.Array:
        """The activity, and 1."""
        return jnp.stack([firing.activity, jnp.ones_like(firing.activity)], -1)

    def inputs(self, sample: jax.Array) -> jax.Array:
        """The input, and 1."""
        return jnp.stack([sample, jnp.ones_like(sample)], -1)


def _small(key: Key, inputs: int, hidden: int, outputs: int) -> tuple[Dense, Dense]:
    first, second = jax.random.split(key)
    return (
        Dense(jax.random.normal(first, (hidden, inputs)) * (2 / inputs) ** 0.5, jnp.zeros(hidden)),
        Dense(jax.random.normal(second, (outputs, hidden)) * (1 / hidden) ** 0.5, jnp.zeros(outputs)),
    )


def _answer(layers: tuple[Dense, Dense], bits: jax.Array) -> jax.Array:
    answer: jax.Array = layers[1](jax.nn.relu(layers[0](bits)))
    return answer


def perceptron_rules() -> HebbianRules:
    """The perceptron's (Rosenblatt 1958): activity off the wrong answer's weights, and onto the right one's."""
    return HebbianRules(None, None, jnp.asarray([[-1.0, 1.0], [0.0, 0.0]]))


def firing_perceptron_rules(codes: int) -> TableRules:
    """The same by what fires in the last round, however strongly: all that a table of codes can say.

    Args:
        codes: how many there are.
    """
    last = jnp.arange(codes) % 2
    return TableRules(None, None, last[:, None] * jnp.asarray([-1.0, 1.0]))
