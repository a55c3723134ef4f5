"""How different a net's outputs are from each other: do all pictures become their average?"""

from __future__ import annotations

import math

import jax
import numpy as np

from ontogeny.errors import require


def variety(outputs: np.ndarray | jax.Array, wanted: np.ndarray | jax.Array) -> float:
    """How much outputs differ from each other, beside how much the pictures do that they should be.

    The mean absolute difference of two outputs over that of two pictures wanted: 0 where all outputs are alike,
    whatever they are; 1 where they differ as much as they should, rightly or wrongly. NaN where the pictures
    wanted are all alike or an output is not a finite number.

    Args:
        outputs: `(count, height, width)`, 2 or more.
        wanted: of the same shape.

    Raises:
        InputError: for fewer than two, or another shape.
    """
    shape = np.shape(outputs)
    require(shape == np.shape(wanted), "outputs", shape, f"give the shape of what is wanted, {np.shape(wanted)}")
    found, apart = mean_difference(outputs), mean_difference(wanted)
    return found / apart if apart > 0 else math.nan


def mean_difference(pictures: np.ndarray | jax.Array) -> float:
    """The mean absolute difference of two different ones of these pictures, over all pairs and all pixels.

    Args:
        pictures: `(count, ...)`, 2 or more.

    Raises:
        InputError: for fewer than two.
    """
    count = len(pictures)
    require(count >= 2, "pictures", count, "give two or more")
    # In order of size, the k-th of a pixel's values is the larger one of k pairs and the smaller one of the others.
    ordered = np.sort(np.asarray(pictures, np.float64).reshape(count, -1), axis=0)
    weights = 2 * np.arange(count) - (count - 1)
    return float((weights @ ordered).mean() / math.comb(count, 2))
