"""How many times as large one thing is as another, over seeds, and how sure one can be."""

from __future__ import annotations

import dataclasses

import numpy as np

from ontogeny.runs.statistics import FEWEST, bootstrap_interval


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A ratio of medians with its interval.

    Attributes:
        middle: median of the one over median of the other.
        low: lower end.
        high: upper end.
        seeds: the smaller number of seeds.
        over: what there are several of.
    """

    middle: float
    low: float
    high: float
    seeds: int
    over: str = "seeds"

    @property
    def excludes_one(self) -> bool:
        """Whether the interval lies on one side of 1."""
        return self.high < 1 or self.low > 1

    def __str__(self) -> str:
        name = (
            "95 % interval"
            if self.seeds >= FEWEST
            else f"range of {self.seeds} {self.over if self.seeds > 1 else self.over[:-1]}"
        )
        return f"{self.middle:.3g} [{self.low:.3g}, {self.high:.3g}] ({name})"


def ratio(one: np.ndarray, other: np.ndarray, seed: int = 0, over: str = "seeds") -> Ratio:
    """The ratio of two medians.

    With five seeds or more on both sides the interval is the percentile bootstrap, seeds drawn anew on
    each side; with fewer it goes from the least of the one over the greatest of the other to the reverse.

    Args:
        one: `(seeds,)`, positive.
        other: `(seeds,)`, positive; of other trainings.
        seed: of the resampling.
        over: what there are several of.
    """
    one, other = (np.where(np.isnan(values), np.inf, values) for values in (one, other))
    seeds = min(len(one), len(other))
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = float(np.median(one) / np.median(other))
        if seeds < FEWEST:
            return Ratio(middle, float(one.min() / other.max()), float(one.max() / other.min()), seeds, over)
        low, high = bootstrap_interval(_ratio_of_medians, (one, other), seed)
    return Ratio(middle, low, high, seeds, over)


def _ratio_of_medians(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.median(one, axis=-1) / np.median(other, axis=-1))
