"""How alike nets are by what they do, whatever the order of their neurons: in their answers, and in hidden layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.errors import require
from ontogeny.probes.classifier import Array


def disagreement(classes: Array) -> np.ndarray:
    """The share of images that two members take for different things, `(members, members)`, 0 to 1.

    Two members that are right on shares a and b of the images disagree on |a - b| of them or more.

    Args:
        classes: `(members, count)`, what each member says (`predictions`).

    Raises:
        InputError: for no images.
    """
    found = np.asarray(classes)
    fits = found.ndim == 2 and found.size > 0
    require(fits, "classes", found.shape, "give (members, count), what each member says of each image")
    return np.stack([(found != each).mean(1) for each in found])


def kernel_alignment(one: Array, other: Array) -> float:
    """Linear centred kernel alignment of two layers' activations on the same images, 0 to 1.

    ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖) of centred columns, in Frobenius norms (Kornblith et al. 2019, arXiv 1905.00414,
    section 3 and equation 3). 1 where one layer is the other turned, scaled or in another order of its neurons. NaN
    where a layer answers the same to all images. With fewer images than units it is high by chance.

    Args:
        one: `(count, units)`.
        other: `(count, units)`; it may have another number of units.

    Raises:
        InputError: for another number of images.
    """
    fits = np.ndim(one) == np.ndim(other) == 2 and len(one) == len(other)
    require(fits, "other", np.shape(other), f"give (count, units) of the same images as those of {np.shape(one)}")
    x, y = _centred(one), _centred(other)
    return float(_ratio(_product(x, y), _product(x, x) * _product(y, y)))


def kernel_alignments(activations: Array) -> np.ndarray:
    """`kernel_alignment` of all pairs of members, `(members, members)`.

    Args:
        activations: `(members, count, units)`, of one layer on the same images.

    Raises:
        InputError: for another shape.
    """
    shape = np.shape(activations)
    require(len(shape) == 3, "activations", shape, "give (members, count, units)")
    columns = [_centred(each) for each in np.asarray(activations)]
    found = np.empty((len(columns), len(columns)))
    for i, x in enumerate(columns):
        for j, y in enumerate(columns[: i + 1]):
            found[i, j] = found[j, i] = _product(x, y)
    own = np.diag(found)
    return _ratio(found, np.outer(own, own))


def _product(x: np.ndarray, y: np.ndarray) -> np.floating[Any]:
    return np.linalg.norm(y.T @ x) ** 2


def _ratio(shared: Any, own: Any) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(own > 0, shared / np.sqrt(own), np.nan))


def _centred(activations: Array) -> np.ndarray:
    found = np.asarray(activations, np.float64)
    # What is always the same is 0 then, and no rest of a rounding.
    return np.asarray((found - found.mean(0)) * (np.ptp(found, axis=0) > 0))
