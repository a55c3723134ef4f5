"""An autoencoder from layers: a picture becomes a few numbers, and these become the picture again.

`PUBLISHED` is the net of Váradi (2021, "Training deep autoencoders with genetic algorithms").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import InputError, require
from ontogeny.nets.convolutions import TransposedConvolution
from ontogeny.nets.layer_text import read_layers
from ontogeny.nets.layers import Layer, Shape, Start, Take, Unpool, Weights, uniform
from ontogeny.nets.variational import Variational

PUBLISHED = (
    *("convolution 5", "max-pool", "convolution 5", "max-pool"),
    *("dense 5", "dense 2", "dense 5", "dense 160", "reshape 10 4 4"),
    *("unpool", "transposed 5 shared", "unpool", "transposed 5"),
)
"""The layers of the published net: 1,397 weights for pictures of 28×28 pixels."""

_MOST = 2**24


class Autoencoder(eqx.Module):
    """Layers in a row; the module itself is the genome.

    The latent is what the variational layer gives, or else the narrowest, the first of them if there are several.

    Attributes:
        weights: of each layer, `None` where it has none.
        layers: what is done, in this order.
        size: height and width of a picture, in pixels.
    """

    weights: tuple[Weights | None, ...]
    layers: tuple[Layer, ...] = eqx.field(static=True)
    size: tuple[int, int] = eqx.field(static=True)

    @classmethod
    def create(
        cls,
        key: Key,
        size: tuple[int, int] = (28, 28),
        layers: Sequence[str] = PUBLISHED,
        start: Start = uniform,
    ) -> Autoencoder:
        """A new net.

        Args:
            key: random key.
            size: height and width of a picture, in pixels.
            layers: as `layer_text.LAYERS` says how to write them.
            start: how weights begin, one of `layers.STARTS`.

        Raises:
            InputError: naming the layer that does not fit.
        """
        read = read_layers(layers)
        shapes = shapes_of(read, size)
        text = ", ".join(layers)
        several = sum(isinstance(layer, Variational) for layer in read) > 1
        require(not several, "layers", text, "give one variational layer at most")

        def made(take: Take) -> tuple[Weights | None, ...]:
            return tuple(layer.init(take, shape, start) for layer, shape in zip(read, shapes, strict=False))

        asked: list[int] = []

        def count(shape: tuple[int, ...]) -> jax.Array:
            asked.append(math.prod(shape))
            return jnp.zeros(shape)

        counted = jax.eval_shape(lambda: made(count))
        require(any(counted), "layers", text, "give at least one that learns: convolution, transposed or dense")
        # One draw for all layers: a program with one for each takes ten times as long to compile.
        pieces = iter(jnp.split(start.draw(key, (sum(asked),)), np.cumsum(asked)[:-1]))
        return cls(made(lambda shape: next(pieces).reshape(shape)), read, size)

    @property
    def bottleneck(self) -> int:
        """The number of the layer that gives the latent, from 0."""
        for number, layer in enumerate(self.layers):
            if isinstance(layer, Variational):
                return number
        sizes = [math.prod(shape) for shape in shapes_of(self.layers, self.size)[1:]]
        return sizes.index(min(sizes))

    def __call__(self, images: jax.Array) -> jax.Array:
        """What becomes of pictures.

        Args:
            images: `(samples, height, width)`.

        Returns:
            `(samples, height, width)`.
        """
        return to_pictures(self.run(to_signal(images), 0, len(self.layers)))

    def encode(self, images: jax.Array) -> jax.Array:
        """The latents of pictures, `(samples, units)`; of a variational net their means.

        Args:
            images: `(samples, height, width)`.
        """
        latents = self.run(to_signal(images), 0, self.bottleneck + 1)
        return latents.reshape(-1, latents.shape[-1]).T

    def decode(self, latents: jax.Array) -> jax.Array:
        """Pictures of latents, `(samples, height, width)`.

        Args:
            latents: `(samples, units)`.
        """
        shape = shapes_of(self.layers, self.size)[self.bottleneck + 1]
        signal = latents.T.reshape(*shape, -1)
        return to_pictures(self.run(signal, self.bottleneck + 1, len(self.layers)))

    def distribution(self, images: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Means and logarithms of variances of a variational net's latents, `(samples, units)` each.

        Args:
            images: `(samples, height, width)`.
        """
        layer, weights = self.layers[self.bottleneck], self.weights[self.bottleneck]
        assert isinstance(layer, Variational)
        found = layer.distribution(weights, self.run(to_signal(images), 0, self.bottleneck))
        means, logarithms = (each.reshape(-1, each.shape[-1]).T for each in found)
        return means, logarithms

    def run(self, x: jax.Array, first: int, last: int) -> jax.Array:
        """A signal behind the layers `first` to `last - 1`.

        Args:
            x: `(channels, height, width, samples)`, what goes into the first of them.
            first: number of a layer, from 0.
            last: number of a layer, or of layers.
        """
        number = first
        while number < last:
            layer = self.layers[number]
            following = self.layers[number + 1] if number + 1 < last else None
            if isinstance(layer, Unpool) and isinstance(following, TransposedConvolution):
                x = following.after_unpooling(self.weights[number + 1], x)
                number += 2
            else:
                x = layer(self.weights[number], x)
                number += 1
        return x


def to_signal(images: jax.Array) -> jax.Array:
    """Pictures, `(samples, height, width)`, as what goes into a net: `(1, height, width, samples)`."""
    return jnp.moveaxis(images, 0, -1)[None]


def to_pictures(signal: jax.Array) -> jax.Array:
    """What comes out of a net, `(1, height, width, samples)`, as pictures: `(samples, height, width)`."""
    return jnp.moveaxis(signal[0], -1, 0)


def shapes_of(layers: Sequence[Layer], size: tuple[int, int]) -> list[Shape]:
    """What goes into each layer, and what comes out of the last.

    Args:
        layers: of a net.
        size: height and width of a picture, in pixels.

    Raises:
        InputError: naming the layer that does not fit.
    """
    shapes: list[Shape] = [(1, *size)]
    for number, layer in enumerate(layers, 1):
        try:
            shapes.append(layer.after(shapes[-1]))
            layer.fit(math.prod(shapes[-1]) <= _MOST, shapes[-1], f"more than {_MOST:,} numbers come out of it")
        except InputError as error:
            raise InputError(f"layers, number {number}, {error.field}", error.value, error.expected) from None
    hint = f"what comes out must be a picture of {size[0]}×{size[1]} pixels and 1 channel, like what goes in"
    require(shapes[-1] == shapes[0], "layers", "×".join(map(str, shapes[-1])), hint)
    return shapes
