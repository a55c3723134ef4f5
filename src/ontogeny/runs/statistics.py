"""A median and how sure one can be of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

FEWEST = 5
"""Below as many values an interval would pretend to knowledge that is not there."""

_RESAMPLES = 5000


def median_interval(
    values: np.ndarray, level: float = 0.95, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The median along the first axis, and an interval around it.

    For five values or more the interval is the percentile bootstrap of the median, for fewer
    the full range. With few values that bootstrap is a little too narrow: simulated on normal
    values it covers the true median in 94 % of cases for 5 of them, 87 % for 7, 93 % for 12 and
    94 % for 30. What is not a number counts as infinite, so a diverged run pulls upwards
    and is not left out.

    Args:
        values: `(seeds, ...)`, one or more.
        level: probability that the interval is meant to cover the true median with.
        seed: of the resampling; the points of a curve share their resamples.

    Returns:
        Median, low and high, each of the shape of `values[0]`.
    """
    values = np.asarray(values, np.float64)
    values = np.where(np.isnan(values), np.inf, values)
    median = np.asarray(np.median(values, axis=0))
    count = len(values)
    if count < FEWEST:
        return median, values.min(axis=0), values.max(axis=0)
    flat = values.reshape(count, -1)
    picks = np.random.default_rng(seed).integers(count, size=(_RESAMPLES, count))
    tail = (1 - level) / 2
    ends = []
    for column in flat.T:
        medians = np.sort(np.median(column[picks], axis=1))
        last = _RESAMPLES - 1
        ends.append((medians[int(tail * last)], medians[last - int(tail * last)]))
    low, high = np.asarray(ends).T
    return median, low.reshape(values.shape[1:]), high.reshape(values.shape[1:])


def bootstrap_interval(
    figure: Callable[..., np.ndarray], sides: Sequence[np.ndarray], seed: int = 0
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a figure of one sample or of several.

    Args:
        figure: takes an array for each sample, values along the last axis, to one of a value for each resample.
        sides: `(values,)` each, drawn anew apart from each other.
        seed: of the resampling.
    """
    draw = np.random.default_rng(seed)
    drawn = [side[draw.integers(len(side), size=(_RESAMPLES, len(side)))] for side in sides]
    low, high = np.quantile(figure(*drawn), [0.025, 0.975], method="nearest")
    return float(low), float(high)


def interval_name(count: int) -> str:
    """What `median_interval` gives for so many values, in words."""
    if count < 2:
        return "one seed"
    return "95 % bootstrap interval" if count >= FEWEST else f"range of {count} seeds"
