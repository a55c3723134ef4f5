"""Pictures of a run as figures for papers: target beside result, and the strip of its growth."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.report.material import Material
from ontogeny.report.numbers import number
from ontogeny.report.pictures import STRIP, to_pixels
from ontogeny.report.svg import STYLE


def result_figure(run: Material) -> Figure:
    """The target beside what was grown."""
    assert run.target is not None
    assert run.frames is not None
    state = run.frames[run.shown_at]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.2, 2.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        _picture(left, run.target, "target")
        _picture(right, state, f"after {run.shown_at} updates, loss {number(run.loss_of(state))}")
    return figure


def strip_figure(run: Material) -> Figure:
    """The picture after each of the updates of the published tables."""
    assert run.frames is not None
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.85 * len(STRIP), 1.15), layout="constrained")
        for axes, step in zip(figure.subplots(1, len(STRIP)), STRIP, strict=True):
            _picture(axes, run.frames[step], f"{step:,}")
    return figure


def _picture(axes: Axes, state: np.ndarray, title: str) -> None:
    axes.imshow(to_pixels(state), interpolation="nearest")
    axes.set_title(title)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_alpha(0.25)
