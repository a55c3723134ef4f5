"""How well scores order nets whose accuracy is known, on the page."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata  # type: ignore[import-untyped]

from ontogeny.data.macro_nets import MACRO
from ontogeny.scores.ranking import gain, interval, kendall, regret, spearman
from ontogeny.studies.architecture.reading import BEST, lacking, orders, predicted
from ontogeny.studies.architecture.settings import (
    DATA,
    TITLES,
)
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Row, Scatter, Section, Spread, Table
from ontogeny.studies.seeds import every_seed
from ontogeny.studies.spread import spread

_LEAST = 0.01
"""Percentage points below the best that a chart still shows."""
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
    titles = tuple(f"ρ, {TITLES[data]}" for data in DATA)
    tables = (
        Table(("", *titles, "τ, CIFAR-10"), tuple(rows)),
        Table(("CIFAR-10", "gain", "regret, first", "regret, five", "not finite", "ms a cell"), tuple(more)),
    )
    return Section("Scores and accuracy", words, (*tables, *charts))


def elsewhere_section(evidence: Evidence) -> Section:
    """How well scores order nets of another benchmark."""
    title = "Scores and accuracy elsewhere"
    (found,) = every_seed(evidence, "scores of nets") or [{"accuracy": {}}]
    if not found["accuracy"]:
        return Section(title, ("Not scored here, or the table is not to be had.",), ())
    every, count = orders(found), len(found["cells"])
    accuracy = np.asarray(found["accuracy"][MACRO])
    rows: list[Row] = [
        (
            name,
            _ends(spearman, values, accuracy, count),
            _ends(kendall, values, accuracy, count),
            f"{gain(values, accuracy):.2f}",
            f"{100 * regret(values, accuracy):.2f}",
            f"{100 * regret(values, accuracy, 5):.2f}",
        )
        for name, values in sorted(every.items(), key=lambda each: -abs(spearman(each[1], accuracy)))
    ]
    words = (
        f"{count} nets of NAS-Bench-Macro, drawn at random: eight layers, in each an identity or one of two inverted "
        "residuals, all trained for 50 epochs on CIFAR-10 by others. Nothing was chosen for these nets, the "
        "combination least of all. Columns as above.",
    )
    columns = ("NAS-Bench-Macro", "ρ", "τ", "gain", "regret, first", "regret, five")
    return Section(title, words, (Table(columns, tuple(rows)),))


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


def _ends(measure: object, values: np.ndarray, accuracy: np.ndarray, count: int) -> Spread:
    middle, low, high = interval(measure, values, accuracy, draws=300)  # type: ignore[arg-type]
    return Spread(middle, low, high, count, count)


def _places(values: np.ndarray) -> np.ndarray:
    """Places from 0, the worst, to 1; equals share theirs."""
    return np.asarray((rankdata(values) - 1) / max(len(values) - 1, 1))
