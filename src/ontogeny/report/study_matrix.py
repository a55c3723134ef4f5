"""A large table of numbers as a picture on the page of a study."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.report.svg import STYLE, both_widths
from ontogeny.studies.section import Matrices

_WIDE, _NARROW = 7.4, 3.7


def matrices_svg(matrices: Matrices, name: str) -> Markup | None:
    """Tables side by side, and on narrow pages one below the other, with one scale of colours.

    Args:
        matrices: what is drawn.
        name: a prefix of its ids, different from those of the page's other figures.
    """
    means = "; ".join(f"{label}: mean {np.nanmean(values):.2f}" for label, values in matrices.tables.items())
    alt = f"{matrices.title}: {matrices.up} by {matrices.down} (down) and {matrices.along} (across). {means}."
    return both_widths(matrices_figure, [matrices], name, alt)


def matrices_figure(every: Sequence[Matrices], narrow: bool = False) -> Figure:
    """Tables as a figure."""
    (matrices,) = every
    count = len(matrices.tables)
    rows, columns = (count, 1) if narrow else (1, count)
    side = (_NARROW - 0.9) if narrow else min(3.2, (_WIDE - 0.9) / count)
    known = np.concatenate([np.ravel(np.asarray(values, np.float64)) for values in matrices.tables.values()])
    low, high = matrices.limits or (float(np.nanmin(known)), float(np.nanmax(known)))
    with mpl.rc_context({**STYLE, "axes.spines.top": True, "axes.spines.right": True}):
        width = _NARROW if narrow else columns * side + 0.9
        figure = Figure(figsize=(width, rows * side + 0.6), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes, (label, values) in zip(grid.flat, matrices.tables.items(), strict=True):
            table = np.asarray(values, np.float64)
            shape = (0.5, table.shape[1] + 0.5, table.shape[0] + 0.5, 0.5)
            picture = axes.imshow(table, cmap="viridis", vmin=low, vmax=high, extent=shape, interpolation="nearest")
            axes.set_title(label)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(MaxNLocator(5, integer=True))
        for axes in grid[-1]:
            axes.set_xlabel(matrices.along)
        for row in grid:
            row[0].set_ylabel(matrices.down)
        figure.colorbar(picture, ax=grid.ravel().tolist(), label=matrices.up, shrink=0.9, aspect=30)
    return figure
