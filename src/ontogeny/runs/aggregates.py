"""Figures over seeds that a single lucky one does not decide (Agarwal et al. 2021, arXiv 2108.13264)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import trim_mean  # type: ignore[import-untyped]

from ontogeny.runs.statistics import FEWEST, bootstrap_interval


@dataclasses.dataclass(frozen=True)
class Aggregate:
    """A figure over seeds.

    Attributes:
        value: the figure.
        low: lower end of its 95 % percentile bootstrap interval, seeds drawn anew; NaN with fewer than five seeds.
        high: upper end.
    """

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """As plain values; `None` where there is no interval."""
        ends = {"low": self.low, "high": self.high}
        return {"value": self.value, **{name: None if np.isnan(end) else end for name, end in ends.items()}}


def interquartile_mean(values: np.ndarray, seed: int = 0) -> Aggregate:
    """The mean of the middle half.

    Args:
        values: `(seeds,)`; what is not a number counts as infinite.
        seed: of the resampling.
    """
    known = np.where(np.isnan(values), np.inf, np.asarray(values, np.float64))
    return _bootstrapped(lambda drawn: trim_mean(drawn, 0.25, axis=-1), (known,), seed)


def improvement(one: np.ndarray, other: np.ndarray, seed: int = 0) -> Aggregate:
    """The probability that a run of the one has a lower loss than a run of the other; ties count half.

    Args:
        one: `(seeds,)`; what is not a number counts as infinite.
        other: `(seeds,)`, of other runs.
        seed: of the resampling.
    """
    sides = tuple(np.where(np.isnan(side), np.inf, np.asarray(side, np.float64)) for side in (one, other))
    return _bootstrapped(_share_below, sides, seed)


def _share_below(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    left, right = one[..., :, None], other[..., None, :]
    wins: np.ndarray = ((left < right) + 0.5 * (left == right)).mean(axis=(-2, -1))
    return wins


def _bootstrapped(figure: Callable[..., Any], sides: tuple[np.ndarray, ...], seed: int) -> Aggregate:
    value = float(figure(*sides))
    if min(map(len, sides)) < FEWEST:
        return Aggregate(value, float("nan"), float("nan"))
    return Aggregate(value, *bootstrap_interval(figure, sides, seed))
