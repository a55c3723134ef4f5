"""Searches: by the three scores, and by asking the table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key, Strategy
from ontogeny.data import cell_number, load_cell_table
from ontogeny.data.cells import CellTable
from ontogeny.data.macro_nets import MACRO, load_macro_table
from ontogeny.learners import Evolution
from ontogeny.nets.cell_net import CellNet
from ontogeny.runs.cell_scorer import CellScorer
from ontogeny.scores.graph import feature_table
from ontogeny.strategies import ParetoSearch, PredictorSearch, RandomSearch, RegularisedEvolution
from ontogeny.studies.architecture.scoring import accuracies, random_cells
from ontogeny.studies.architecture.settings import BY_ACCURACY, BY_PREDICTOR, RANDOM, SEARCHES, TEXT_SCORES
from ontogeny.tasks import CellSearch


def by_scores(name: str, data: str, generations: int, seed: int) -> dict[str, Any]:
    """Search by the text's three scores; a cell that was scored before is not scored again.

    Args:
        name: one of `SEARCHES`, or `RANDOM`.
        data: of which images are shown.
        generations: of 30 cells.
        seed: of cells, weights and the search.

    Returns:
        For each generation `population`, scores of all of its cells; `cells`, their numbers; `kept`, the number of
        the cell that would be kept; `scored`, how many were scored until then; and `accuracy` of the kept cells by data
        set, where there is a table.
    """
    strategy = SEARCHES.get(name, ParetoSearch())
    score = CellScorer(TEXT_SCORES, data, seed)
    known: dict[int, list[float]] = {}
    state = strategy.init(jnp.zeros(6, jnp.int32), jax.random.key(seed))
    ask, tell = eqx.filter_jit(strategy.ask), eqx.filter_jit(strategy.tell)
    drawn = random_cells(generations * strategy.popsize, 5000 + seed).reshape(generations, strategy.popsize, 6)
    found: dict[str, list[Any]] = {"population": [], "cells": [], "kept": [], "scored": []}
    everyone: list[np.ndarray] = []
    for generation in range(generations):
        cells = drawn[generation] if name == RANDOM else np.asarray(ask(state))
        losses = []
        for cell in cells:
            number = cell_number(cell)
            if number not in known:
                known[number] = _losses(score(cell), cell, name, score.net)
            losses.append(known[number])
        everyone.append(cells)
        if name == RANDOM:
            every = np.concatenate(everyone)
            order = strategy.order(jnp.asarray(every), jnp.asarray([known[cell_number(cell)] for cell in every]))
            kept = every[int(order[0])]
        else:
            state = tell(state, jnp.asarray(losses))
            kept = np.asarray(strategy.genome(state))
        found["population"].append([[_rounded(each) for each in row] for row in losses])
        found["cells"].append([cell_number(cell) for cell in cells])
        found["kept"].append(cell_number(kept))
        found["scored"].append(len(known))
    kept_cells = np.stack([np.stack(np.unravel_index(number, (5,) * 6)) for number in found["kept"]])
    return {**found, "accuracy": accuracies(kept_cells)}


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


def _losses(scores: dict[str, float], cell: np.ndarray, name: str, net: CellNet) -> list[float]:
    """All to be minimised; for the published program the second has the first and the weights in it."""
    kernel, jacobian, overlap = (scores[each] for each in TEXT_SCORES)
    if name == "published":
        weights = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(net.alone(cell), eqx.is_array)))
        jacobian *= kernel * math.log(weights)
    return [kernel, jacobian, -overlap]


def _rounded(value: float) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None
