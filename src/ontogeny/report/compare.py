"""Compare runs over seeds: one page with curves and a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from ontogeny.errors import InputError
from ontogeny.report import axes as ax_
from ontogeny.report.axes import NARROW, log_axis, log_limits
from ontogeny.report.equal_cost import equal_cost
from ontogeny.report.figures import known, legend, legend_line, line, spread
from ontogeny.report.groups import Group, group
from ontogeny.report.labels import differences, learner_name
from ontogeny.report.numbers import ranges
from ontogeny.report.page import render
from ontogeny.report.svg import STYLE, both_widths
from ontogeny.report.verdict import verdict
from ontogeny.report.words import listed, subject
from ontogeny.runs.files import write_atomic
from ontogeny.runs.folder import RunFolder

_ALT = "Held-out loss during training, over evaluations and over seconds: each seed, the median and its interval."


def compare(folders: Sequence[RunFolder], path: Path) -> dict[str, list[dict[str, Any]]]:
    """Write a page that compares runs; those that differ in nothing but the seed are one group.

    Args:
        folders: one or more; runs that still train are compared as far as they got.
        path: of the HTML file.

    Returns:
        `groups`, a line a group: `group`, `seeds`, `loss` and `population_loss` (`median`, `low`, `high`),
        what the `interval` is, the medians of `evaluations`, `seconds` and `flops`, and why the
        runs `stopped`. And `equal_cost`, see `report.equal_cost`.

    Raises:
        InputError: where there is no run, or none has a measurement yet.
        MachineError: where a folder is damaged or the disk cannot be written.
    """
    if not folders:
        raise InputError("runs", "none", "give one run folder or more")
    groups, empty = group(folders)
    if not groups:
        raise InputError("runs", str(folders[0].path), "nothing was measured yet; wait for a line in metrics.csv")
    rows, equal = [each.row() for each in groups], equal_cost(groups)
    page = render(
        "compare.html.j2",
        title=_title(groups),
        icon="",
        rows=[
            {**row, "tone": each.tone.name, "seeds_text": ranges(each.seeds)}
            for row, each in zip(rows, groups, strict=True)
        ],
        runs=sum(len(each.entries) for each in groups),
        verdict=verdict([each.party() for each in groups]),
        notes=_notes(groups, empty),
        figures=_figures(groups),
        equal=equal,
        paths=[{"label": each.label, "paths": [str(entry.folder.path) for entry in each.entries]} for each in groups],
    )
    write_atomic(path, page)
    return {"groups": rows, "equal_cost": equal}


def _title(groups: list[Group]) -> str:
    configs = [each.entries[0].folder.config for each in groups]
    return f"{listed(map(subject, configs))}: {listed(map(learner_name, configs))} compared"


def _figures(groups: list[Group]) -> list[dict[str, Any]]:
    """A figure for each task."""
    tasks = dict.fromkeys(each.task for each in groups)
    parts = [(task, [each for each in _measured(groups) if each.task == task]) for task in tasks]
    return [
        {"task": task, "svg": both_widths(curves_figure, part, f"curves{index}", f"{task}. {_ALT}")}
        for index, (task, part) in enumerate(parts)
        if part
    ]


def _notes(groups: list[Group], empty: list[RunFolder]) -> list[str]:
    notes = [f"{folder.path} has no measurement yet and is left out." for folder in empty]
    for each in groups:
        going = sum(entry.result["stopped"] == "running" for entry in each.entries)
        if going:
            notes.append(
                f"{each.label}: {going} of {len(each.entries)} runs have not ended; they count as they stand now."
            )
        if len(set(each.seeds)) < len(each.seeds):
            notes.append(
                f"{each.label}: a seed occurs more than once; such runs are copies, and the interval is too narrow."
            )
        if not np.isfinite(each.values("loss")).all():
            notes.append(f"{each.label}: a loss that is no finite number counts as infinite.")
    return notes + differences([each.entries[0].folder.config for each in groups])


def _measured(groups: list[Group]) -> list[Group]:
    return [each for each in groups if any(len(entry.metrics.get("loss", ())) for entry in each.entries)]


def curves_figure(groups: Sequence[Group], narrow: bool = False) -> Figure:
    """The held-out loss over evaluations and over seconds: each seed, the median, its interval."""
    with mpl.rc_context(STYLE):
        size = (NARROW[0], 5.6) if narrow else (7.4, 3.8)
        figure, panels = ax_.figure(size, *((1, 2) if narrow else (2, 1)))
        tables = [entry.metrics for each in groups for entry in each.entries if len(entry.metrics.get("loss", ()))]
        limits = log_limits([table["loss"] for table in tables], 100.0)
        for axes, against in zip(panels, ("evaluations", "seconds"), strict=True):
            for each in groups:
                _draw(axes, each, against)
            spread(axes, [table[against] for table in tables])
            axes.set_xlabel(against if against == "evaluations" else "seconds, compilation included")
        if limits:
            log_axis(panels[0].yaxis, *limits)
        for axes in panels if narrow else panels[:1]:
            axes.set_ylabel("held-out loss")
        handles = [legend_line(each.tone, f"{each.label} (n = {len(each.entries)})") for each in groups]
        legend(figure, handles, narrow)
    return figure


def _draw(axes: Any, each: Group, against: str) -> None:
    many = len(each.entries) > 1
    for entry in each.entries:
        if len(entry.metrics.get("loss", ())):
            thin = {"linewidth": 0.6, "alpha": 0.55, "linestyle": "solid"} if many else {}
            line(axes, entry.metrics[against], known(entry.metrics["loss"]), each.tone, **thin)
    found = each.curve(against) if many else None
    if found:
        x, median, low, high = found
        axes.fill_between(x, known(low), known(high), color=each.tone.colour, alpha=0.16, linewidth=0)
        line(axes, x, known(median), each.tone, linewidth=2)
