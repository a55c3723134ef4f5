"""Layers that a net is built from: each works out its own sizes, and refuses what does not fit.

Signals are arrays of `(channels, height, width, samples)`: samples come last, so that a layer's weights meet all of
them in one matrix product, and rows of a picture lie side by side for all samples.
"""

from __future__ import annotations

import abc
import dataclasses
import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import refuse, require

Shape: TypeAlias = tuple[int, int, int]
"""Channels, height and width."""

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "gelu": jax.nn.gelu,
    "linear": lambda x: x,
}
"""What a layer applies to its sums, by name."""

_GAIN = {"relu": 2.0, "gelu": 2.0}


class Weights(NamedTuple):
    """What a layer learns.

    Attributes:
        weight: of any shape.
        bias: one a channel or unit, or `None`.
    """

    weight: jax.Array
    bias: jax.Array | None


Take: TypeAlias = Callable[[tuple[int, ...]], jax.Array]
"""From a shape to so many of the numbers that a net's weights are made of."""


@dataclasses.dataclass(frozen=True)
class Start:
    """How weights begin.

    Attributes:
        draw: from a key and a shape to random numbers.
        shape: from a layer's random numbers, the inputs of a unit and its activation to the layer's weights.
        biased: whether biases are drawn too; else they are 0.
    """

    draw: Callable[[Key, tuple[int, ...]], jax.Array]
    shape: Callable[[jax.Array, int, str], jax.Array]
    biased: bool


def _uniform(key: Key, shape: tuple[int, ...]) -> jax.Array:
    return jax.random.uniform(key, shape, jnp.float32, -1.0, 1.0)


def _normal(key: Key, shape: tuple[int, ...]) -> jax.Array:
    return jax.random.normal(key, shape, jnp.float32)


def _scaled(numbers: jax.Array, inputs: int, activation: str) -> jax.Array:
    return math.sqrt(_GAIN.get(activation, 1.0) / inputs) * numbers


def _centred(numbers: jax.Array, inputs: int, activation: str) -> jax.Array:
    del inputs
    if activation != "relu":
        return numbers
    return numbers - numbers.mean(tuple(range(1, numbers.ndim)), keepdims=True)


uniform = Start(_uniform, lambda numbers, *_: numbers, biased=True)
"""Weights that are uniform in ±1 whatever the layer is, as in the text on autoencoders."""

scaled = Start(_normal, _scaled, biased=False)
"""Normal weights that keep the scale of what passes (He et al. 2015, arxiv.org/abs/1502.01852)."""

centred = Start(_uniform, _centred, biased=True)
"""Weights that are uniform in ±1, less the mean of those that one ReLU sums with.

What comes in is never negative. If its weights are so on the whole, a ReLU answers 0 to everything: of nets of the
published layers a quarter start with a convolution that can neither learn nor let anything pass.
"""

STARTS: dict[str, Start] = {"uniform": uniform, "scaled": scaled, "centred": centred}
"""How weights begin, by name."""


@dataclasses.dataclass(frozen=True)
class Layer(abc.ABC):
    """One layer, without its weights."""

    @abc.abstractmethod
    def after(self, shape: Shape) -> Shape:
        """What comes out where `shape` goes in.

        Raises:
            InputError: where that does not fit, or a setting is out of range.
        """

    def init(self, take: Take, shape: Shape, start: Start) -> Weights | None:
        """Its first weights for what goes in; `None` where there is nothing to learn.

        Args:
            take: gives the next of the numbers that `start` draws.
            shape: what goes in.
            start: how weights begin.
        """
        del take, shape, start
        return None

    @abc.abstractmethod
    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Pass a signal on.

        Args:
            weights: as `init` makes them.
            x: `(channels, height, width, samples)`.
        """

    def fit(self, condition: bool, shape: Shape, hint: str) -> None:
        """Refuse what goes in unless the condition holds.

        Raises:
            InputError: where it does not.
        """
        require(condition, self.name, "×".join(map(str, shape)), hint)

    @property
    def name(self) -> str:
        """What configurations call it."""
        return _NAMES.get(type(self).__name__, type(self).__name__.lower())


_NAMES = {"MaxPool": "max-pool", "TransposedConvolution": "transposed"}


def check_activation(name: str) -> None:
    """Refuse an activation that there is not.

    Raises:
        InputError: for an unknown name.
    """
    if name not in ACTIVATIONS:
        refuse("activation", name, ACTIVATIONS)


@dataclasses.dataclass(frozen=True)
class Dense(Layer):
    """Every unit sees all that comes in, whatever its shape.

    Attributes:
        units: 1 or more.
        activation: one of `ACTIVATIONS`.
    """

    units: int
    activation: str = "sigmoid"

    def after(self, shape: Shape) -> Shape:
        """`units` channels of one pixel."""
        del shape
        require(self.units >= 1, self.name, self.units, "give 1 or more units")
        check_activation(self.activation)
        return (self.units, 1, 1)

    def init(self, take: Take, shape: Shape, start: Start) -> Weights:
        """`(units, inputs)` and `(units,)`."""
        inputs = math.prod(shape)
        weight = start.shape(take((self.units, inputs)), inputs, self.activation)
        if not start.biased:
            return Weights(weight, jnp.zeros(self.units, jnp.float32))
        return Weights(weight, start.shape(take((self.units,)), inputs, self.activation))

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Weighted sums, the bias, and the activation."""
        assert weights is not None
        assert weights.bias is not None
        y = weights.weight @ x.reshape(-1, x.shape[-1]) + weights.bias[:, None]
        return ACTIVATIONS[self.activation](y)[:, None, None]


@dataclasses.dataclass(frozen=True)
class Reshape(Layer):
    """The same numbers in another form, channel by channel.

    Attributes:
        channels: 1 or more.
        height: in pixels.
        width: in pixels.
    """

    channels: int
    height: int
    width: int

    def after(self, shape: Shape) -> Shape:
        """The form that was asked for."""
        wanted = (self.channels, self.height, self.width)
        hint = f"it has {math.prod(shape):,} numbers, and {'×'.join(map(str, wanted))} are {math.prod(wanted):,}"
        self.fit(min(wanted) >= 1 and math.prod(wanted) == math.prod(shape), shape, hint)
        return wanted

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Nothing is computed."""
        del weights
        return x.reshape(self.channels, self.height, self.width, -1)


@dataclasses.dataclass(frozen=True)
class MaxPool(Layer):
    """The largest of each 2×2 pixels."""

    def after(self, shape: Shape) -> Shape:
        """Half the height and the width."""
        channels, height, width = shape
        self.fit(height % 2 == 0 and width % 2 == 0, shape, "only an even height and width can be halved")
        return channels, height // 2, width // 2

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """A quarter of the pixels."""
        del weights
        channels, height, width, samples = x.shape
        return x.reshape(channels, height // 2, 2, width // 2, 2, samples).max((2, 4))


@dataclasses.dataclass(frozen=True)
class Unpool(Layer):
    """Each pixel becomes four of the same value."""

    def after(self, shape: Shape) -> Shape:
        """Twice the height and the width."""
        channels, height, width = shape
        return channels, 2 * height, 2 * width

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Four times the pixels."""
        del weights
        return x.repeat(2, 1).repeat(2, 2)
