"""Configurations of the study: the published algorithm, what the field has learned since, and the yardsticks."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]
"""A configuration, or a table of one, as plain values."""

POPULATIONS = (2, 5, 10, 20, 50, 100)
"""Members that the text tried."""

MUTATED = (1, 2, 5, 10, 20, 50)
"""Weights changed at a time that the text tried."""


def published(popsize: int, mutated: int) -> Tree:
    """The genetic algorithm as its code had it: one parent, the same weights changed in all children."""
    return {
        "by": "ga",
        "popsize": popsize,
        "selection": "truncation",
        "fraction": 1 / (popsize + 1),
        "mutated": mutated,
        "scale": 1.0,
        "distribution": "uniform",
        "common": True,
    }


def task(data: str, samples: int | None, **more: Any) -> Tree:
    """The task of the text: the first pictures of each class, learned by heart."""
    return {"name": "reconstruction", "data": data, "samples": samples, **more}


_SAFE = {"mutated": None, "distribution": "normal", "scale": 0.03, "safe": 4}

AS_PUBLISHED = "as published"
SEVERAL_PARENTS = "and a quarter are parents"
BY_WEIGHT = "and crossover by weights"
BY_LAYER = "and crossover by layers"


def variants(popsize: int, mutated: int) -> dict[str, Tree]:
    """The published algorithm and one change to it at a time, by name."""
    plain = published(popsize, mutated)
    own = {**plain, "common": False}
    several = {**own, "fraction": 0.25}
    return {
        AS_PUBLISHED: plain,
        "each child its own weights": own,
        "and weights replaced": {**own, "mode": "replace"},
        "and normal numbers": {**own, "distribution": "normal"},
        "and self-adaptive rates": {**own, "rates": "self-adaptive"},
        "and group-elite rates": {**own, "rates": "group-elite", "groups": 4},
        "and safe mutations of all weights": {
            **own,
            "mutated": None,
            "distribution": "normal",
            "scale": 0.03,
            "safe": 4,
        },
        SEVERAL_PARENTS: several,
        BY_WEIGHT: {**several, "crossover": 0.5},
        BY_LAYER: {**several, "crossover": 0.5, "crossover_by": "layer"},
        "and tournaments": {**several, "selection": "tournament"},
    }


def by_sample(popsize: int, mutated: int) -> dict[str, Tree]:
    """What needs the error of each picture apart, by name."""
    several = {**published(popsize, mutated), "common": False, "fraction": 0.25}
    return {
        "and lexicase selection": {**several, "selection": "lexicase"},
        "and novelty for a third": {**several, "novelty": 0.3},
    }


def fitness(popsize: int, mutated: int) -> dict[str, tuple[Tree, Tree]]:
    """Fields of the task, and the algorithm, for each other measure of fitness, by name."""
    own = {**published(popsize, mutated), "common": False}
    return {
        "root mean square error": ({"criterion": "root-mean-square"}, own),
        "mean square error": ({"criterion": "mean-square"}, own),
        "decorrelation": ({"criterion": "decorrelation"}, own),
        "the poster's diversity": ({"diversity": 0.3}, own),
        "batches of 5, merit inherited": ({"batch": 5}, {**own, "fraction": 0.25, "inheritance": 0.8}),
    }
