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


def variants(popsize: int, mutated: int) -> dict[str, Tree]:
    """The published algorithm and one change to it at a time, by name."""
    plain = published(popsize, mutated)
    own = {**plain, "common": False}
    several = {**own, "fraction": 0.25}
    return {
        AS_PUBLISHED: plain,
        "each child its own weights": own,
        "weights replaced": {**own, "mode": "replace"},
        SEVERAL_PARENTS: several,
        BY_WEIGHT: {**several, "crossover": 0.5},
        BY_LAYER: {**several, "crossover": 0.5, "crossover_by": "layer"},
    }


AS_PUBLISHED = "as published"
SEVERAL_PARENTS = "a quarter are parents"
BY_WEIGHT = "and crossover by weights"
BY_LAYER = "and crossover by layers"
