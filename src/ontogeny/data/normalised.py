"""Pictures as convolutional nets take them: normalised by channel, with sides that can be halved twice."""

from __future__ import annotations

import numpy as np

from ontogeny.data.images import ImageSet, Labelled


def normalised(data: ImageSet) -> ImageSet:
    """All parts, normalised so that training pictures have the mean 0 and the variance 1 in each channel.

    Args:
        data: images, `(count, height, width)` or `(count, height, width, channels)`.

    Returns:
        `(count, height, width, channels)` float32; zeros around, so that sides are multiples of 4, and 32 where
        there are 28.
    """
    images = _with_channels(np.asarray(data.train.images))
    mean, deviation = images.mean((0, 1, 2)), images.std((0, 1, 2)) + 1e-6

    def ready(part: Labelled) -> Labelled:
        return Labelled(_framed((_with_channels(np.asarray(part.images)) - mean) / deviation), part.labels)

    return ImageSet(*map(ready, data))


def _with_channels(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images, np.float32)
    return images[..., None] if images.ndim == 3 else images


def _framed(images: np.ndarray) -> np.ndarray:
    side = images.shape[1]
    border = 2 if side == 28 else -side % 4 // 2
    return np.pad(images, ((0, 0), (border, border), (border, border), (0, 0))).astype(np.float32)
