"""Hebbian rules: a synapse changes by the activities of the two neurons that it joins."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.nets.plastic import Firing
from ontogeny.nets.plasticity import Rules, Tables
from ontogeny.nets.sharing import SHARINGS, ByAll, Shape, Sharing


class HebbianRules(Rules):
    """A·sender·receiver + B·sender + C·receiver + D, times a rate (Najarro & Risi 2020).

    Attributes:
        input: features are the sender's and the receiver's activity and 1, so that a table is [[A, B], [C, D]]; or
            `None`.
        recurrent: the same; or `None`.
        read_out: what comes of the sender's activity, and what is added to all, for each thing that outputs are
            credited with.
    """

    input: Sharing | None
    recurrent: Sharing | None
    read_out: Sharing

    @classmethod
    def create(
        cls,
        key: Key,
        layers: tuple[Shape | None, Shape | None, Shape],
        sharing: str = "all",
        scale: float = 1.0,
        credits: int = 2,
        clusters: int = 16,
    ) -> HebbianRules:
        """Normal numbers.

        Args:
            key: random key.
            layers: senders and receivers of input, recurrent and read-out synapses; `None` for those that do not
                change.
            sharing: which synapses share their numbers, one of `SHARINGS`.
            scale: standard deviation.
            credits: what outputs are credited with.
            clusters: of synapses, where those share.
        """
        make = SHARINGS[sharing]
        keys = jax.random.split(key, 3)
        first, within = (
            None if synapses is None else make(each, (2, 2), synapses, scale, clusters)
            for each, synapses in zip(keys[:2], layers[:2], strict=True)
        )
        return cls(first, within, make(keys[2], (2, credits), layers[2], scale, clusters))

    @property
    def tables(self) -> Tables:
        """As they stand."""
        return Tables(*(None if each is None else each.table for each in (self.input, self.recurrent, self.read_out)))  # type: ignore[arg-type]

    def neurons(self, firing: Firing) -> jax.Array:
        """The activity, and 1."""
        return jnp.stack([firing.activity, jnp.ones_like(firing.activity)], -1)

    def inputs(self, sample: jax.Array) -> jax.Array:
        """The input, and 1."""
        return jnp.stack([sample, jnp.ones_like(sample)], -1)


def perceptron_rules() -> HebbianRules:
    """The perceptron's (Rosenblatt 1958): activity off the wrong answer's weights, and onto the right one's."""
    return HebbianRules(None, None, ByAll(jnp.asarray([[-1.0, 1.0], [0.0, 0.0]])))
