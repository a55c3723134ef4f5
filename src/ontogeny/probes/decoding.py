"""What an autoencoder decodes between the latents that it knows: pictures on a regular grid, and how smooth it is."""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.errors import require
from ontogeny.nets import Autoencoder
from ontogeny.probes.variety import mean_difference

_OCCUPIED = (0.02, 0.98)
_ALIKE = 1e-6


@dataclasses.dataclass(frozen=True)
class Window:
    """A rectangle of a latent space.

    Attributes:
        origin: `(units,)`, where both coordinates are 0.
        axes: `(2, units)`, the directions of the coordinates, of length 1.
        low: `(2,)`, the coordinates where it begins.
        high: `(2,)`, the coordinates where it ends.
    """

    origin: np.ndarray
    axes: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def coordinates(self, latents: np.ndarray | jax.Array) -> np.ndarray:
        """Where latents lie, `(count, 2)`, seen along what is at right angles to the axes.

        Args:
            latents: `(count, units)`.
        """
        return np.asarray((np.asarray(latents, np.float64) - self.origin) @ self.axes.T)

    def points(self, count: int) -> np.ndarray:
        """Latents on a regular grid, `(count, count, units)`, laid out as a diagram is.

        The first coordinate grows from left to right, the second from the last row to the first.
        """
        across, up = (np.linspace(self.low[k], self.high[k], count) for k in range(2))
        return np.asarray(self.origin + across[:, None] * self.axes[0] + up[::-1, None, None] * self.axes[1])


def occupied(latents: np.ndarray | jax.Array) -> Window:
    """The window that latents occupy: from the 2nd to the 98th percentile of each coordinate.

    Of a latent of two numbers these are the coordinates. Of one of more they are the two first principal
    components, from the mean: the plane in which the latents differ most.

    Args:
        latents: `(count, units)`, 2 or more of 2 units or more.

    Raises:
        InputError: for fewer.
    """
    points = np.asarray(latents, np.float64)
    require(points.ndim == 2 and min(points.shape) >= 2, "latents", points.shape, "give two or more of two units")
    units = points.shape[1]
    origin, axes = np.zeros(units), np.eye(2)
    if units > 2:
        origin = points.mean(0)
        axes = np.linalg.svd(points - origin, full_matrices=False)[2][:2]
        # The sign is by convention: the largest part of each direction is positive.
        axes = axes * np.sign(axes[[0, 1], np.abs(axes).argmax(1)])[:, None]
    low, high = np.quantile((points - origin) @ axes.T, _OCCUPIED, axis=0)
    return Window(origin, axes, low, high)


def decoded_grid(net: Autoencoder, window: Window, count: int = 12) -> np.ndarray:
    """What a net decodes on a regular grid over a window, laid out as a diagram is.

    Args:
        net: a trained autoencoder.
        window: of its latent space.
        count: grid points along each axis, 2 or more.

    Returns:
        `(count, count, height, width)`; the second coordinate is largest in the first row.

    Raises:
        InputError: for a value out of range.
    """
    require(count >= 2, "count", count, "give 2 or more grid points along each axis")
    points = window.points(count)
    decoded = net.decode(jnp.asarray(points.reshape(count**2, -1), jnp.float32))
    return np.asarray(decoded).reshape(count, count, *decoded.shape[1:])


class Smoothness(NamedTuple):
    """How a decoded grid changes from point to point, in mean differences of two of its pictures.

    Attributes:
        change: the mean change between neighbours: small where the grid is smooth, 1 on average where its pictures
            lie in no order. Where each pixel grows evenly along one axis, it is about 1.5 over the grid points along
            an axis, so that only grids of one size can be compared.
        jump: the largest change between two neighbours: 1 or more where what is decoded changes abruptly into
            something else.
    """

    change: float
    jump: float


def smoothness(grid: np.ndarray) -> Smoothness:
    """How smoothly a decoded grid changes.

    The change between two pictures is the mean absolute difference of their pixels. Neighbours stand beside or
    above each other. Both figures are relative to the mean over all pairs of pictures of the grid, whatever
    their places; NaN where all its pictures are alike, as
    far as single precision can tell.

    Args:
        grid: `(rows, columns, height, width)`, two or more of both.

    Raises:
        InputError: for a smaller grid.
    """
    pictures = np.asarray(grid, np.float64)
    good = pictures.ndim == 4 and min(pictures.shape[:2]) >= 2
    require(good, "grid", pictures.shape, "give (rows, columns, height, width), two or more rows and columns")
    steps = [np.abs(np.diff(pictures, axis=axis)).mean((2, 3)).ravel() for axis in (0, 1)]
    changes = np.concatenate(steps)
    apart = mean_difference(pictures.reshape(-1, *pictures.shape[2:]))
    if not apart > _ALIKE:
        return Smoothness(math.nan, math.nan)
    return Smoothness(float(changes.mean() / apart), float(changes.max() / apart))
