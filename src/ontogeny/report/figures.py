"""The figures of a report, each at the width of a page or of a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, WIDE, bounded, linear_axis, log_axis, log_limits
from ontogeny.report.material import Erasure, Material
from ontogeny.report.palette import Tone
from ontogeny.report.svg import INK, STYLE
from ontogeny.runs.published import STEPS, Published, published

_CEILING = 10.0
_LOSS = "loss (mean squared error)"


def line(axes: Axes, x: np.ndarray, y: np.ndarray, tone: Tone, **more: Any) -> None:
    """A curve in a run's colour and dash."""
    axes.plot(x, y, **{"color": tone.colour, "linestyle": tone.dash, "linewidth": 1.6, **more})


def growth_figure(runs: Sequence[Material], narrow: bool = False) -> Figure:
    """The loss after each update: median, deciles, and what was published."""
    with mpl.rc_context(STYLE):
        figure, (axes,) = ax_.figure(NARROW if narrow else WIDE)
        found = [(run, run.growth) for run in runs if run.growth]
        last = max(probe["steps"] for _, probe in found)
        marks = {run.label: published(run.folder.config) for run in runs}
        empty = next(float(np.mean(run.target**2)) for run in runs if run.target is not None)
        values = [np.asarray(probe["curve"][name]) for _, probe in found for name in ("q10", "q90")]
        values += [np.asarray(mark.losses) for mark in marks.values() if mark] + [np.asarray([empty])]
        low, high = log_limits(values, _CEILING) or (1e-6, 1.0)
        log_axis(axes.yaxis, low, high)
        log_axis(axes.xaxis, 1, last)
        for window in sorted({run.trained_on for run in runs}):
            axes.axvspan(*window, color=INK, alpha=0.1, linewidth=0)
        axes.axhline(empty, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
        handles, drawn = [], list[Published]()
        for run, probe in found:
            curves = {name: bounded(np.asarray(curve), high) for name, curve in probe["curve"].items()}
            kept = shown_updates(probe["steps"])
            x = kept + 1
            axes.fill_between(
                x, curves["q10"][kept], curves["q90"][kept], color=run.tone.colour, alpha=0.2, linewidth=0
            )
            line(axes, x, curves["median"][kept], run.tone)
            handles.append(legend_line(run.tone, run.label))
            mark = marks[run.label]
            if mark and mark not in drawn:
                drawn.append(mark)
                style: dict[str, Any] = {
                    "color": run.tone.colour,
                    "marker": "o",
                    "markerfacecolor": "none",
                    "linestyle": "none",
                }
                axes.plot(STEPS, mark.losses, markersize=5.5, markeredgewidth=1.3, **style)
                handles.append(Line2D([], [], **style, label=f"published: {mark.name}"))
        handles.append(Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (1, 2)), label="empty canvas"))
        axes.set_xlabel("updates from the seed (grey: trained on)")
        axes.set_ylabel(_LOSS)
        legend(figure, handles, narrow)
    return figure


def shown_updates(steps: int) -> np.ndarray:
    """Indices of a curve that are drawn: all of the first 100, then ever fewer."""
    return np.unique(np.geomspace(1, steps, 260).round().astype(int).tolist() + list(range(1, min(steps, 100) + 1))) - 1


def erase_figure(pairs: Sequence[tuple[Material, Erasure]], narrow: bool = False) -> Figure:
    """The loss around an erasure, with the same rollouts left alone."""
    with mpl.rc_context(STYLE):
        figure, (axes,) = ax_.figure(NARROW if narrow else WIDE)
        curves = [erasure.found[name] for _, erasure in pairs for name in ("curve", "untouched")]
        values = [np.asarray(curve[name]) for curve in curves for name in ("q10", "q90")]
        low, high = log_limits(values, _CEILING) or (1e-6, 1.0)
        log_axis(axes.yaxis, low, high)
        handles = []
        for run, erasure in pairs:
            x = np.arange(1, erasure.found["steps"] + 1)
            hurt = {name: bounded(np.asarray(curve), high) for name, curve in erasure.found["curve"].items()}
            alone = bounded(np.asarray(erasure.found["untouched"]["median"]), high)
            axes.fill_between(x, hurt["q10"], hurt["q90"], color=run.tone.colour, alpha=0.2, linewidth=0)
            line(axes, x, alone, run.tone, linewidth=0.9, linestyle=(0, (1, 1.6)))
            line(axes, x, hurt["median"], run.tone)
            handles.append(legend_line(run.tone, run.label))
        handles.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (1, 1.6)), label="left alone"))
        for at in sorted({erasure.wound.at for _, erasure in pairs}):
            axes.axvline(at, color=INK, linewidth=0.7)
            text: dict[str, Any] = {
                "xycoords": ("data", "axes fraction"),
                "textcoords": "offset points",
                "fontsize": 8.5,
            }
            axes.annotate(f"erased at {at}", (at, 1), (0, 3), ha="center", va="bottom", **text)
        axes.set_xlim(0, max(erasure.found["steps"] for _, erasure in pairs))
        linear_axis(axes.xaxis)
        axes.set_xlabel("updates from the seed")
        axes.set_ylabel(_LOSS)
        legend(figure, handles, narrow)
    return figure


def training_figure(runs: Sequence[Material], narrow: bool = False) -> Figure:
    """Held-out and population loss over evaluations and over seconds."""
    with mpl.rc_context(STYLE):
        size = (NARROW[0], 5.4) if narrow else WIDE
        figure, panels = ax_.figure(size, *((1, 2) if narrow else (2, 1)))
        runs = [run for run in runs if len(run.metrics.get("loss", ()))]
        for axes, against in zip(panels, ("evaluations", "seconds"), strict=True):
            for run in runs:
                x = run.metrics[against]
                if "population_loss" in run.metrics:
                    line(axes, x, known(run.metrics["population_loss"]), run.tone, linewidth=0.8, alpha=0.6)
                line(axes, x, known(run.metrics["loss"]), run.tone, marker="o" if len(x) == 1 else "", markersize=4)
            spread(axes, [run.metrics[against] for run in runs])
            axes.set_xlabel(against if against == "evaluations" else "seconds, compilation included")
        losses = [
            known(run.metrics[name]) for run in runs for name in ("loss", "population_loss") if name in run.metrics
        ]
        if limits := log_limits(losses, _CEILING):
            log_axis(panels[0].yaxis, *limits)
        for axes in panels if narrow else panels[:1]:
            axes.set_ylabel(_LOSS if all(run.target is not None for run in runs) else "loss")
        handles = [legend_line(run.tone, run.label) for run in runs]
        handles.append(Line2D([], [], color=INK, linewidth=1.6, label="held-out"))
        handles.append(Line2D([], [], color=INK, linewidth=0.8, alpha=0.6, label="population or batch"))
        legend(figure, handles, narrow)
    return figure


def spread(axes: Axes, columns: list[np.ndarray]) -> None:
    """A linear horizontal axis, or a logarithmic one where the runs are of very different length."""
    ends = [float(column[-1]) for column in columns]
    firsts = [float(column[0]) for column in columns]
    if ends and max(ends) > 3 * min(ends) and min(firsts) > 0:
        log_axis(axes.xaxis, min(firsts) / 1.1, max(ends) * 1.1, 6)
    else:
        if not firsts or min(firsts) < max(ends) / 2:
            axes.set_xlim(left=0)
        linear_axis(axes.xaxis)


def known(values: np.ndarray) -> np.ndarray:
    """The values, NaN where they are not finite: a gap in the curve."""
    return np.where(np.isfinite(values), values, np.nan)


def legend_line(tone: Tone, label: str) -> Line2D:
    """A run's entry in the legend."""
    return Line2D([], [], color=tone.colour, linestyle=tone.dash, linewidth=1.6, label=label)


def legend(figure: Figure, handles: list[Line2D], narrow: bool) -> None:
    """A legend above the axes, in as many columns as fit."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, (46 if narrow else 95) // (longest + 8))
    columns = min(columns, len(handles))
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + 0.17 * (-(-len(handles) // columns) - 1))
    figure.legend(handles=handles, loc="outside upper left", ncols=columns)
