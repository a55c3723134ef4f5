"""Small figures in rows and columns on the page of a study: members in the plane, and histograms."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.report.palette import class_colour
from ontogeny.report.svg import STYLE, both_widths
from ontogeny.studies.section import Panels

_BINS = 24
_WIDE, _NARROW = 7.4, 3.7
_HIGHEST = 1.5


def panels_svg(panels: Panels, name: str) -> Markup | None:
    """Panels for wide and for narrow pages; on narrow ones they are as small as it takes to stand side by side.

    Args:
        panels: what is drawn.
        name: a prefix of its ids, different from those of the page's other figures.
    """
    what = "histograms of" if panels.histogram else "points in the plane of"
    rows = ", ".join(label for label, _ in panels.rows)
    alt = f"{panels.title}: {what} {panels.along}, for {', '.join(panels.columns)}; rows: {rows}."
    return both_widths(panels_figure, [panels], name, alt)


def panels_figure(every: Sequence[Panels], narrow: bool = False) -> Figure:
    """Panels as a figure."""
    (panels,) = every
    width = _NARROW if narrow else _WIDE
    columns = len(panels.columns)
    side = width / columns
    height = min(side, _HIGHEST) if panels.histogram else min(side, 1.9)
    limits = panels.limits or _limits(panels)
    with mpl.rc_context({**STYLE, "font.size": 7 if narrow else 8.5, "axes.titlesize": 7 if narrow else 8.5}):
        figure = Figure(figsize=(width, height * len(panels.rows) + 0.5), layout="constrained")
        grid = figure.subplots(len(panels.rows), columns, sharex=True, sharey=True, squeeze=False)
        for axes, (label, values) in zip(grid, panels.rows, strict=True):
            for place, each in zip(axes, values, strict=True):
                _panel(place, panels, np.asarray(each, np.float64), limits)
            axes[0].set_ylabel(label)
        for axes, name in zip(grid[0], panels.columns, strict=True):
            axes.set_title(name)
        figure.supxlabel(panels.along, fontsize=7 if narrow else 8.5)
    return figure


def _panel(axes: Axes, panels: Panels, values: np.ndarray, limits: tuple[float, float]) -> None:
    axes.grid(True)
    axes.set_axisbelow(True)
    axes.set_xlim(*limits)
    if panels.histogram:
        known = values[np.isfinite(values)]
        axes.hist(np.clip(known, *limits), bins=np.linspace(*limits, _BINS + 1).tolist(), color=class_colour(0))
        axes.yaxis.set_ticks([])
    else:
        known = values.reshape(-1, 2)
        for number, point in enumerate(known[np.isfinite(known).all(1)]):
            axes.plot(*point, "o", color=class_colour(number), markersize=3.2, alpha=0.8, markeredgewidth=0)
        axes.set_ylim(*limits)
        axes.set_box_aspect(1)
        axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_locator(MaxNLocator(3))


def _limits(panels: Panels) -> tuple[float, float]:
    """One range for all panels, so that how far members are apart can be compared."""
    values = np.concatenate([np.zeros(0), *(np.ravel(each) for _, row in panels.rows for each in row)])
    known = values[np.isfinite(values)]
    if not len(known):
        return -1.0, 1.0
    if panels.histogram:
        return float(known.min()), float(max(known.max(), known.min() + 1e-9))
    most = float(np.abs(known).max()) * 1.08 or 1.0
    return -most, most
