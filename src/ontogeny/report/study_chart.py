"""Curves on the page of a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, WIDE, bounded, linear_axis, linear_limits, log_axis, log_limits
from ontogeny.report.figures import legend, legend_line, line, shown_updates
from ontogeny.report.palette import tones
from ontogeny.report.svg import INK, STYLE, both_widths
from ontogeny.studies.section import Chart, Line

_CEILING = 10.0
_LEVELS = ((0, (1, 2)), (0, (4, 2)), (0, (6, 2, 1, 2)), (0, (1, 4)))

Shown: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""Losses as they are drawn."""


def chart_svg(chart: Chart, name: str) -> Markup | None:
    """A chart for wide and for narrow pages.

    Args:
        chart: its curves.
        name: a prefix of its ids, different from those of the page's other figures.
    """
    labels = ", ".join([*(line.label for line in chart.lines), *chart.marks, *chart.levels])
    return both_widths(chart_figure, [chart], name, f"{chart.title}: {chart.up} over {chart.along} of {labels}.")


def chart_figure(charts: Sequence[Chart], narrow: bool = False) -> Figure:
    """A chart as a figure."""
    (chart,) = charts
    with mpl.rc_context(STYLE):
        figure, (axes,) = ax_.figure(NARROW if narrow else WIDE)
        shown = _upright(axes, chart)
        places = [_places(curve) for curve in chart.lines]
        first, last = min(each[0] for each in places), max(each[-1] for each in places)
        handles = []
        shades = tones([curve.by for curve in chart.lines])
        for curve, x, tone in zip(chart.lines, places, shades, strict=True):
            every = curve.places is not None or not chart.logarithmic
            kept = np.arange(len(x)) if every else shown_updates(len(x))
            lower, middle, upper = (shown(each)[kept] for each in (curve.low, curve.middle, curve.high))
            axes.fill_between(x[kept], lower, upper, color=tone.colour, alpha=0.15, linewidth=0)
            line(axes, x[kept], middle, tone)
            handles.append(legend_line(tone, curve.label))
        handles += _marks(axes, chart, last)
        if chart.logarithmic:
            log_axis(axes.xaxis, first, last)
        else:
            axes.set_xlim(0, last)
            linear_axis(axes.xaxis)
        axes.set_xlabel(chart.along)
        axes.set_ylabel(chart.up)
        legend(figure, handles, narrow)
    return figure


def _upright(axes: Axes, chart: Chart) -> Shown:
    """Set the vertical axis up."""
    values = [each for curve in chart.lines for each in (curve.low, curve.high)]
    values += [np.asarray(losses) for _, losses in chart.marks.values()] + [np.asarray([*chart.levels.values()])]
    if chart.linear:
        axes.set_ylim(*linear_limits(values))
        linear_axis(axes.yaxis)
        return np.asarray
    low, high = log_limits(values, _CEILING) or (1e-6, 1.0)
    log_axis(axes.yaxis, low, high)
    return lambda losses: bounded(losses, high)


def _marks(axes: Axes, chart: Chart, last: float) -> list[Line2D]:
    """Draw what is marked; its entries in the legend."""
    handles = []
    for (label, (steps, losses)), marker in zip(chart.marks.items(), "os^Dv<>p", strict=False):
        style: dict[str, Any] = {"color": INK, "marker": marker, "markerfacecolor": "none", "linestyle": "none"}
        known = [place for place, step in enumerate(steps) if step <= last]
        axes.plot([steps[k] for k in known], [losses[k] for k in known], markersize=5, **style)
        handles.append(Line2D([], [], **style, label=label))
    for number, (label, level) in enumerate(chart.levels.items()):
        style = {"color": INK, "linewidth": 0.9, "linestyle": _LEVELS[number % len(_LEVELS)]}
        axes.axhline(level, **style)
        handles.append(Line2D([], [], **style, label=label))
    for at in chart.at:
        axes.axvline(at, color=INK, linewidth=0.7)
    return handles


def _places(curve: Line) -> np.ndarray:
    return np.arange(1, len(curve.middle) + 1) if curve.places is None else np.asarray(curve.places)
