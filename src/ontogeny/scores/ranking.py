"""How well a score orders nets by their accuracy, with intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import kendalltau, rankdata, spearmanr  # type: ignore[import-untyped]

from ontogeny.errors import require

Measure = Callable[[np.ndarray, np.ndarray], float]
"""From `(count,)` scores, more is better, and `(count,)` accuracies to a number."""


def spearman(score: np.ndarray, accuracy: np.ndarray) -> float:
    """Spearman's ρ, −1 to 1; 0 for a constant."""
    return 0.0 if np.ptp(score) == 0 or np.ptp(accuracy) == 0 else float(spearmanr(score, accuracy)[0])


def kendall(score: np.ndarray, accuracy: np.ndarray) -> float:
    """Kendall's τ-b, −1 to 1; 0 for a constant."""
    return 0.0 if np.ptp(score) == 0 or np.ptp(accuracy) == 0 else float(kendalltau(score, accuracy)[0])


def gain(score: np.ndarray, accuracy: np.ndarray, top: int = 100) -> float:
    """Normalised discounted cumulative gain of the best by score, 0 to 1 (Järvelin & Kekäläinen 2002).

    A net's gain is 2 to its accuracy, from 0 for the worst to 1 for the best of all, less 1.
    """
    span = np.ptp(accuracy)
    gains = 2 ** ((accuracy - accuracy.min()) / (span or 1)) - 1
    top = min(top, len(gains))
    discount = 1 / np.log2(np.arange(top) + 2)
    best = float(np.sort(gains)[::-1][:top] @ discount)
    order = np.argsort(-score, kind="stable")[:top]
    return float(gains[order] @ discount / best) if best else 0.0


def regret(score: np.ndarray, accuracy: np.ndarray, top: int = 1) -> float:
    """By how much the best of the first by score stays below the best of all, 0 to 1."""
    order = np.argsort(-score, kind="stable")[:top]
    return float(accuracy.max() - accuracy[order].max())


def finite(score: np.ndarray, higher: bool) -> np.ndarray:
    """A score of which more is better, and what is not finite is worst.

    Args:
        score: `(count,)`.
        higher: whether more is better as it is.
    """
    signed = np.asarray(score, np.float64) * (1 if higher else -1)
    known = np.isfinite(signed)
    worst = signed[known].min() - 1 if known.any() else 0.0
    return np.where(known, signed, worst)


def together(scores: np.ndarray) -> np.ndarray:
    """Several scores as one: the sum of the logarithms of their ranks (Lee & Ham 2024, equation 12).

    Args:
        scores: `(scores, count)`, more is better.

    Returns:
        `(count,)`, 0 for a net that is best in all, less for others.
    """
    ranks = np.stack([rankdata(each) for each in scores]) / scores.shape[1]
    return np.asarray(np.log(ranks).sum(0))


def interval(
    measure: Measure, score: np.ndarray, accuracy: np.ndarray, draws: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """A measure, and the 95 % percentile bootstrap over nets.

    Args:
        measure: such as `spearman`.
        score: `(count,)`, more is better.
        accuracy: `(count,)`.
        draws: of the bootstrap.
        seed: of them.

    Returns:
        The measure, and the lower and upper end.

    Raises:
        InputError: for fewer than 3 nets, or different numbers of them.
    """
    require(len(score) == len(accuracy) and len(score) >= 3, "score", len(score), "give one for each of 3 nets or more")
    random = np.random.default_rng(seed)
    places = random.integers(0, len(score), (draws, len(score)))
    found = [measure(score[each], accuracy[each]) for each in places]
    low, high = np.percentile(found, [2.5, 97.5])
    return measure(score, accuracy), float(low), float(high)
