"""Plasticity rules: how a synapse changes by what the two neurons do that it joins."""

from __future__ import annotations

import abc
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.nets.plastic import Firing


class Tables(NamedTuple):
    """Changes of weights, by features of the neurons that a synapse joins; `None` for synapses that do not change.

    A table may have two axes more, `(senders, receivers)` or 1 where all of them have the same.

    Attributes:
        input: `(input features, neuron features)`.
        recurrent: `(neuron features, neuron features)`, of the sender and the receiver.
        read_out: `(neuron features, credits)`: what outputs are credited with, see `nets.lifetime.CREDITS`.
    """

    input: jax.Array | None
    recurrent: jax.Array | None
    read_out: jax.Array


class Rules(eqx.Module):
    """Rules of one net; the module itself is the genome.

    A change is a product of three: features of the sender, a table, features of the receiver. So all changes of a layer
    whose synapses share one table are one product of low rank, whatever a rule looks at.
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


def changes(senders: jax.Array, table: jax.Array, receivers: jax.Array) -> jax.Array:
    """What a table says of all synapses of a layer, `(senders, receivers)`.

    Args:
        senders: their features, `(senders, features)`.
        table: as in `Tables`.
        receivers: their features, `(receivers, features)`.
    """
    if table.ndim == 2:
        return senders @ table @ receivers.T
    # Features are few, synapses many: one pass over these for each pair of those, with no array of both.
    return sum(
        (
            table[sent, received] * jnp.outer(senders[:, sent], receivers[:, received])
            for sent in range(senders.shape[1])
            for received in range(receivers.shape[1])
        ),
        start=jnp.zeros(()),
    )
