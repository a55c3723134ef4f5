"""Axes that read well: whole powers or 1-2-5 steps, in plain numbers where they are short."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from ontogeny.report.numbers import tick
from ontogeny.report.svg import STYLE

WIDE = (7.4, 3.5)
NARROW = (3.7, 3.3)


def figure(size: tuple[float, float], columns: int = 1, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure and its axes, which share the vertical scale."""
    with mpl.rc_context(STYLE):
        made = Figure(figsize=size, layout="constrained")
        grid = made.subplots(rows, columns, sharey=True, squeeze=False)
    axes = list(grid.flat)
    for each in axes:
        each.grid(True)
        each.set_axisbelow(True)
    return made, axes


def log_axis(axis: Axis, low: float, high: float, most: int = 7) -> None:
    """Make an axis logarithmic from `low` to `high` with ticks at round numbers."""
    set_scale = axis.axes.set_xscale if axis is axis.axes.xaxis else axis.axes.set_yscale
    set_limits = axis.axes.set_xlim if axis is axis.axes.xaxis else axis.axes.set_ylim
    set_scale("log")
    set_limits(low, high)
    ticks = round_ticks(low, high, most)
    plain = min(ticks, default=1) >= 1e-4 and max(ticks, default=1) <= 1e6
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value, plain)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())


def linear_axis(axis: Axis) -> None:
    """Ticks of a linear axis as short numbers."""
    axis.set_major_locator(MaxNLocator(6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def round_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Up to `most` round numbers in a range: 1, 2, 5 times powers of ten, or powers alone."""
    bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for parts in ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ticks = [part * 10.0**power for power in range(bottom, top + 1) for part in parts]
        inside = [value for value in ticks if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if len(inside) <= most:
            return inside
    stride = -(-len(inside) // most)
    return [value for value in inside if round(math.log10(value)) % stride == 0]


def log_limits(values: list[np.ndarray], ceiling: float) -> tuple[float, float] | None:
    """The range of an axis that holds values; `None` where a logarithm cannot show them.

    Args:
        values: any arrays; what is not finite is passed over.
        ceiling: where the axis ends at the latest, since losses that explode would flatten
            everything else.
    """
    known = np.concatenate([np.zeros(0), *(np.ravel(each) for each in values)])
    known = known[np.isfinite(known)]
    if not len(known) or known.min() <= 0:
        return None
    low, high = float(known.min()) / 1.4, max(min(float(known.max()), ceiling), float(known.min()) * 3) * 1.4
    return low, high


def linear_limits(values: list[np.ndarray]) -> tuple[float, float]:
    """The range of a linear axis that holds values: from 0 where they are not far from it.

    Args:
        values: any arrays; what is not finite is passed over.
    """
    known = np.concatenate([np.zeros(0), *(np.ravel(each) for each in values)])
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    low = min(low, 0.0) if low < high / 2 else low
    margin = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return (0.0 if low == 0 else low - margin), high + margin


def bounded(values: np.ndarray, high: float) -> np.ndarray:
    """Values of a curve that leaves the axis upwards where they are infinite."""
    return np.minimum(np.nan_to_num(np.asarray(values, np.float64), nan=np.inf, posinf=np.inf), high * 100)
