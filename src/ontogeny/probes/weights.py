"""Disturbances of the weights: noise, pruning, quantisation, rotation of what a cell sees."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.learners.descent import with_noise
from ontogeny.nets.nca import NCA
from ontogeny.probes.scene import Scene, plain_scene


@dataclasses.dataclass(frozen=True)
class WeightNoise:
    """Add normal noise to all weights, drawn anew for each rollout, and keep it there.

    Attributes:
        sigma: its standard deviation, 0 or more. The published evolution trained under 0.01.
    """

    sigma: float = 0.01

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth with noisy weights."""
        require(self.sigma >= 0, "sigma", self.sigma, "give 0 or more")
        noisy = jax.vmap(lambda key: with_noise(net, key, self.sigma))(jax.random.split(key, rollouts))
        return dataclasses.replace(plain_scene(net, target), net=noisy)


@dataclasses.dataclass(frozen=True)
class Pruning:
    """Set the smallest weights of each layer to zero.

    Attributes:
        fraction: of the weights of a layer, 0 to 1.
    """

    fraction: float = 0.1

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth with the weights that are left."""
        del key, rollouts
        require(0 <= self.fraction <= 1, "fraction", self.fraction, "give 0 to 1")
        pruned = jax.tree.map(lambda weight: _pruned(weight, self.fraction), net)
        return dataclasses.replace(plain_scene(net, target), net=pruned)


@dataclasses.dataclass(frozen=True)
class Quantisation:
    """Round the weights of each layer to a few levels between minus and plus its largest one.

    Attributes:
        bits: of a weight, 2 to 16: so many levels, less one, symmetric about zero.
    """

    bits: int = 8

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth with rounded weights."""
        del key, rollouts
        require(2 <= self.bits <= 16, "bits", self.bits, "give 2 to 16")
        rounded = jax.tree.map(lambda weight: _rounded(weight, 2 ** (self.bits - 1) - 1), net)
        return dataclasses.replace(plain_scene(net, target), net=rounded)


@dataclasses.dataclass(frozen=True)
class Rotation:
    """Turn the two Sobel filters, so that the picture should grow turned.

    It is compared with the picture turned by as much. Unless that is a quarter turn, the grid
    itself stands in the way, and corners of the picture leave the canvas.

    Attributes:
        degrees: counter-clockwise.
    """

    degrees: float = 90.0

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth with turned filters, towards the turned picture."""
        del key, rollouts
        turned = eqx.tree_at(lambda net: net.hidden.weight, net, self._turned(net))
        return dataclasses.replace(plain_scene(net, target), net=turned, target=turned_picture(target, self.degrees))

    def _turned(self, net: NCA) -> jax.Array:
        # Filters are a linear map of what is seen, so turning them is turning the weights.
        angle = np.deg2rad(self.degrees)
        cosine, sine = np.cos(angle), np.sin(angle)
        weight = net.hidden.weight.reshape(-1, net.channels, 3)
        same, along_x, along_y = weight[..., 0], weight[..., 1], weight[..., 2]
        mixed = jnp.stack([same, cosine * along_x + sine * along_y, cosine * along_y - sine * along_x], -1)
        return mixed.reshape(net.hidden.weight.shape).astype(net.hidden.weight.dtype)


def turned_picture(target: np.ndarray, degrees: float) -> np.ndarray:
    """A picture turned counter-clockwise about its middle, on the same canvas; exact for quarter turns.

    Args:
        target: `(side, side, channels)`.
        degrees: counter-clockwise.
    """
    quarters, rest = divmod(degrees % 360, 90)
    if not rest:
        return np.rot90(target, int(quarters)).copy()
    from scipy.ndimage import rotate  # type: ignore[import-untyped]

    return np.asarray(rotate(target, degrees, axes=(1, 0), reshape=False, order=1))


def _pruned(weight: jax.Array, fraction: float) -> jax.Array:
    count = round(fraction * weight.size)
    order = jnp.argsort(jnp.abs(weight).ravel())
    return weight.ravel().at[order[:count]].set(0).reshape(weight.shape)


def _rounded(weight: jax.Array, levels: int) -> jax.Array:
    unit = jnp.max(jnp.abs(weight)) / levels
    return jnp.where(unit > 0, jnp.round(weight / jnp.where(unit > 0, unit, 1)) * unit, weight)
