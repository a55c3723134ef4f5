"""Searches that ask the table for accuracies."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.core import Genome, Key, Strategy
from ontogeny.data import load_cell_table
from ontogeny.data.cells import CellTable
from ontogeny.data.macro_nets import MACRO, load_macro_table
from ontogeny.learners import Evolution
from ontogeny.scores.graph import feature_table
from ontogeny.strategies import PredictorSearch, RandomSearch, RegularisedEvolution
from ontogeny.studies.architecture.settings import (
    BY_ACCURACY,
    BY_PREDICTOR,
)
from ontogeny.tasks import CellSearch


def by_accuracy(data: str, queries: int, seeds: int) -> dict[str, Any]:
    """Searches that ask the table for accuracies, all seeds at once: regularised evolution and random search.

    Returns:
        For each of `BY_ACCURACY` accuracies of the best cell after each question: `mean`, and `low` and `high`, 95 %
        intervals of that mean over seeds; `optimum` and `seeds`.
    """
    table = load_macro_table() if data == MACRO else load_cell_table(data)
    drawn = {"popsize": 1, "choices": table.choices}
    return _compared(
        table, zip(BY_ACCURACY, (RegularisedEvolution(**drawn), RandomSearch(**drawn)), strict=True), queries, seeds
    )


def by_predictor(data: str, queries: int, seeds: int) -> dict[str, Any]:
    """The same of searches that ask for what a predictor thinks most promising: one sees genes, one a cell's graph too.

    Returns:
        As `by_accuracy`, for each of `BY_PREDICTOR`; nets of NAS-Bench-Macro have no such graph.
    """
    table = load_macro_table() if data == MACRO else load_cell_table(data)
    drawn: dict[str, Any] = {"popsize": 1, "choices": table.choices, "capacity": queries}
    kinds = [PredictorSearch(**drawn)]
    if data != MACRO:
        kinds.append(PredictorSearch(**drawn, features=feature_table()))
    return _compared(table, zip(BY_PREDICTOR, kinds, strict=False), queries, seeds)


def _compared(table: CellTable, strategies: Iterable[tuple[str, Strategy]], queries: int, seeds: int) -> dict[str, Any]:
    task = CellSearch(table)
    made: dict[str, Any] = {"optimum": round(float(table.accuracy.max()), 5), "seeds": seeds}
    for name, strategy in strategies:
        best = 1 - np.asarray(_courses(task, Evolution(strategy), jax.random.split(jax.random.key(0), seeds), queries))
        mean, error = best.mean(0), 1.96 * best.std(0, ddof=1) / math.sqrt(seeds)
        ends = {"mean": mean, "low": mean - error, "high": mean + error}
        made[name] = {key: np.round(values, 5).tolist() for key, values in ends.items()}
    return made


@eqx.filter_jit
def _courses(task: CellSearch, learner: Evolution, keys: Key, queries: int) -> jax.Array:
    def course(key: Key) -> jax.Array:
        arrays, static = eqx.partition(learner.init(task, key), eqx.is_array)

        def step(arrays: Genome, none: None) -> tuple[Genome, jax.Array]:
            del none
            state, _ = learner.step(task, eqx.combine(arrays, static))
            return eqx.filter(state, eqx.is_array), state.strategy.best_loss

        return jax.lax.scan(step, arrays, None, length=queries)[1]

    return jax.vmap(course)(keys)
