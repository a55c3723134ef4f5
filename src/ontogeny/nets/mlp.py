"""A multilayer perceptron: dense layers with rectified units between them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.nets.nca import Dense


class MLP(eqx.Module):
    """Dense layers, a rectifier after each but the last; the module itself is the genome.

    It maps the last axis of its input, so a whole batch is one matrix product a layer, and
    under `jax.vmap` over the weights all members of a population share the first one.

    Attributes:
        layers: weight `(outputs, inputs)` and bias `(outputs,)` each.
    """

    layers: tuple[Dense, ...]

    @classmethod
    def create(cls, key: Key, sizes: Sequence[int] = (784, 128, 10)) -> MLP:
        """A new net: normal weights that keep the scale of what passes, biases zero.

        The variance of a weight is 2 / inputs before a rectifier, which lets half of the
        signal through (He et al. 2015, arxiv.org/abs/1502.01852), and 1 / inputs in the last
        layer.

        Args:
            key: random key.
            sizes: inputs, hidden units and outputs, two or more, 1 or more each.

        Raises:
            InputError: for sizes that no net can have.
        """
        require(len(sizes) >= 2, "sizes", tuple(sizes), "give inputs and outputs at least, as in (784, 128, 10)")
        require(all(size >= 1 for size in sizes), "sizes", tuple(sizes), "give 1 or more units a layer")
        keys = jax.random.split(key, len(sizes) - 1)
        gains = (2.0,) * (len(sizes) - 2) + (1.0,)
        return cls(tuple(map(_dense, keys, sizes[:-1], sizes[1:], gains)))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units and outputs."""
        first = self.layers[0].weight.shape[1]
        return (first, *(layer.weight.shape[0] for layer in self.layers))

    def __call__(self, x: jax.Array) -> jax.Array:
        """The outputs, no activation applied (logits).

        Args:
            x: `(..., inputs)`.

        Returns:
            `(..., outputs)`.
        """
        for layer in self.layers[:-1]:
            x = jax.nn.relu(layer(x))
        return self.layers[-1](x)


def _dense(key: Key, inputs: int, outputs: int, gain: float) -> Dense:
    weight = math.sqrt(gain / inputs) * jax.random.normal(key, (outputs, inputs), jnp.float32)
    return Dense(weight, jnp.zeros(outputs, jnp.float32))
