"""Operations of Evolutive-NAS, from any number of channels to any other (Reolon 2021)."""

from __future__ import annotations

import functools
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.data.channel_cells import CHANNEL_OPERATIONS
from ontogeny.nets.cell_operations import How, Norm, convolved, kernels

Passing = tuple[jax.Array, tuple[jax.Array, ...], tuple[jax.Array, ...]]
"""What comes out, moments of its norms in order, and what its ReLUs look at."""


class Separable(eqx.Module):
    """ReLU, each channel alone, then all channels of each pixel, batch norm; called dilated, and not."""

    each: jax.Array
    all: jax.Array
    norm: Norm

    norms = 1

    def __init__(self, key: Key, channels: int, out: int, *, size: int) -> None:
        keys = jax.random.split(key)
        self.each = kernels(keys[0], (size, size, 1, channels))
        self.all = kernels(keys[1], (1, 1, channels, out))
        self.norm = Norm(out)

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> Passing:
        """`(images, height, width, channels)` to as many pixels."""
        made, found = self.norm(convolved(convolved(jax.nn.relu(x), self.each), self.all), how[0])
        return made, (found,), (x,)


class Skip(eqx.Module):
    """What comes in, brought to other channels where there are others, batch norm."""

    weight: jax.Array | None
    norm: Norm

    norms = 1

    def __init__(self, key: Key, channels: int, out: int) -> None:
        self.weight = None if channels == out else kernels(key, (1, 1, channels, out))
        self.norm = Norm(out)

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> Passing:
        """As above."""
        made, found = self.norm(x if self.weight is None else convolved(x, self.weight), how[0])
        return made, (found,), ()


class Gated(eqx.Module):
    """A convolution of each pixel, times a number for each channel that a small net makes of the whole picture."""

    look: jax.Array
    norm: Norm
    gate: jax.Array
    gate_bias: jax.Array
    weight: jax.Array
    bias: jax.Array
    wide: bool = eqx.field(static=True)

    norms = 1

    def __init__(self, key: Key, channels: int, out: int, *, wide: bool) -> None:
        keys = jax.random.split(key, 3)
        size, looks = (7, 8) if wide else (3, 4)
        self.look = kernels(keys[0], (size, size, channels, looks))
        self.norm = Norm(looks)
        self.gate = kernels(keys[1], (1, 1, 16 * looks, out))[0, 0]
        self.gate_bias = jnp.zeros(out)
        self.weight = kernels(keys[2], (1, 1, channels, out))
        self.bias = jnp.zeros(out)
        self.wide = wide

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> Passing:
        """As above; the picture has 8 pixels or more each way."""
        stride, size = (5, 7) if self.wide else (1, 3)
        seen = jax.lax.conv_general_dilated(
            jax.nn.relu(x), self.look, (stride, stride), "VALID" if min(x.shape[1:3]) >= size else "SAME",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip
        seen, found = self.norm(seen, how[0])
        fields = _fields(seen, jnp.max if self.wide else jnp.mean)
        gate = fields.reshape(len(x), -1) @ self.gate + self.gate_bias
        return (convolved(x, self.weight) + self.bias) * gate[:, None, None], (found,), (x,)


class Pool(eqx.Module):
    """The mean or the largest of 3×3 pixels, after ReLU, convolution and batch norm where channels differ."""

    weight: jax.Array | None
    norm: Norm | None
    largest: bool = eqx.field(static=True)

    norms = 1

    def __init__(self, key: Key, channels: int, out: int, *, largest: bool) -> None:
        self.weight = None if channels == out else kernels(key, (3, 3, channels, out))
        self.norm = None if self.weight is None else Norm(out)
        self.largest = largest

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> Passing:
        """As above."""
        seen: tuple[jax.Array, ...] = ()
        found = jnp.stack([jnp.zeros(x.shape[-1]), jnp.ones(x.shape[-1])])
        if self.weight is not None and self.norm is not None:
            seen = (x,)
            x, found = self.norm(convolved(jax.nn.relu(x), self.weight), how[0])
        return pooled(x, self.largest), (found,), seen


def pooled(x: jax.Array, largest: bool) -> jax.Array:
    """The mean or the largest of each 3×3 pixels, of which those beyond the border do not count."""
    window = (1, 3, 3, 1), (1, 1, 1, 1), "SAME"
    if largest:
        return jnp.asarray(jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, *window))
    there = jax.lax.reduce_window(jnp.ones_like(x[:1, :, :, :1]), 0.0, jax.lax.add, *window)
    return jnp.asarray(jax.lax.reduce_window(x, 0.0, jax.lax.add, *window) / there)


Made = Callable[[Key, int, int], Separable | Skip | Gated | Pool]

MADE: tuple[Made, ...] = (
    *(functools.partial(Separable, size=size) for size in (3, 5, 7)),
    Skip,
    functools.partial(Gated, wide=False),
    functools.partial(Gated, wide=True),
    functools.partial(Pool, largest=False),
    functools.partial(Pool, largest=True),
)
"""Operations in the order of `CHANNEL_OPERATIONS`."""

assert len(MADE) == len(CHANNEL_OPERATIONS)


def _fields(x: jax.Array, of: Callable[..., jax.Array]) -> jax.Array:
    """Four by four numbers of each channel: of fields that cover the picture and may overlap."""
    for axis in (1, 2):
        side = x.shape[axis]
        parts = [
            of(jax.lax.slice_in_dim(x, side * n // 4, -(-side * (n + 1) // 4), axis=axis), axis=axis) for n in range(4)
        ]
        x = jnp.stack(parts, axis)
    return x
