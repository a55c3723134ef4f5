"""Points of several groups on the page of a study."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, WIDE, linear_axis
from ontogeny.report.palette import class_colour
from ontogeny.report.pictures import grey
from ontogeny.report.svg import INK, PAPER, STYLE, both_widths
from ontogeny.studies.section import Scatter

_MARKERS = "os^Dv<>pPX"
_MOST = 1000
_FEW = 3
_BESIDE = 26
"""Letters in a line of a legend beside the axes."""
_LETTERS = 48
"""In a line of a legend on a narrow page, with six for each sign."""


def scatter_svg(scatter: Scatter, name: str) -> Markup | None:
    """A scatter plot for wide and for narrow pages.

    Args:
        scatter: its points; of more than 1,000 every so-manyth of each group is drawn.
        name: a prefix of its ids, different from those of the page's other figures.
    """
    groups = ", ".join(scatter.groups)
    alt = f"{scatter.title}: points in the plane of {scatter.along} and {scatter.up}, of {groups}."
    return both_widths(scatter_figure, [scatter], name, alt)


def scatter_figure(scatters: Sequence[Scatter], narrow: bool = False) -> Figure:
    """A scatter plot as a figure."""
    (scatter,) = scatters
    groups = {label: np.asarray(points, np.float64) for label, points in scatter.groups.items()}
    stride = -(-sum(map(len, groups.values())) // _MOST)
    few = all(map(_is_few, groups.values()))
    with mpl.rc_context(STYLE):
        figure, (axes,) = ax_.figure((NARROW[0], 3.6 if few else 4.2) if narrow else (WIDE[0], 5.0))
        if scatter.behind is not None:
            shades = np.dstack([grey(scatter.behind)] * 3)  # as colours, or a colour map would be laid over it
            axes.imshow(shades, extent=scatter.window, interpolation="none", aspect="auto")
        handles = []
        for number, (label, points) in enumerate(groups.items()):
            style = _style(number, _is_few(points))
            axes.plot(*points[::stride].T, **style)
            handles.append(Line2D([], [], **style, label=label if narrow else textwrap.fill(label, _BESIDE)))
        if few or _short(groups):
            for label, points in groups.items():
                _name(axes, label, points, few)
        # One scale for both axes: distances are what is to be seen.
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_box_aspect(1)
        axes.set_anchor("C" if narrow else "W")
        for axis in (axes.xaxis, axes.yaxis):
            linear_axis(axis)
        axes.set_xlabel(scatter.along)
        axes.set_ylabel(scatter.up)
        if not few:
            place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.02, 1)}
            if narrow:
                columns = min(5, max(1, _LETTERS // (max(map(len, groups)) + 6)))
                place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": columns}
                figure.set_size_inches(NARROW[0], 3.6 + 0.18 * -(-len(groups) // columns))
            axes.legend(
                handles=handles,
                markerscale=1.0 if any(map(_is_few, groups.values())) else 1.6,
                handlelength=1.0,
                columnspacing=1.2,
                **place,
            )
    return figure


def _style(number: int, few: bool) -> dict[str, Any]:
    return {
        "color": class_colour(number),
        "marker": _MARKERS[number % len(_MARKERS)],
        "markersize": 7 if few else 3,
        "markeredgewidth": 0.8 if few else 0,
        "markeredgecolor": PAPER if few else "none",
        "alpha": 1.0 if few else 0.75,
        "linestyle": "none",
    }


def _is_few(points: np.ndarray) -> bool:
    """Whether each point is seen by itself, among whatever others."""
    return len(points) <= _FEW


def _short(groups: Iterable[str]) -> bool:
    """Whether names fit among the points, as digits do."""
    return max(map(len, groups)) <= 2


def _name(axes: Axes, label: str, points: np.ndarray, few: bool) -> None:
    """Write a group's name beside each of its points, or in the middle of them."""
    paper = {"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.8}
    text: dict[str, Any] = {"textcoords": "offset points", "fontweight": "bold", "color": INK, "bbox": paper}
    if few:
        for point in points:
            axes.annotate(label, point, (6, 3), fontsize=9, **text)
    elif len(points):  # a class may have none
        axes.annotate(label, np.median(points, axis=0), (0, 0), ha="center", va="center", fontsize=9, **text)
