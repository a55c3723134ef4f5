"""Calibration: is a net as often right as it is sure?"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.special import log_softmax  # type: ignore[import-untyped]

from ontogeny.errors import require
from ontogeny.probes.classifier import Array

BINS = 15
"""Bins by default, as published."""


@dataclasses.dataclass(frozen=True)
class Reliability:
    """Images by how sure a net is of its answer: bin m of M holds confidences above (m - 1) / M, up to m / M.

    Attributes:
        confidence: `(bins,)`, the mean probability of the answers in a bin; NaN where there is none.
        accuracy: `(bins,)`, the share of them that is right; NaN where there is none.
        count: `(bins,)`, how many there are.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability(logits: Array, labels: Array, bins: int = BINS) -> Reliability:
    """The reliability table (Guo et al. 2017, arXiv 1706.04599, section 2).

    Args:
        logits: `(count, classes)`.
        labels: `(count,)`, from 0.
        bins: of equal width, 1 or more.

    Raises:
        InputError: for a value out of range, or another number of labels.
    """
    require(bins >= 1, "bins", bins, "give 1 or more")
    found, classes = _log_probabilities(logits, labels)
    sure, right = np.exp(found.max(1)), found.argmax(1) == classes
    # A net that has diverged is not a number sure; an empty bin has no mean.
    with np.errstate(invalid="ignore"):
        place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
        count = np.bincount(place, minlength=bins)
        confidence, accuracy = (np.bincount(place, values, bins) / count for values in (sure, right))
    return Reliability(confidence, accuracy, count)


def expected_calibration_error(logits: Array, labels: Array, bins: int = BINS) -> float:
    """How far confidence and accuracy lie apart, mean over the images of their bins, 0 to 1.

    Guo et al. 2017, arXiv 1706.04599, equation 3. Few images in a bin differ by chance, so that it is never quite 0.

    Args:
        logits: `(count, classes)`.
        labels: `(count,)`, from 0.
        bins: of equal width, 1 or more.

    Raises:
        InputError: for a value out of range, or another number of labels.
    """
    table = reliability(logits, labels, bins)
    filled = table.count > 0
    apart = np.abs(table.accuracy - table.confidence)[filled]
    return float(np.average(apart, weights=table.count[filled]))


def negative_log_likelihood(logits: Array, labels: Array) -> float:
    """The mean negative logarithm of the right class's probability, in nats.

    Args:
        logits: `(count, classes)`.
        labels: `(count,)`, from 0.

    Raises:
        InputError: for another number of labels.
    """
    found, classes = _log_probabilities(logits, labels)
    return float(-found[np.arange(len(classes)), classes].mean())


def brier_score(logits: Array, labels: Array) -> float:
    """The mean squared distance of the probabilities from the truth, summed over classes, 0 to 2 (Brier 1950).

    Args:
        logits: `(count, classes)`.
        labels: `(count,)`, from 0.

    Raises:
        InputError: for another number of labels.
    """
    found, classes = _log_probabilities(logits, labels)
    truth = np.eye(found.shape[1])[classes]
    return float(((np.exp(found) - truth) ** 2).sum(1).mean())


def _log_probabilities(logits: Array, labels: Array) -> tuple[np.ndarray, np.ndarray]:
    shape, classes = np.shape(logits), np.asarray(labels)
    fits = len(shape) == 2 and len(classes) == shape[0] > 0
    require(fits, "logits", shape, f"give (count, classes), a row for each of {len(classes)} labels, 1 or more")
    known = np.issubdtype(classes.dtype, np.integer) and classes.min() >= 0 and classes.max() < shape[1]
    require(bool(known), "labels", f"{classes.dtype} up to {classes.max()}", f"give whole numbers, 0 to {shape[1] - 1}")
    return log_softmax(np.asarray(logits, np.float64), axis=1), classes
