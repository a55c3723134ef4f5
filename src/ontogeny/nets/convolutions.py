"""Convolutions, valid and transposed, as shifts and matrix products.

Under `jax.vmap` over the weights XLA makes a convolution a grouped one, which is slow; a matrix product stays one.
"""

from __future__ import annotations

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.errors import require
from ontogeny.nets.layers import ACTIVATIONS, Layer, Shape, Start, Take, Weights, check_activation


@dataclasses.dataclass(frozen=True)
class _Kernels(Layer):
    """What both kinds of convolution share.

    Attributes:
        size: of the square kernel, in pixels.
        channels: that come out; each has a kernel for every channel that comes in.
        activation: one of `ACTIVATIONS`.
        shared: one kernel for all channels, which stay apart; `channels` is not asked then.
        bias: whether a number is added to each channel that comes out.
    """

    size: int
    channels: int = 1
    activation: str = "relu"
    shared: bool = False
    bias: bool = False

    def _check(self) -> None:
        require(self.size >= 1, self.name, self.size, "give a kernel of 1 pixel or more")
        require(self.channels >= 1, self.name, self.channels, "give 1 or more channels")
        check_activation(self.activation)

    def _channels(self, shape: Shape) -> int:
        return shape[0] if self.shared else self.channels

    def init(self, take: Take, shape: Shape, start: Start) -> Weights:
        """`(channels, inputs, size, size)`, or `(1, 1, size, size)` where it is shared; `(channels,)`."""
        kernels = (1, 1) if self.shared else (self.channels, shape[0])
        weight = start.shape(take((*kernels, self.size, self.size)), kernels[1] * self.size**2, self.activation)
        return Weights(weight, jnp.zeros(self._channels(shape), jnp.float32) if self.bias else None)

    def _activate(self, weights: Weights, y: jax.Array) -> jax.Array:
        y = y if weights.bias is None else y + weights.bias[:, None, None, None]
        return ACTIVATIONS[self.activation](y)


class Convolution(_Kernels):
    """Each pixel is a weighted sum of a patch; only whole patches count (`valid`)."""

    def after(self, shape: Shape) -> Shape:
        """`size - 1` pixels less each way."""
        self._check()
        _, height, width = shape
        self.fit(self.size <= min(height, width), shape, f"a kernel of {self.size}×{self.size} is larger than that")
        return self._channels(shape), height - self.size + 1, width - self.size + 1

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Sums over patches, and the activation."""
        assert weights is not None
        return self._activate(weights, correlate(x, weights.weight, self.shared))


class TransposedConvolution(_Kernels):
    """Each pixel adds a weighted kernel to a larger picture."""

    def after(self, shape: Shape) -> Shape:
        """`size - 1` pixels more each way."""
        self._check()
        _, height, width = shape
        return self._channels(shape), height + self.size - 1, width + self.size - 1

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """Sums of kernels, and the activation."""
        assert weights is not None
        border = self.size - 1
        around = jnp.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
        return self._activate(weights, correlate(around, weights.weight[..., ::-1, ::-1], self.shared))

    def after_unpooling(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """The same as unpooling and then this layer, without ever making the larger picture.

        Of the four pixels that one becomes, each meets a few numbers of the kernel; those are added up first, and
        the picture that comes out is four smaller ones, interleaved.

        Args:
            weights: as `init` makes them.
            x: `(channels, height, width, samples)`, not unpooled.
        """
        assert weights is not None
        taps = jnp.asarray(_halves(self.size))
        kernel = jnp.einsum("pik,qjl,ockl->pqijoc", taps, taps, weights.weight)
        height, width, samples = x.shape[1:]
        if self.shared:
            parts = kernel[..., 0, 0][..., None, None, None, None] * x
        else:
            # One product of the sums with all pixels, before they are shifted: the borders cost nothing.
            rows = kernel.reshape(-1, x.shape[0]) @ x.reshape(x.shape[0], -1)
            parts = rows.reshape(*kernel.shape[:5], height, width, samples)
        reach = taps.shape[1] - 1
        y = functools.reduce(
            jnp.add,
            [
                jnp.pad(parts[:, :, i, j], [(0, 0)] * 3 + [(i, reach - i), (j, reach - j), (0, 0)])
                for i in range(reach + 1)
                for j in range(reach + 1)
            ],
        )
        _, _, channels, half_height, half_width, _ = y.shape
        whole = y.transpose(2, 3, 0, 4, 1, 5).reshape(channels, 2 * half_height, 2 * half_width, samples)
        return self._activate(weights, whole[:, : 2 * height + self.size - 1, : 2 * width + self.size - 1])


def correlate(x: jax.Array, kernel: jax.Array, shared: bool) -> jax.Array:
    """Weighted sums over all whole patches.

    Args:
        x: `(channels, height, width, samples)`.
        kernel: `(outputs, channels, size, size)`, or `(1, 1, size, size)` where it is shared.
        shared: whether all channels have that one kernel and stay apart.

    Returns:
        `(outputs, height - size + 1, width - size + 1, samples)`.
    """
    size = kernel.shape[-1]
    height, width = (side - size + 1 for side in x.shape[1:3])
    patches = [x[:, i : i + height, j : j + width] for i in range(size) for j in range(size)]
    if shared:
        return jnp.tensordot(kernel.reshape(-1), jnp.stack(patches), 1)
    rows = kernel.reshape(kernel.shape[0], -1) @ jnp.stack(patches, 1).reshape(-1, height * width * x.shape[-1])
    return rows.reshape(-1, height, width, x.shape[-1])


def _halves(size: int) -> np.ndarray:
    """Which numbers of a kernel an unpooled pixel meets: `(2, taps, size)`, ones and zeros, by parity and shift."""
    halves = np.zeros((2, size // 2 + 1, size), np.float32)
    for parity in range(2):
        for number in range(size):
            halves[parity, (number + 1 - parity) // 2, number] = 1
    return halves
