"""Searches by the text's three scores."""

from __future__ import annotations

import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data.channel_cells import parse_channel_cell
from ontogeny.strategies import ParetoSearch
from ontogeny.studies.architecture.scoring import accuracies
from ontogeny.studies.architecture.settings import (
    OWN_SEARCHES,
    RANDOM,
    SEARCHES,
    TEXT_SCORES,
    ByScores,
)
from ontogeny.studies.architecture.spaces import OwnSpace, Space, TableSpace
from ontogeny.studies.architecture.tournaments import winners


def by_scores(name: str, data: str, generations: int, seed: int) -> dict[str, Any]:
    """Search NAS-Bench-201 by the text's three scores.

    Args:
        name: one of `SEARCHES`, or `RANDOM`.
        data: of which images are shown.
        generations: of 30 cells.
        seed: of cells, weights and the search.

    Returns:
        As `_searched`, and `accuracy` of the kept cells by data set, where there is a table.
    """
    space, search = TableSpace(data, seed), None if name == RANDOM else SEARCHES[name]
    found = _searched(space, search, data, generations, seed)
    kept = np.stack([np.stack(np.unravel_index(number, (5,) * 6)) for number in found["kept"]])
    return {**found, "accuracy": accuracies(kept)}


def in_own_space(name: str, data: str, generations: int, seed: int) -> dict[str, Any]:
    """Search the text's own cells by its three scores.

    Args:
        name: one of `OWN_SEARCHES`, or `RANDOM`.
        data: of which images are shown.
        generations: of 30 cells.
        seed: of cells, weights and the search.

    Returns:
        As `_searched`, and `parameters` of the net of each kept cell.
    """
    space, search = OwnSpace(data, seed), None if name == RANDOM else OWN_SEARCHES[name]
    found = _searched(space, search, data, generations, seed)
    cells = [parse_channel_cell(each).channels for each in found["kept"]]
    return {**found, "parameters": [space.parameters(cell) for cell in cells]}


def _searched(space: Space, search: ByScores | None, data: str, generations: int, seed: int) -> dict[str, Any]:
    """Search; a cell that was scored before is not scored again.

    Returns:
        For each generation `population`, scores of all of its cells; `cells`, what they are called; `kept`, the
        cell that would be kept; and `scored`, how many were scored until then.
    """
    strategy: Any = ParetoSearch() if search is None else search.strategy
    known: dict[int | str, list[float]] = {}
    state = strategy.init(space.form, jax.random.key(seed))
    ask, tell = eqx.filter_jit(strategy.ask), eqx.filter_jit(strategy.tell)
    drawn = space.drawn(generations * strategy.popsize, 5000 + seed)
    found: dict[str, list[Any]] = {"population": [], "cells": [], "kept": [], "scored": []}
    for generation in range(generations):
        before = generation * strategy.popsize
        cells = drawn[before : before + strategy.popsize] if search is None else np.asarray(ask(state))
        names = [space.name(cell) for cell in cells]
        for name, cell in zip(names, cells, strict=True):
            if name not in known:
                known[name] = _losses(space, cell, search is not None and search.entangled)
        losses = [known[name] for name in names]
        if search is None:
            every = drawn[: before + strategy.popsize]
            values = jnp.asarray([known[space.name(cell)] for cell in every])
            kept = every[int(strategy.order(jnp.asarray(every.reshape(len(every), -1)), values)[0])]
        else:
            if search.every and (generation + 1) % search.every == 0:
                contests = cells.reshape(strategy.parents, -1, cells.shape[1])
                won = winners(contests, data, 100 * seed + generation)
                state = strategy.keep(state, jnp.asarray(won), jnp.asarray(losses)[won])
            else:
                state = tell(state, jnp.asarray(losses))
            kept = np.asarray(strategy.genome(state))
        found["population"].append([[_rounded(each) for each in row] for row in losses])
        found["cells"].append(names)
        found["kept"].append(space.name(kept))
        found["scored"].append(len(known))
    return found


def _losses(space: Space, cell: np.ndarray, entangled: bool) -> list[float]:
    """All to be minimised."""
    scores = space.scores(cell)
    kernel, jacobian, overlap = (scores[each] for each in TEXT_SCORES)
    if entangled:
        jacobian *= kernel * math.log(space.parameters(cell))
    return [kernel, jacobian, -overlap]


def _rounded(value: float) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None
