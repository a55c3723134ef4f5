"""Searches that ask a table, and what it costs, on the page."""

from __future__ import annotations

import numpy as np

from ontogeny.data.macro_nets import MACRO
from ontogeny.studies.architecture.reading import BEST
from ontogeny.studies.architecture.settings import (
    BY_ACCURACY,
    BY_PREDICTOR,
    DATA,
    QUERIES,
    TITLES,
    TONES,
)
from ontogeny.studies.architecture.sizes import BOTH
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Chart, Line, Row, Section, Table
from ontogeny.studies.seeds import every_seed

_LEAST = 0.01
"""Percentage points below the best that a chart still shows."""
_SHOWN = ("ntk", "jacobian", "naswot", BEST)


def table_section(evidence: Evidence) -> Section:
    """Searches that ask the table."""
    charts, rows = [], []
    for data in (*DATA, MACRO):
        found = every_seed(evidence, f"table {data}")
        if not found:
            continue
        each = found[0]
        lines = []
        courses = {name: each[name] for name in BY_ACCURACY}
        for predicted_too in every_seed(evidence, f"predictor {data}"):
            courses |= {name: predicted_too[name] for name in BY_PREDICTOR if name in predicted_too}
        for (name, course), tone in zip(courses.items(), TONES, strict=False):
            middle, low, high = (100 * np.asarray(course[end]) for end in ("mean", "low", "high"))
            short, least_short, most_short = (
                np.maximum(100 * each["optimum"] - values, _LEAST) for values in (middle, high, low)
            )
            lines.append(Line(name, tone, short, least_short, most_short, np.arange(len(middle)) + 1.0))
            ends = [
                f"{middle[query - 1]:.2f} [{low[query - 1]:.2f}, {high[query - 1]:.2f}]"
                if query <= len(middle)
                else None
                for query in QUERIES
            ]
            rows.append((f"{TITLES[data]}, {name}", *ends, f"{100 * each['optimum']:.2f}"))
        charts.append(
            Chart(
                TITLES[data],
                tuple(lines),
                along="cells whose accuracy was asked",
                logarithmic=True,
                up="below the best of the table, percentage points",
                note=f"Means over {each['seeds']} searches, of predictors over a quarter as many; bands their 95 % "
                f"intervals. The best has {100 * each['optimum']:.2f} %.",
            )
        )
    words = (
        "How far a search comes that is told a cell's accuracy on test images: regularised evolution (Real et al. "
        "2019, 50 members, the best of 10 has a child), cells at random, and a predictor: a Gaussian process that is "
        "told all ranks so far and chooses what is asked next, from the genes alone, or from counts of the cell's "
        "graph too. Mean accuracy, in percent, of the best cell so far, with its 95 % interval. Choosing by test "
        "accuracy flatters all alike.",
    )
    if not rows:
        return Section("Searching the table", (*words, "The tables are not to be had here."), ())
    columns = ("", *(f"{query}" for query in QUERIES), "best of all")
    made: list[Row] = [tuple(row) for row in rows]
    return Section("Searching the table", words, (*charts, Table(columns, tuple(made))))


def size_section(evidence: Evidence) -> Section:
    """Searches for what is accurate and small."""
    charts = []
    for data in DATA:
        for each in every_seed(evidence, f"size {data}"):
            lines = []
            for name, tone in zip(BOTH, TONES, strict=False):
                middle, low, high = (
                    np.maximum(100 * (1 - np.asarray(each[name][end])), _LEAST) for end in ("mean", "high", "low")
                )
                lines.append(Line(name, tone, middle, low, high, each["children"] * (np.arange(len(middle)) + 1.0)))
            charts.append(
                Chart(
                    f"Accuracy against size, {TITLES[data]}",
                    tuple(lines),
                    along="cells whose accuracy was asked",
                    up="share of the area not covered, %",
                    note=f"Means over {each['seeds']} searches, bands their 95 % intervals.",
                )
            )
    words = (
        "Two losses at once: wrong answers, from the table, and the logarithm of the number of weights. How much of "
        "the area under the best front of all cells a search leaves uncovered (one less its hypervolume, as a share). "
        "NSGA-II keeps fronts and those with room around them; ParetoSearch, which is the text's with as many parents, "
        "those with the smallest sum of ranks.",
    )
    return (
        Section("Accurate and small", words, tuple(charts))
        if charts
        else Section("Accurate and small", (*words, "The table is not to be had here."), ())
    )


def cost_section(evidence: Evidence) -> Section:
    """How long it takes."""
    found = every_seed(evidence, "first population")
    rows: list[Row] = [
        (f"{each['cells']} cells, three scores", f"{each['seconds']:.1f}", f"{each['a_minute']:.0f}") for each in found
    ]
    words = (
        "From the start to the first scored population on this machine, reading images and compiling included, and "
        "cells a minute after it. One net with all operations is compiled once; which one an edge has is data.",
    )
    return Section("Cost", words, (Table(("", "seconds to the first", "cells a minute after"), tuple(rows)),))
