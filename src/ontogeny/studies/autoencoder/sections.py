"""Tables, charts and pictures of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.autoencoder.settings import AS_PUBLISHED
from ontogeny.studies.autoencoder.subject import SHOWN
from ontogeny.studies.autoencoder.sweep import Sweep, cell_name
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Chart, HeatMap, Line, Part, Row, Section, Strip, Table
from ontogeny.studies.spread import spread

ERROR = "mean absolute error of a pixel"

_EVERY = "The best member every five generations."
_DRAWN = 5
"""Variants whose curves are drawn, beside the published one."""

TEN = {"ten-es": "evolution strategies", "ten-adam": "Adam", "ten-ga": "the genetic algorithm"}
"""What learns ten pictures for long, in words."""

ALL = {"all-es": "evolution strategies", "all-adam": "Adam"}
"""What learns all pictures of a set, in words."""


def one_section(evidence: Evidence) -> Section:
    """Figure 2, and the error against population and mutation count for one picture."""
    sweep, stages = Sweep(evidence.experiments["one"]), evidence.experiments["stages"]
    film = [("target", np.asarray(stages["original"]))]
    film += [(f"{at:,}", np.asarray(out)) for at, out in zip(stages["generations"], stages["outputs"], strict=True)]
    shown = [(members, 10) for members in sweep.members] + [(10, count) for count in sweep.counts if count != 10]
    words = (
        f"The first picture, learned by heart by the published algorithm: {sweep.seeds} seeds of each setting, "
        f"{sweep.evaluations:,} evaluations each. The text gives no numbers.",
    )
    parts: tuple[Part, ...] = (
        Strip(
            "Stages of evolution (figure 2): every five generations, ten members, ten changed weights",
            (("", tuple(film)),),
        ),
        heat_map("Error for one picture", sweep, np.stack([sweep.errors(*cell) for cell in sweep.cells])),
        *_courses("One picture", {_named(cell): sweep.found[cell_name(*cell)] for cell in shown}),
    )
    return Section("One picture", words, parts)


def ten_section(evidence: Evidence) -> Section:
    """Figures 3 and 4, and the error against population and mutation count for ten pictures."""
    sweep, facts = Sweep(evidence.experiments["ten"]), evidence.experiments["pictures"]
    levels = {"the mean picture every time": facts["mean"], "the median picture every time": facts["median"]}
    rows: list[Row] = []
    for name, label in TEN.items():
        if evidence.has(name):
            numbers = (
                evidence.values(name, "reconstruct", each) for each in ("mean_absolute", "told_apart", "variety")
            )
            rows.append((label, f"{len(evidence.trained[name])}", *map(spread, numbers)))
    rows += [(label, None, value, None, 0.0) for label, value in levels.items()]
    shown = [(members, 1) for members in sweep.members] + [(20, count) for count in sweep.counts if count != 1]
    words = (
        "The first picture of each class. Answering always the same picture costs "
        f"{facts['mean']:.3f} (their mean) or {facts['median']:.3f} (their median). Told apart is the share of "
        "pictures whose reconstruction is nearer to them than to any other; variety is how much the outputs differ, as "
        "a share of how much the pictures do.",
    )
    parts: list[Part] = [
        Table(("learner", "seeds", ERROR, "told apart", "variety"), tuple(rows), "After the long trainings."),
        Strip("Targets over outputs after the long trainings (figure 4)", tuple(reconstructed(evidence, TEN))),
        Strip("Targets over outputs of the published algorithm (figure 3)", tuple(_figure_3(sweep, facts))),
        heat_map("Error for ten pictures", sweep, np.stack([sweep.errors(*cell) for cell in sweep.cells])),
        heat_map("Variety of the outputs", sweep, np.stack([sweep.variety(*cell) for cell in sweep.cells]), "variety"),
        *_courses(
            "Ten pictures, the published algorithm",
            {_named(each): sweep.found[cell_name(*each)] for each in shown},
            levels,
        ),
    ]
    return Section("Ten pictures", words, tuple(parts))


def strategy_section(evidence: Evidence) -> Section:
    """What changes to the published algorithm do."""
    found = evidence.experiments["variants"]
    rows: list[Row] = []
    for name, each in found.items():
        numbers = (np.asarray(each[what], np.float64) for what in ("mean_absolute", "told_apart", "variety"))
        rows.append((name, *map(spread, numbers), each["seconds"] / len(each["loss"])))
    most = max(each["evaluations"][-1] for each in found.values())
    words = (
        f"Ten pictures, {most:,} evaluations of each of {len(found[AS_PUBLISHED]['loss'])} seeds. Each line "
        "changes one thing about the published algorithm, or about the line that it goes on from. Errors are "
        "absolute ones, whatever the fitness was; curves are of the best that learn by them.",
    )
    # Of those that learn by this error.
    alike = [name for name, each in found.items() if np.allclose(_last(each), each["mean_absolute"], rtol=1e-3)]
    best = sorted(alike, key=lambda name: float(np.median(_last(found[name]))))[:_DRAWN]
    columns = ("variant", ERROR, "told apart", "variety", "seconds a seed")
    parts: tuple[Part, ...] = (
        Table(columns, tuple(rows)),
        *_courses("Variants", {name: found[name] for name in dict.fromkeys((AS_PUBLISHED, *best))}),
    )
    return Section("The algorithm, and what the field has learned since", words, parts)


def heat_map(title: str, sweep: Sweep, values: np.ndarray, up: str = ERROR) -> HeatMap:
    """A number over population and mutation count.

    Args:
        title: above it.
        sweep: where the settings are.
        values: `(settings, seeds)`, in the order of `sweep.cells`.
        up: what the numbers are.
    """
    shape = (len(sweep.members), len(sweep.counts))
    middle, low, high = (each.reshape(shape) for each in (np.median(values, 1), values.min(1), values.max(1)))
    rows, columns = (tuple(map(str, each)) for each in (sweep.members, sweep.counts))
    note = f"Median of {values.shape[1]} seeds after {sweep.evaluations:,} evaluations."
    return HeatMap(title, rows, columns, middle, low, high, "members", "weights changed at a time", up, note)


def _courses(title: str, found: Mapping[str, dict[str, Any]], levels: Mapping[str, float] | None = None) -> list[Chart]:
    """The error over evaluations and over seconds, by label; seeds that learned together share their seconds."""
    charts = []
    for along in ("evaluations", "seconds of a seed"):
        lines = []
        for label, each in found.items():
            losses, places = np.asarray(each["loss"]), np.asarray(each["evaluations"], np.float64)
            if along != "evaluations":
                places = places / places[-1] * each["seconds"] / len(losses)
            lines.append(Line(label, "ga", *median_interval(losses), places))
        heading = f"{title}: error over {along}"
        options = levels or {}
        charts.append(
            Chart(heading, tuple(lines), logarithmic=True, along=along, up=ERROR, linear=True, levels=options)
        )
    return charts


def _named(cell: tuple[int, int]) -> str:
    return f"{cell[0]} members, {cell[1]} changed"


def _last(found: dict[str, Any]) -> np.ndarray:
    return np.asarray(found["loss"])[:, -1]


def reconstructed(
    evidence: Evidence, names: Mapping[str, str], classes: Sequence[int] | None = None
) -> list[tuple[str, tuple[tuple[str, np.ndarray], ...]]]:
    """Rows of targets and of what trained nets make of them, of the first seeds.

    Args:
        evidence: what was found.
        names: labels by the name of the model.
        classes: of the pictures; their numbers if not given.
    """
    rows: list[tuple[str, tuple[tuple[str, np.ndarray], ...]]] = []
    for name, label in names.items():
        if evidence.has(name):
            found = evidence.found[name, "reconstruct"][0]
            rows += [] if rows else [("targets", captioned(found["originals"], classes))]
            rows.append((f"{label}, {found['mean_absolute']:.3f}", captioned(found["outputs"], classes)))
    return rows


def _figure_3(sweep: Sweep, facts: dict[str, object]) -> list[tuple[str, tuple[tuple[str, np.ndarray], ...]]]:
    rows = [("targets", captioned(facts["originals"]))]  # type: ignore[arg-type]
    for cell in ((20, 1), (20, 10), (100, 1)):
        found = sweep.found[cell_name(*cell)]
        label = f"{cell[0]} members, {cell[1]} changed at a time, {found['mean_absolute'][0]:.3f}"
        rows.append((label, captioned(found["outputs"])))
    return rows


def captioned(pictures: Sequence[object], classes: Sequence[int] | None = None) -> tuple[tuple[str, np.ndarray], ...]:
    """Pictures with their classes, or their numbers."""
    return tuple((f"{each}", np.asarray(one)) for each, one in zip(classes or range(SHOWN), pictures, strict=False))
