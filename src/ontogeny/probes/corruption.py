"""Images that are noisy, blurred or shifted: does a net still recognise them?"""

from __future__ import annotations

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key
from ontogeny.errors import require
from ontogeny.probes.classifier import Array, Logits, accuracy, check_labelled

_REACH = 4


@dataclasses.dataclass(frozen=True)
class Corruption:
    """What is done to images, each kind at several strengths.

    Attributes:
        noise: standard deviations of normal noise on each pixel, of its range, 0 or more; pixels are then kept in 0…1.
        blur: standard deviations of a Gaussian blur, in pixels, above 0.
        shift: whole pixels by which images move; the mean over up, down, left and right.

    Raises:
        InputError: for a value out of range.
    """

    noise: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5)
    blur: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0)
    shift: tuple[int, ...] = (1, 2, 3, 4)

    def __post_init__(self) -> None:
        require(all(0 <= sigma < math.inf for sigma in self.noise), "noise", self.noise, "give numbers of 0 or more")
        require(all(0 < sigma < math.inf for sigma in self.blur), "blur", self.blur, "give pixels, above 0")
        require(all(pixels >= 0 for pixels in self.shift), "shift", self.shift, "give pixels, 0 or more")

    def accuracies(
        self, logits: Logits, genome: Genome, images: Array, labels: Array, key: Key | None = None
    ) -> dict[str, dict[str, float]]:
        """The share of corrupted images that a net gets right, 0 to 1, by kind and strength.

        Args:
            logits: of the net.
            genome: one net.
            images: `(count, height, width)` in [0, 1].
            labels: `(count,)`, from 0.
            key: of the noise, of which each strength has as much more of the same; `jax.random.key(0)` if not given.

        Raises:
            InputError: for another shape.
        """
        check_labelled(images, labels)
        require(np.ndim(images) == 3, "images", np.shape(images), "give (count, height, width)")
        key = jax.random.key(0) if key is None else key

        def right(changed: jax.Array) -> float:
            return float(accuracy(logits, genome, changed, labels))

        return {
            "noise": {str(sigma): right(noisy(images, sigma, key)) for sigma in self.noise},
            "blur": {str(sigma): right(blurred(images, sigma)) for sigma in self.blur},
            "shift": {
                str(pixels): float(np.mean([right(shifted(images, *way)) for way in _ways(pixels)]))
                for pixels in self.shift
            },
        }


def noisy(images: Array, sigma: float, key: Key) -> jax.Array:
    """Images with normal noise, kept in [0, 1].

    Args:
        images: any shape, in [0, 1].
        sigma: standard deviation, of a pixel's range.
        key: of the noise.
    """
    images = jnp.asarray(images)
    return jnp.clip(images + sigma * jax.random.normal(key, images.shape, images.dtype), 0, 1)


def blurred(images: Array, sigma: float) -> jax.Array:
    """Images after a Gaussian blur; outside of an image there is nothing (0).

    Args:
        images: `(count, height, width)`.
        sigma: standard deviation in pixels, above 0; what is more than four of them away is left out.
    """
    images = jnp.asarray(images)
    radius = int(_REACH * sigma + 0.5)
    whole = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2).sum()

    def matrix(side: int) -> jax.Array:
        apart = np.abs(np.subtract.outer(np.arange(side), np.arange(side)))
        weights = np.where(apart <= radius, np.exp(-0.5 * (apart / sigma) ** 2), 0) / whole
        return jnp.asarray(weights, images.dtype)

    return _both_ways(matrix(images.shape[1]), images, matrix(images.shape[2]))


def shifted(images: Array, down: int, right: int) -> jax.Array:
    """Images moved by whole pixels; zeros come in.

    Args:
        images: `(count, height, width)`.
        down: pixels; below 0 up.
        right: pixels; below 0 left.
    """
    images = jnp.asarray(images)
    rows, columns = (
        jnp.eye(side, k=-by, dtype=images.dtype) for side, by in zip(images.shape[1:], (down, right), strict=True)
    )
    return _both_ways(rows, images, columns)


def _both_ways(rows: jax.Array, images: jax.Array, columns: jax.Array) -> jax.Array:
    # A shift moves pixels and must not round them, as an accelerator's products would by default.
    return jnp.einsum("ij,njk,lk->nil", rows, images, columns, precision=jax.lax.Precision.HIGHEST)


def _ways(pixels: int) -> tuple[tuple[int, int], ...]:
    return ((-pixels, 0), (pixels, 0), (0, -pixels), (0, pixels))
