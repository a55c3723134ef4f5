"""Tables, charts and pictures of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ontogeny.probes import decoded_grid, occupied
from ontogeny.probes.regularity import encoded
from ontogeny.runs.statistics import median_interval
from ontogeny.studies.autoencoder.settings import AS_PUBLISHED
from ontogeny.studies.autoencoder.subject import SHOWN
from ontogeny.studies.autoencoder.sweep import Sweep, cell_name
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Chart, HeatMap, Line, Part, Row, Scatter, Section, Strip, Table
from ontogeny.studies.spread import spread

ERROR = "mean absolute error of a pixel"

_EVERY = "The best member every five generations."
_DRAWN = 5
"""Variants whose curves are drawn, beside the published one."""

NAMES = {"ten-es": "evolution strategies", "ten-adam": "Adam", "ten-ga": "the genetic algorithm"}
"""Of the long trainings, in words."""


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
    parts = (
        Strip(
            "Stages of evolution (figure 2): every five generations, ten members, ten changed weights",
            (("", tuple(film)),),
        ),
        heat_map("Error for one picture", sweep, np.stack([sweep.errors(*cell) for cell in sweep.cells])),
        _courses("One picture", [_line(sweep, cell) for cell in shown]),
    )
    return Section("One picture", words, parts)


def ten_section(evidence: Evidence) -> Section:
    """Figures 3 and 4, and the error against population and mutation count for ten pictures."""
    sweep, facts = Sweep(evidence.experiments["ten"]), evidence.experiments["pictures"]
    levels = {"the mean picture every time": facts["mean"], "the median picture every time": facts["median"]}
    rows: list[Row] = []
    for name, label in NAMES.items():
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
        Strip("Targets over outputs after the long trainings (figure 4)", tuple(_reconstructed(evidence))),
        Strip("Targets over outputs of the published algorithm (figure 3)", tuple(_figure_3(sweep, facts))),
        heat_map("Error for ten pictures", sweep, np.stack([sweep.errors(*cell) for cell in sweep.cells])),
        heat_map("Variety of the outputs", sweep, np.stack([sweep.variety(*cell) for cell in sweep.cells]), "variety"),
        _courses("Ten pictures, the published algorithm", [_line(sweep, cell) for cell in shown], levels),
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
    lines = [
        Line(name, "ga", *median_interval(np.asarray(found[name]["loss"])), np.asarray(found[name]["evaluations"]))
        for name in dict.fromkeys((AS_PUBLISHED, *best))
    ]
    columns = ("variant", ERROR, "told apart", "variety", "seconds a seed")
    parts = (
        Table(columns, tuple(rows)),
        _courses("Variants", lines),
    )
    return Section("The algorithm, and what the field has learned since", words, parts)


def latent_section(evidence: Evidence) -> Section:
    """Figure 1, and the latent space, which the text did not investigate."""
    parts: list[Part] = []
    rows: list[Row] = []
    for name, label in NAMES.items():
        if not evidence.has(name):
            continue
        found, subject = evidence.found[name, "reconstruct"], evidence.trained[name][0].subject
        maps = tuple((f"{number}", _stretched(each)) for number, each in enumerate(found[0]["maps"]))
        parts.append(Strip(f"What the encoder sees, {label}: maps of 4×4 (figure 1)", ((label, maps),)))
        latents = encoded(subject.net, subject.pictures)
        window = occupied(latents)
        grid = decoded_grid(subject.net, window)
        groups = {f"{number}": window.coordinates(latents[number : number + 1]) for number in range(len(latents))}
        parts.append(Scatter(f"Latents of {label}", groups, behind=grid, window=_ends(window.low, window.high)))
        rows.append((label, *(spread(_numbers(found, each)) for each in _REGULARITY)))
    words = (
        "The text did not look at the latent space. Of the first seed: what the encoder's convolutions answer, each "
        "map stretched to its own range; where the pictures lie, over what is decoded there. Spacing is the smallest "
        "distance between two latents over the mean; change and jump are the mean and the largest difference of "
        "neighbours on the decoded grid, in mean differences of two of its pictures.",
    )
    table = Table(("learner", *_REGULARITY.values()), tuple(rows))
    return Section("The latent space", words, (table, *parts))


def cost_section(evidence: Evidence) -> Section:
    """What the long trainings cost."""
    rows: list[Row] = []
    for name, label in NAMES.items():
        if evidence.has(name):
            results = [one.result for one in evidence.trained[name]]
            costs = ([float(result[each]) for result in results] for each in ("generations", "evaluations", "flops"))
            seconds = [float(result["seconds"]) - float(result["compile_seconds"]) for result in results]
            rows.append((label, f"{len(results)}", *map(float, map(np.median, costs)), float(np.median(seconds))))
    words = ("Medians over seeds, seconds without compilation, on the machine that trained.",)
    columns = ("learner", "seeds", "steps", "evaluations", "FLOPs", "seconds")
    return Section("Cost", words, (Table(columns, tuple(rows)),))


_REGULARITY = {"spacing": "spacing", "grid_change": "change", "grid_jump": "jump"}


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


def _courses(title: str, lines: Sequence[Line], levels: Mapping[str, float] | None = None) -> Chart:
    return Chart(title, tuple(lines), logarithmic=True, linear=True, along="evaluations", up=ERROR, levels=levels or {})


def _line(sweep: Sweep, cell: tuple[int, int]) -> Line:
    found = sweep.found[cell_name(*cell)]
    label = f"{cell[0]} members, {cell[1]} changed"
    return Line(label, "ga", *median_interval(np.asarray(found["loss"])), np.asarray(found["evaluations"]))


def _last(found: dict[str, Any]) -> np.ndarray:
    return np.asarray(found["loss"])[:, -1]


def _reconstructed(evidence: Evidence) -> list[tuple[str, tuple[tuple[str, np.ndarray], ...]]]:
    rows: list[tuple[str, tuple[tuple[str, np.ndarray], ...]]] = []
    for name, label in NAMES.items():
        if evidence.has(name):
            found = evidence.found[name, "reconstruct"][0]
            rows += [] if rows else [("targets", _captioned(found["originals"]))]
            rows.append((f"{label}, {found['mean_absolute']:.3f}", _captioned(found["outputs"])))
    return rows


def _figure_3(sweep: Sweep, facts: dict[str, object]) -> list[tuple[str, tuple[tuple[str, np.ndarray], ...]]]:
    rows = [("targets", _captioned(facts["originals"]))]  # type: ignore[arg-type]
    for cell in ((20, 1), (20, 10), (100, 1)):
        found = sweep.found[cell_name(*cell)]
        label = f"{cell[0]} members, {cell[1]} changed at a time, {found['mean_absolute'][0]:.3f}"
        rows.append((label, _captioned(found["outputs"])))
    return rows


def _captioned(pictures: Sequence[object]) -> tuple[tuple[str, np.ndarray], ...]:
    return tuple((f"{number}", np.asarray(each)) for number, each in enumerate(pictures[:SHOWN]))


def _stretched(picture: object) -> np.ndarray:
    values = np.asarray(picture, np.float64)
    return np.asarray((values - values.min()) / max(float(np.ptp(values)), 1e-9))


def _numbers(found: Sequence[dict[str, float]], name: str) -> np.ndarray:
    return np.asarray([each.get(name, np.nan) for each in found])


def _ends(low: np.ndarray, high: np.ndarray) -> tuple[float, float, float, float]:
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])
