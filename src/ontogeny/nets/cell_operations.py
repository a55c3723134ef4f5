"""What may happen on an edge of a cell: operations that keep the size and the channels of a picture."""

from __future__ import annotations

import abc
import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key

Normed = tuple[jax.Array, jax.Array]
"""What comes out, and by which `(2, channels)` means and variances it was normalised; 0 and 1 where it was not."""


class How(NamedTuple):
    """How a net is passed through.

    Attributes:
        moments: means and variances to normalise by; without, those of the batch.
        linear: whether nothing is normalised, as scores want it that look at the weights alone.
    """

    moments: jax.Array | None = None
    linear: bool = False


class Norm(eqx.Module):
    """Batch norm: each channel gets the mean 0 and the variance 1 over a batch, then a scale and a shift that learn."""

    scale: jax.Array
    shift: jax.Array

    def __init__(self, channels: int) -> None:
        self.scale, self.shift = jnp.ones(channels), jnp.zeros(channels)

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """`(images, height, width, channels)`, and by what it was normalised."""
        channels = x.shape[-1]
        if how.linear:
            return x, jnp.stack([jnp.zeros(channels), jnp.ones(channels)])
        axes = tuple(range(x.ndim - 1))
        found = jnp.stack([x.mean(axes), x.var(axes)]) if how.moments is None else how.moments
        return (x - found[0]) * jax.lax.rsqrt(found[1] + 1e-5) * self.scale + self.shift, found


class Operation(eqx.Module):
    """An operation with its weights.

    Attributes:
        rectifiers: how many ReLUs look at what comes in.
        convolutions: how many one after the other, for the depth of a net.
    """

    rectifiers: eqx.AbstractClassVar[int]
    convolutions: eqx.AbstractClassVar[int]

    @abc.abstractmethod
    def __call__(self, x: jax.Array, how: How) -> Normed:
        """What comes out of `(images, height, width, channels)`, of the same shape."""

    def products(self, side: int) -> int:
        """Multiplications of an image of that many pixels each way."""
        del side
        return 0


class Nothing(Operation):
    """No connection."""

    rectifiers = 0
    convolutions = 0

    def __init__(self, key: Key, channels: int) -> None:
        del key, channels

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """Zeros."""
        del how
        return jnp.zeros_like(x), plain(x)


class Skip(Operation):
    """What comes in comes out."""

    rectifiers = 0
    convolutions = 0

    def __init__(self, key: Key, channels: int) -> None:
        del key, channels

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """The same."""
        del how
        return x, plain(x)


class Convolution(Operation):
    """ReLU, convolution, batch norm."""

    rectifiers = 1
    convolutions = 1

    weight: jax.Array
    norm: Norm

    def __init__(self, key: Key, channels: int, size: int) -> None:
        self.weight = kernels(key, (size, size, channels, channels))
        self.norm = Norm(channels)

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """One of each."""
        return self.norm(convolved(jax.nn.relu(x), self.weight), how)

    def products(self, side: int) -> int:
        """One for each weight and pixel."""
        return self.weight.size * side**2


class Separable(Operation):
    """ReLU, a convolution of each channel alone, one of all channels of each pixel, batch norm (Chollet 2017)."""

    rectifiers = 1
    convolutions = 1

    each: jax.Array
    all: jax.Array
    norm: Norm

    def __init__(self, key: Key, channels: int, size: int) -> None:
        keys = jax.random.split(key)
        self.each = kernels(keys[0], (size, size, 1, channels))
        self.all = kernels(keys[1], (1, 1, channels, channels))
        self.norm = Norm(channels)

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """One of each."""
        alone = convolved(jax.nn.relu(x), self.each)
        return self.norm(convolved(alone, self.all), how)

    def products(self, side: int) -> int:
        """One for each weight and pixel."""
        return (self.each.size + self.all.size) * side**2


class Pool(Operation):
    """The mean, or the largest, of 3×3 pixels; pixels beyond the border do not count."""

    rectifiers = 0
    convolutions = 0

    largest: bool = eqx.field(static=True)

    def __init__(self, key: Key, channels: int, *, largest: bool = False) -> None:
        del key, channels
        self.largest = largest

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """Of each pixel's neighbourhood."""
        del how
        window = (1, 3, 3, 1), (1, 1, 1, 1), "SAME"
        if self.largest:
            return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, *window), plain(x)
        there = jax.lax.reduce_window(jnp.ones_like(x[:1, :, :, :1]), 0.0, jax.lax.add, *window)
        return jax.lax.reduce_window(x, 0.0, jax.lax.add, *window) / there, plain(x)


class Attention(Operation):
    """ReLU, self-attention of the pixels of 4×4 fields with one head, batch norm (Vaswani et al. 2017, eq. 1)."""

    rectifiers = 1
    convolutions = 1

    weight: jax.Array
    norm: Norm

    def __init__(self, key: Key, channels: int) -> None:
        self.weight = kernels(key, (1, 1, channels, 3 * channels))
        self.norm = Norm(channels)

    def __call__(self, x: jax.Array, how: How) -> Normed:
        """Each pixel as a mean of the values of its field."""
        images, height, width, channels = x.shape
        tall, wide = (4 if side % 4 == 0 else side for side in (height, width))
        fields = jax.nn.relu(x).reshape(images, height // tall, tall, width // wide, wide, channels)
        fields = fields.transpose(0, 1, 3, 2, 4, 5).reshape(-1, tall * wide, channels)
        asked, offered, value = jnp.split(fields @ self.weight[0, 0], 3, axis=-1)
        weight = jax.nn.softmax(asked @ offered.swapaxes(1, 2) / jnp.sqrt(channels), -1)
        mixed = (weight @ value).reshape(images, height // tall, width // wide, tall, wide, channels)
        return self.norm(mixed.transpose(0, 1, 3, 2, 4, 5).reshape(x.shape), how)

    def products(self, side: int) -> int:
        """Of asking, offering, values, and the mixture."""
        return (self.weight.size + 32 * self.weight.shape[2]) * side**2


def plain(x: jax.Array) -> jax.Array:
    """The moments that change nothing."""
    return jnp.stack([jnp.zeros(x.shape[-1], x.dtype), jnp.ones(x.shape[-1], x.dtype)])


def kernels(key: Key, shape: tuple[int, ...]) -> jax.Array:
    """Weights of a convolution, uniform in ±1 / √(numbers that one sums), as NAS-Bench-201 begins.

    Args:
        key: random key.
        shape: `(size, size, channels / groups, channels out)`.
    """
    bound = math.sqrt(1 / math.prod(shape[:3]))
    return jax.random.uniform(key, shape, minval=-bound, maxval=bound)


def convolved(x: jax.Array, weight: jax.Array, stride: int = 1) -> jax.Array:
    """A convolution, zeros beyond the border.

    Args:
        x: `(images, height, width, channels)`.
        weight: `(size, size, channels, channels out)`, or `(size, size, 1, channels)` where channels stay apart.
        stride: pixels from one patch to the next.
    """
    return _same_size(x, weight) if stride == 1 else _plain(x, weight, stride)


def _plain(x: jax.Array, weight: jax.Array, stride: int = 1) -> jax.Array:
    border = weight.shape[0] // 2
    return jax.lax.conv_general_dilated(
        x,
        weight,
        (stride, stride),
        [(border, border)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=x.shape[-1] // weight.shape[2],
    )


@jax.custom_vjp
def _same_size(x: jax.Array, weight: jax.Array) -> jax.Array:
    return _plain(x, weight)


def _forward(x: jax.Array, weight: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return _same_size(x, weight), (x, weight)


def _backward(kept: tuple[jax.Array, jax.Array], out: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The same gradients as JAX's.

    XLA's convolution for the gradient of a kernel takes thirty times as long on a CPU where it is in a branch, as
    operations of a cell are; products of shifted pictures do not.
    """
    x, weight = kept
    size, border, apart = weight.shape[0], weight.shape[0] // 2, weight.shape[2] == 1 and x.shape[-1] > 1
    turned = weight[::-1, ::-1] if apart else weight[::-1, ::-1].swapaxes(2, 3)
    around = jnp.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
    height, width = x.shape[1:3]
    letters = "bhwc,bhwc->c" if apart else "bhwi,bhwo->io"
    taps = [
        [jnp.einsum(letters, around[:, i : i + height, j : j + width], out) for j in range(size)] for i in range(size)
    ]
    found = jnp.stack([jnp.stack(row) for row in taps])
    return _same_size(out, turned), found[:, :, None] if apart else found


_same_size.defvjp(_forward, _backward)


CELL_OPERATIONS: dict[str, Callable[[Key, int], Operation]] = {
    "none": Nothing,
    "skip_connect": Skip,
    "nor_conv_1x1": functools.partial(Convolution, size=1),
    "nor_conv_3x3": functools.partial(Convolution, size=3),
    "avg_pool_3x3": Pool,
    "max_pool_3x3": functools.partial(Pool, largest=True),
    "sep_conv_3x3": functools.partial(Separable, size=3),
    "sep_conv_5x5": functools.partial(Separable, size=5),
    "sep_conv_7x7": functools.partial(Separable, size=7),
    "attention": Attention,
}
"""Operations by name, made from a key and channels. Add one of your own: nets of cells take any names from here."""
