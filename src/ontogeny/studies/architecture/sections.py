"""Tables and charts of the page."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata  # type: ignore[import-untyped]

from ontogeny.data.macro_nets import MACRO
from ontogeny.scores.ranking import gain, interval, kendall, regret, spearman
from ontogeny.studies.architecture.reading import BEST, TEXT, lacking, least, orders, predicted
from ontogeny.studies.architecture.settings import (
    BY_ACCURACY,
    BY_PREDICTOR,
    DATA,
    QUERIES,
    RANDOM,
    SEARCHES,
    TEXT_SCORES,
)
from ontogeny.studies.architecture.sizes import BOTH
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Chart, Line, Row, Scatter, Section, Spread, Table
from ontogeny.studies.seeds import every_seed
from ontogeny.studies.spread import percent, spread

_TONES = ("es", "ga", "adam", "other")

_LEAST = 0.01
"""Percentage points below the best that a chart still shows."""
_LABELS = {"text": "text, (μ + λ)", "published": "published, (μ, λ)", RANDOM: "random"}
_TITLES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "imagenet16-120": "ImageNet16-120", MACRO: "NAS-Bench-Macro"}
_SHOWN = ("ntk", "jacobian", "naswot", BEST)


def score_section(evidence: Evidence) -> Section:
    """How well scores of untrained nets order cells by the accuracy that they reach."""
    (found,) = every_seed(evidence, "scores")
    every, missing, count = orders(found), lacking(found), len(found["cells"])
    accuracy = {data: np.asarray(values) for data, values in found["accuracy"].items()}
    words = (
        f"{count} cells of NAS-Bench-201, drawn at random, and the accuracy on test images that each reached in 200 "
        "epochs, from the benchmark's table. Scores look at 64 images of a net with one cell a stage and first "
        "weights. Beside them how large the nets are, which costs nothing. ρ is Spearman's, τ Kendall's, with 95 % "
        "percentile bootstrap intervals over cells; gain is the normalised discounted cumulative gain of the first "
        "hundred; regret by how many points the best of the first one, and five, stays below the best of these "
        "cells. A score that is not finite counts as the worst: it is so where no image gets through a cell.",
    )
    if not accuracy:
        return Section("Scores and accuracy", (*words, "The table is not to be had here."), ())
    first = accuracy[DATA[0]]
    order = sorted(every, key=lambda name: -abs(spearman(every[name], first)))
    rows: list[Row] = []
    more: list[Row] = []
    for name in order:
        values = every[name]
        rows.append(
            (
                name,
                *(_ends(spearman, values, accuracy[data], count) for data in DATA),
                _ends(kendall, values, first, count),
            )
        )
        spent = found["seconds"].get(name)
        more.append(
            (
                name,
                f"{gain(values, first):.2f}",
                f"{100 * regret(values, first):.2f}",
                f"{100 * regret(values, first, 5):.2f}",
                f"{missing[name]:.1%}" if missing.get(name) else "",
                f"{1000 * spent / count:.0f}" if spent is not None else "",
            )
        )
    charts = [
        Scatter(
            name[0].upper() + name[1:],
            {"cells": np.stack([100 * _places(every[name]), 100 * _places(first)], 1)},
            along="place by score: cells that are worse, %",
            up="place by accuracy on CIFAR-10, %",
        )
        for name in _SHOWN
        if name in every
    ]
    titles = tuple(f"ρ, {_TITLES[data]}" for data in DATA)
    tables = (
        Table(("", *titles, "τ, CIFAR-10"), tuple(rows)),
        Table(("CIFAR-10", "gain", "regret, first", "regret, five", "not finite", "ms a cell"), tuple(more)),
    )
    return Section("Scores and accuracy", words, (*tables, *charts))


def predictor_section(evidence: Evidence) -> Section:
    """What little labelling buys."""
    (found,) = every_seed(evidence, "scores")
    if not found["accuracy"]:
        return Section("With a few labels", ("The table is not to be had here.",), ())
    made = predicted(found, DATA[0])
    labels = sorted({label for each in made.values() for label in each})
    rows: list[Row] = [(name, *(spread(each[label]) for label in labels)) for name, each in made.items()]
    words = (
        "A random forest is told the accuracy on CIFAR-10 of a few of these cells, and orders the others. It sees "
        "counts of a cell's graph (live operations, ways through it and their lengths), or those and the ranks of "
        "all scores. Spearman's ρ on the others, median and range over five draws of the cells that it is told.",
    )
    return Section("With a few labels", words, (Table(("told", *(f"{label}" for label in labels)), tuple(rows)),))


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
        for (name, course), tone in zip(courses.items(), _TONES, strict=False):
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
            rows.append((f"{_TITLES[data]}, {name}", *ends, f"{100 * each['optimum']:.2f}"))
        charts.append(
            Chart(
                _TITLES[data],
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
            for name, tone in zip(BOTH, _TONES, strict=False):
                middle, low, high = (
                    np.maximum(100 * (1 - np.asarray(each[name][end])), _LEAST) for end in ("mean", "high", "low")
                )
                lines.append(Line(name, tone, middle, low, high, each["children"] * (np.arange(len(middle)) + 1.0)))
            charts.append(
                Chart(
                    f"Accuracy against size, {_TITLES[data]}",
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


def search_section(evidence: Evidence) -> Section:
    """The text's search, by three scores: its figures 5 and 6."""
    searches = {name: every_seed(evidence, f"by scores, {name}") for name in (*SEARCHES, RANDOM)}
    charts = []
    for place, score in enumerate(TEXT_SCORES):
        lines = []
        for (name, found), tone in zip(searches.items(), _TONES, strict=False):
            if place == 1 and name == "published":
                continue
            values = least(found, place)
            middle, low, high = np.median(values, 0), values.min(0), values.max(0)
            lines.append(Line(_LABELS[name], tone, middle, low, high, np.arange(len(middle)) + 1.0))
        charts.append(
            Chart(
                f"Figure 5: {score}" + (", its negative" if score == "naswot" else ""),
                tuple(lines),
                along="generation",
                up="least of a generation",
                linear=True,
                note="Medians over seeds, bands their range. Less is better."
                + (" The published program's is another number, and not drawn." if place == 1 else ""),
            )
        )
    front = _front(searches)
    rows: list[Row] = []
    for name, found in searches.items():
        scored = f"{np.median([each['scored'][-1] for each in found]):.0f}"
        kept = [
            percent(np.asarray([each["accuracy"][data][-1] for each in found])) if found[0]["accuracy"] else None
            for data in DATA
        ]
        rows.append((_LABELS[name], f"{len(found)}", scored, *kept))
    words = (
        "The text's search in this space: 30 cells a generation, five survive, by the three scores alone. (μ + λ) "
        "as the text says; (μ, λ) as its program has it, where parents die, one cell has to be better in every "
        "score to rule another out, and the second score is multiplied by the first and by the logarithm of the "
        "number of weights. Random draws as many cells. The table has the accuracy of the cell that each would "
        "keep, in percent, median and interval over seeds, which no search saw, and how many different cells were "
        "scored.",
    )
    columns = ("", "seeds", "cells scored", *(_TITLES[data] for data in DATA))
    return Section("Searching by scores", words, (*charts, *front, Table(columns, tuple(rows))))


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


def _front(searches: dict[str, list[dict[str, list[list[list[float | None]]]]]]) -> list[Scatter]:
    """Figure 6, of the first seed: the tangent kernel and the overlap in generations."""
    name = next(iter(SEARCHES))
    if not searches[name]:
        return []
    population = searches[name][0]["population"]
    last = len(population) - 1
    every = np.asarray([_pair(each) for generation in population for each in generation])
    low, span = np.nanmin(every, 0), np.nanmax(every, 0) - np.nanmin(every, 0)
    groups = {}
    for place in sorted({0, last // 3, 2 * last // 3, last}):
        points = (np.asarray([_pair(each) for each in population[place]]) - low) / np.maximum(span, 1e-12)
        groups[f"generation {place + 1}"] = points[~np.isnan(points).any(1)]
    return [
        Scatter(
            "Figure 6: a population on its way",
            groups,
            along="condition of the tangent kernel, logarithm",
            up="negative of naswot",
            note="The search as the text says, first seed; both scores from the least to the most of all its cells, as "
            "the text draws them. Lower left is better.",
        )
    ]


def _pair(losses: list[float | None]) -> tuple[float, float]:
    kernel, overlap = (np.nan if losses[place] is None else float(losses[place] or 0) for place in (0, 2))
    return float(np.log10(kernel)), overlap


def _ends(measure: object, values: np.ndarray, accuracy: np.ndarray, count: int) -> Spread:
    middle, low, high = interval(measure, values, accuracy, draws=300)  # type: ignore[arg-type]
    return Spread(middle, low, high, count, count)


def _places(values: np.ndarray) -> np.ndarray:
    """Places from 0, the worst, to 1; equals share theirs."""
    return np.asarray((rankdata(values) - 1) / max(len(values) - 1, 1))


__all__ = ["BEST", "TEXT", "cost_section", "predictor_section", "score_section", "search_section", "table_section"]
