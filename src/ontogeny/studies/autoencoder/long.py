"""The long trainings: all pictures of a set, and what they cost."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.autoencoder.sections import ALL, ERROR, TEN, reconstructed
from ontogeny.studies.evidence import COURSE, Evidence
from ontogeny.studies.ratio import ratio
from ontogeny.studies.section import Chart, Line, Part, Row, Section, Strip, Table
from ontogeny.studies.spread import spread

_SETS = {"mnist": "MNIST", "digits": "scikit-learn's digits"}


def all_section(evidence: Evidence) -> Section:
    """Pictures that were never seen, by a net of one's choice that learned from all others."""
    facts = evidence.experiments["all pictures"]
    levels = {"the mean picture every time": facts["mean"], "the median picture every time": facts["median"]}
    rows: list[Row] = []
    for name, label in ALL.items():
        if evidence.has(name):
            numbers = (evidence.values(name, "reconstruct", each) for each in ("mean_absolute", "variety"))
            seconds = np.asarray([each.result["seconds"] for each in evidence.trained[name]])
            rows.append((label, f"{len(seconds)}", *map(spread, numbers), spread(seconds)))
    rows += [(label, None, value, 0.0, None) for label, value in levels.items()]
    words = [
        f"Learned from {facts['learned']:,} pictures of {_SETS[facts['data']]}, measured on {facts['count']:,} others. "
        "The net is not the published one, whose two numbers are too few for so many pictures: it sees them at half "
        "their resolution, and makes 12×12 pixels of 32 numbers, which a kernel spreads. The mean and the median are "
        "those of the pictures that were learned.",
    ]
    if evidence.has(*ALL):
        ours, theirs = (evidence.values(name, "reconstruct", "mean_absolute") for name in ALL)
        words.append(f"Evolution's error over Adam's: {ratio(ours, theirs)}. The seconds are below.")
    parts: list[Part] = [Table(("learner", "seeds", f"{ERROR}, test", "variety", "seconds"), tuple(rows))]
    shown = [name for name in ALL if evidence.has(name)]
    if shown:
        subject = evidence.trained[shown[0]][0].subject
        classes = None if subject.labels is None else subject.labels.tolist()
        parts.append(Strip("Test pictures over what becomes of them", tuple(reconstructed(evidence, ALL, classes))))
    parts += _charts("All pictures", ALL, evidence, levels)
    return Section("All pictures", tuple(words), tuple(parts))


def cost_section(evidence: Evidence) -> Section:
    """What the long trainings cost, and how they went."""
    rows: list[Row] = []
    for name, label in {**TEN, **{name: f"{label}, all pictures" for name, label in ALL.items()}}.items():
        if evidence.has(name):
            results = [one.result for one in evidence.trained[name]]
            costs = ([float(result[each]) for result in results] for each in ("generations", "evaluations", "flops"))
            seconds = [float(result["seconds"]) - float(result["compile_seconds"]) for result in results]
            rows.append((label, f"{len(results)}", *map(float, map(np.median, costs)), float(np.median(seconds))))
    words = ("Medians over seeds, seconds without compilation, on the machine that trained.",)
    columns = ("learner", "seeds", "steps", "evaluations", "FLOPs", "seconds")
    charts = _charts("Ten pictures, long trainings", TEN, evidence, {})
    return Section("Cost", words, (Table(columns, tuple(rows)), *charts))


def _charts(title: str, names: dict[str, str], evidence: Evidence, levels: dict[str, float]) -> list[Chart]:
    """The held-out loss against evaluations and against seconds, where it was written down."""
    charts = []
    for along in ("evaluations", "seconds"):
        lines = tuple(line for name, label in names.items() if (line := _line(name, label, along, evidence)))
        if lines:
            heading = f"{title}: error over {along}"
            charts.append(Chart(heading, lines, logarithmic=True, along=along, up=ERROR, linear=True, levels=levels))
    return charts


def _line(name: str, label: str, along: str, evidence: Evidence) -> Line | None:
    courses = [course for course in evidence.found.get((name, COURSE), []) if course]
    length = min((len(course["loss"]) for course in courses), default=0)
    if not length:
        return None
    losses = np.asarray([course["loss"][-length:] for course in courses])
    places = np.median([course[along][-length:] for course in courses], axis=0)
    return Line(label, name.rpartition("-")[2], *median_interval(losses), places)
