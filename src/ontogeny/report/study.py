"""The page of a study: its sections drawn, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, WIDE, bounded, linear_axis, log_axis, log_limits
from ontogeny.report.figures import legend, legend_line, line, shown_updates
from ontogeny.report.numbers import number
from ontogeny.report.page import render
from ontogeny.report.palette import tones
from ontogeny.report.pictures import png
from ontogeny.report.svg import INK, STYLE, both_widths
from ontogeny.runs.files import write_atomic
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Cell, Chart, Claim, Part, Section, Spread, Strip, Table
from ontogeny.studies.study import Study

_CEILING = 10.0


def write_study(study: Study, budget: str, evidence: Evidence, sections: Sequence[Section], path: Path) -> Path:
    """Write the page of a study.

    Args:
        study: which.
        budget: for which it was carried out.
        evidence: what was found.
        sections: what follows from it.
        path: of the HTML file.

    Returns:
        `path`.

    Raises:
        MachineError: where the disk cannot be written.
    """
    page = render(
        "study.html.j2",
        title=study.title,
        icon="",
        budget=budget,
        about=study.about,
        seeds=evidence.plan.seeds,
        rollouts=evidence.plan.rollouts,
        models=[model.name for model in evidence.plan.models],
        command=f"ontogeny study {study.name} --budget {budget}",
        sections=[_section(section, number) for number, section in enumerate(sections)],
    )
    write_atomic(path, page)
    return path


def _section(section: Section, number: int) -> dict[str, Any]:
    parts = [_part(part, f"s{number}p{index}") for index, part in enumerate(section.parts)]
    return {"title": section.title, "words": section.words, "parts": parts}


def _part(part: Part, name: str) -> dict[str, Any]:
    if isinstance(part, Table):
        rows = [[_cell(cell) for cell in row] for row in part.rows]
        return {"kind": "table", "columns": part.columns, "rows": rows, "note": part.note}
    if isinstance(part, Chart):
        return {"kind": "chart", "title": part.title, "svg": _drawn(part, name), "note": part.note}
    if isinstance(part, Strip):
        drawn = [(label, [(caption, png(state)) for caption, state in cells]) for label, cells in part.rows]
        return {"kind": "strip", "title": part.title, "rows": drawn, "note": part.note}
    assert isinstance(part, Claim)
    return {"kind": "claim", "claim": part, "note": part.test}


def _cell(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, Spread):
        ends = f" [{number(cell.low, 2)}, {number(cell.high, 2)}]" if cell.known > 1 else ""
        few = f" ({cell.known} of {cell.seeds})" if cell.known < cell.seeds else ""
        return f"{number(cell.middle, 2)}{ends}{few}"
    return cell if isinstance(cell, str) else number(cell, 2)


def _drawn(chart: Chart, name: str) -> Markup | None:
    labels = ", ".join(line.label for line in chart.lines)
    return both_widths(chart_figure, [chart], name, f"{chart.title}: the loss over {chart.along} of {labels}.")


def chart_figure(charts: Sequence[Chart], narrow: bool = False) -> Figure:
    """A chart as a figure."""
    (chart,) = charts
    with mpl.rc_context(STYLE):
        figure, (axes,) = ax_.figure(NARROW if narrow else WIDE)
        values = [each for curve in chart.lines for each in (curve.low, curve.high)]
        values += [np.asarray(losses) for _, losses in chart.marks.values()]
        low, high = log_limits(values, _CEILING) or (1e-6, 1.0)
        log_axis(axes.yaxis, low, high)
        ends = [
            curve.places if curve.places is not None else np.arange(1, len(curve.middle) + 1) for curve in chart.lines
        ]
        first, last = min(places[0] for places in ends), max(places[-1] for places in ends)
        handles = []
        shades = tones([curve.by for curve in chart.lines])
        for curve, places, tone in zip(chart.lines, ends, shades, strict=True):
            every = curve.places is not None or not chart.logarithmic
            kept = np.arange(len(places)) if every else shown_updates(len(places))
            lower, upper = (bounded(end, high)[kept] for end in (curve.low, curve.high))
            axes.fill_between(places[kept], lower, upper, color=tone.colour, alpha=0.15, linewidth=0)
            line(axes, places[kept], bounded(curve.middle, high)[kept], tone)
            handles.append(legend_line(tone, curve.label))
        for (label, (steps, losses)), marker in zip(chart.marks.items(), "os^Dv<>p", strict=False):
            style: dict[str, Any] = {"color": INK, "marker": marker, "markerfacecolor": "none", "linestyle": "none"}
            known = [place for place, step in enumerate(steps) if step <= last]
            axes.plot([steps[k] for k in known], [losses[k] for k in known], markersize=5, **style)
            handles.append(Line2D([], [], **style, label=label))
        for at in chart.at:
            axes.axvline(at, color=INK, linewidth=0.7)
        if chart.logarithmic:
            log_axis(axes.xaxis, first, last)
        else:
            axes.set_xlim(0, last)
            linear_axis(axes.xaxis)
        axes.set_xlabel(chart.along)
        axes.set_ylabel("loss (mean squared error)")
        legend(figure, handles, narrow)
    return figure
