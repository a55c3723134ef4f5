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
        seen: booleans, `(inputs,)`: the inputs that the net looks at, all others being 0 to it; `None` for all.
    """

    layers: tuple[Dense, ...]
    seen: jax.Array | None = None

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
        keys = _keys(key, sizes)
        gains = (2.0,) * (len(sizes) - 2) + (1.0,)
        return cls(tuple(map(_dense, keys, sizes[:-1], sizes[1:], gains)))

    @classmethod
    def create_uniform(cls, key: Key, sizes: Sequence[int] = (784, 128, 10)) -> MLP:
        """A new net: weights and biases uniform in ±1 / sqrt(inputs), PyTorch's default for a linear layer.

        Args:
            key: random key.
            sizes: as for `create`.

        Raises:
            InputError: for sizes that no net can have.
        """
        return cls(tuple(map(_uniform, _keys(key, sizes), sizes[:-1], sizes[1:])))

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
        return self.activations(x)[-1]

    def activations(self, x: jax.Array) -> tuple[jax.Array, ...]:
        """What each layer answers: the hidden ones after the rectifier, then the outputs.

        Args:
            x: `(..., inputs)`.

        Returns:
            `(..., units)` of each layer.
        """
        if self.seen is not None:
            x = jnp.where(self.seen, x, 0)
        found = []
        for layer in self.layers[:-1]:
            x = jax.nn.relu(layer(x))
            found.append(x)
        return (*found, self.layers[-1](x))


def _keys(key: Key, sizes: Sequence[int]) -> Key:
    require(len(sizes) >= 2, "sizes", tuple(sizes), "give inputs and outputs at least, as in (784, 128, 10)")
    require(all(size >= 1 for size in sizes), "sizes", tuple(sizes), "give 1 or more units a layer")
    return jax.random.split(key, len(sizes) - 1)


def _uniform(key: Key, inputs: int, outputs: int) -> Dense:
    width = 1 / math.sqrt(inputs)
    weight, bias = (
        jax.random.uniform(each, shape, jnp.float32, -width, width)
        for each, shape in zip(jax.random.split(key), ((outputs, inputs), (outputs,)), strict=True)
    )
    return Dense(weight, bias)


def _dense(key: Key, inputs: int, outputs: int, gain: float) -> Dense:
    weight = math.sqrt(gain / inputs) * jax.random.normal(key, (outputs, inputs), jnp.float32)
    return Dense(weight, jnp.zeros(outputs, jnp.float32))
