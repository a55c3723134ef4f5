"""Searches by scores on the page: the text's figures 5 and 6, in two spaces."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.studies.architecture.reading import least
from ontogeny.studies.architecture.settings import (
    DATA,
    OWN_SEARCHES,
    RANDOM,
    SEARCHES,
    TEXT_SCORES,
    TITLES,
    TONES,
    ByScores,
)
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Chart, Line, Row, Scatter, Section, Table
from ontogeny.studies.seeds import every_seed
from ontogeny.studies.spread import percent, spread

_LABELS = {
    "text": "text, (μ + λ)",
    "published": "published, (μ, λ)",
    "controlled": "controlled, no tournaments",
    RANDOM: "random",
}
_OWN = "Searching the text's own space"
_Found = dict[str, list[dict[str, Any]]]


def search_section(evidence: Evidence) -> Section:
    """The text's search, by three scores: its figures 5 and 6."""
    searches = {name: every_seed(evidence, f"by scores, {name}") for name in (*SEARCHES, RANDOM)}
    charts, front = _course(searches, SEARCHES, "Figure 5: "), _front(searches)
    rows: list[Row] = []
    for name, found in searches.items():
        scored = f"{np.median([each['scored'][-1] for each in found]):.0f}"
        kept = [
            percent(np.asarray([each["accuracy"][data][-1] for each in found])) if found[0]["accuracy"] else None
            for data in DATA
        ]
        rows.append((_LABELS[name], f"{len(found)}", scored, *kept))
    words = (
        "The text's search in this space: 30 cells a generation, five survive. Text: (μ + λ) by the three scores, and "
        "every third generation five tournaments by gradients instead, of six cells each, after which no parent lives. "
        "Published: as its program has it, (μ, λ), where parents die, one cell has to be better in every score to rule "
        "another out, the second score is multiplied by the first and by the logarithm of the number of weights, and "
        "every fourth generation has tournaments. Controlled: (μ + λ) by the three scores alone. Random draws as many "
        "cells. The table has the accuracy of the cell that each would keep, in percent, median and interval over "
        "seeds, which no search saw, and how many different cells were scored.",
    )
    columns = ("", "seeds", "cells scored", *(TITLES[data] for data in DATA))
    return Section("Searching by scores", words, (*charts, *front, Table(columns, tuple(rows))))


def own_section(evidence: Evidence) -> Section:
    """The same in the space of the text's own cells."""
    searches = {name: every_seed(evidence, f"own space, {name}") for name in (*OWN_SEARCHES, RANDOM)}
    if not all(searches.values()):
        return Section(_OWN, ("Not searched here.",), ())
    rows: list[Row] = []
    for name, found in searches.items():
        ends: list[Any] = []
        for place in range(len(TEXT_SCORES)):
            alike = place != 1 or name not in OWN_SEARCHES or not OWN_SEARCHES[name].entangled
            ends.append(spread(least(found, place).min(1)) if alike else None)
        weights = spread(np.asarray([each["parameters"][-1] for each in found]))
        scored = f"{np.median([each['scored'][-1] for each in found]):.0f}"
        rows.append((_LABELS[name], f"{len(found)}", scored, *ends, weights))
    cells: list[Row] = [
        (f"{_LABELS[name]}, seed {seed}", each["kept"][-1])
        for name, found in searches.items()
        for seed, each in enumerate(found)
    ]
    words = (
        "The text's own cells: one to three nodes, on each edge between them up to seven operations with 1, 2, 4 "
        "or 8 channels each, what comes to a node side by side. One net with masks is compiled for all of them, "
        "and looks at pictures of 16×16 pixels. The searches draw children as its program does: an operation gets "
        "more channels, the smallest is left out, edges change places, a node is added or the last one dropped, "
        "genes are crossed one by one or the smaller taken, each at a rate that is learned, by two percent a "
        "generation, from whose children survive. Text: (μ + λ). Published: (μ, λ), strict dominance, the second "
        "score multiplied. No tournaments here. Random draws as many cells of one, two or three nodes. Nobody has "
        "trained all of these cells: no accuracy says which search is better, only the scores themselves.",
        "The least of each score over all generations, and the weights of the net of the cell that would be kept; "
        "median and interval over seeds.",
    )
    columns = ("", "seeds", "cells scored", *TEXT_SCORES[:2], "−naswot", "weights kept")
    tables = Table(columns, tuple(rows)), Table(("", "the cell that would be kept"), tuple(cells))
    return Section(_OWN, words, (*_course(searches, OWN_SEARCHES, "Own space: "), *tables))


def _course(searches: _Found, by: dict[str, ByScores], title: str) -> list[Chart]:
    """Figure 5: the least of each score in each generation."""
    charts = []
    for place, score in enumerate(TEXT_SCORES):
        lines = []
        for (name, found), tone in zip(searches.items(), TONES, strict=False):
            if place == 1 and name in by and by[name].entangled:
                continue
            values = least(found, place)
            middle, low, high = np.median(values, 0), values.min(0), values.max(0)
            lines.append(Line(_LABELS[name], tone, middle, low, high, np.arange(len(middle)) + 1.0))
        charts.append(
            Chart(
                f"{title}{score}" + (", its negative" if score == "naswot" else ""),
                tuple(lines),
                along="generation",
                up="least of a generation",
                linear=True,
                note="Medians over seeds, bands their range. Less is better."
                + (" The published program's is another number, and not drawn." if place == 1 else ""),
            )
        )
    return charts


def _front(searches: _Found) -> list[Scatter]:
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
