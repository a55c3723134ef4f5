"""Measures of latents: do classes lie apart, can they be told, are any two the same?"""

from __future__ import annotations

import math
from typing import TypeAlias

import jax
import numpy as np

from ontogeny.errors import require

Array: TypeAlias = np.ndarray | jax.Array

COMPARED = 2000
"""Pictures or latents, at most, that are compared with each other."""


def separation(latents: Array, labels: Array, seed: int = 0) -> float:
    """How far classes lie apart: the mean silhouette (Rousseeuw 1987), by Euclidean distance, -1 to 1.

    1 where every class is a narrow cluster far from the others, 0 where they overlap, below 0 where latents are
    nearer to another class than to their own.

    Args:
        latents: `(count, units)`; of more than 2,000 so many are drawn.
        labels: `(count,)`.
        seed: by which they are drawn.

    Raises:
        InputError: where all are of one class, or every class has one only.
    """
    from sklearn.metrics import silhouette_score

    points, classes = np.asarray(latents, np.float64), np.asarray(labels)
    chosen = drawn(len(points), COMPARED, seed)
    count = len(np.unique(classes[chosen]))
    require(1 < count < len(chosen), "labels", count, "give two or more classes, of which one has several latents")
    return float(silhouette_score(points[chosen], classes[chosen]))


def linear_probe(latents: Array, labels: Array, test_latents: Array, test_labels: Array) -> float:
    """How well a linear classifier tells classes by their latents: its accuracy on others, 0 to 1.

    A multinomial logistic regression with scikit-learn's default penalty; latents are brought to mean 0 and
    variance 1, by those that it learns from.

    Args:
        latents: `(count, units)`, to learn from.
        labels: `(count,)`, of two classes or more.
        test_latents: `(others, units)`, to be told.
        test_labels: `(others,)`.

    Raises:
        InputError: where all are of one class.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classes = np.asarray(labels)
    require(len(np.unique(classes)) >= 2, "labels", classes[:1].tolist(), "give two or more classes")
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(np.asarray(latents, np.float64), classes)
    return float(classifier.score(np.asarray(test_latents, np.float64), np.asarray(test_labels)))


def spacing(latents: Array) -> float:
    """The smallest distance between two latents over the mean distance, 0 to 1: 0 where two are the same.

    NaN where all are the same. It falls with the number of latents: compare equal numbers only.

    Args:
        latents: `(count, units)`, 2 or more.
    """
    points = np.asarray(latents, np.float64)
    one, other = np.triu_indices(len(points), 1)
    distances = np.linalg.norm(points[one] - points[other], axis=1)
    return float(distances.min() / distances.mean()) if distances.max() > 0 else math.nan


def drawn(count: int, most: int, seed: int) -> np.ndarray:
    """The places, in order, of `most` of so many things, drawn at random; of all where there are no more."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
