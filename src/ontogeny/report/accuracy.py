"""Accuracy, where a task measures it: a figure over training, and what the test found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, WIDE, linear_axis
from ontogeny.report.figures import known, legend, legend_line, line, spread
from ontogeny.report.material import Material
from ontogeny.report.numbers import number
from ontogeny.report.svg import STYLE
from ontogeny.runs import examination

ALT = "Held-out accuracy during training, over evaluations and over seconds."


def with_accuracy(runs: Sequence[Material]) -> list[Material]:
    """The runs whose metrics table has a column `accuracy`."""
    return [run for run in runs if len(run.metrics.get("accuracy", ()))]


def accuracy_figure(runs: Sequence[Material], narrow: bool = False) -> Figure:
    """Held-out accuracy in percent, over evaluations and over seconds.

    Args:
        runs: one or more that have an accuracy.
        narrow: whether for a phone.
    """
    with mpl.rc_context(STYLE):
        size = (NARROW[0], 5.4) if narrow else WIDE
        figure, panels = ax_.figure(size, *((1, 2) if narrow else (2, 1)))
        for axes, against in zip(panels, ("evaluations", "seconds"), strict=True):
            for run in runs:
                x, y = run.metrics[against], 100 * known(run.metrics["accuracy"])
                line(axes, x, y, run.tone, marker="o" if len(x) == 1 else "", markersize=4)
            spread(axes, [run.metrics[against] for run in runs])
            axes.set_xlabel(against if against == "evaluations" else "seconds, compilation included")
        linear_axis(panels[0].yaxis)
        for axes in panels if narrow else panels[:1]:
            axes.set_ylabel("held-out accuracy (%)")
        legend(figure, [legend_line(run.tone, run.label) for run in runs], narrow)
    return figure


def examined(result: dict[str, Any]) -> dict[str, str]:
    """What a run's result says about its test data, in words: `{"accuracy": "97.8 %", …}`."""
    return {
        name: f"{value:.1%}".replace("%", "\u00a0%") if name == "accuracy" else number(value)
        for name, value in examination.examined(result).items()
    }


def examined_words(result: dict[str, Any]) -> str:
    """A sentence about the test data; empty where there are none."""
    parts = [f"the {name.replace('_', ' ')} is {text}" for name, text in examined(result).items()]
    return f"On the test data, which were not looked at before, {' and '.join(parts)}." if parts else ""
