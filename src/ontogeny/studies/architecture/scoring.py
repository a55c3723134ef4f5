"""Scores of random cells and of known ones, and how fast they are taken."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ontogeny.data import CELL_DATA, cell_number, load_cell_table, parse_cell
from ontogeny.data.cells import EDGES, OPERATIONS
from ontogeny.data.macro_nets import MACRO, MACRO_BLOCKS, MACRO_LAYERS, load_macro_table
from ontogeny.errors import MachineError
from ontogeny.runs.cell_scorer import CellScorer, MacroScorer
from ontogeny.scores.graph import depth
from ontogeny.scores.sizes import cell_sizes, macro_sizes


def random_cells(count: int, seed: int) -> np.ndarray:
    """Different cells, `(count, 6)` numbers of operations."""
    cells = np.random.default_rng(seed).choice(len(OPERATIONS) ** len(EDGES), count, replace=False)
    return np.stack(np.unravel_index(cells, (len(OPERATIONS),) * len(EDGES)), 1)


def measured(names: tuple[str, ...], data: str, count: int, seed: int) -> dict[str, Any]:
    """Scores of cells that are drawn at random.

    Args:
        names: of scores.
        data: of which images are shown.
        count: cells.
        seed: of cells, weights, and what scores draw.

    Returns:
        `cells`, their numbers; `scores` by name, a number or none for each;
        `parameters`, `flops` of an image, `depth`; `accuracy` by data set, from the table, where that is to be had;
        `seconds` by score, without compilation.
    """
    score = CellScorer(names, data, seed)
    cells = random_cells(count, seed)
    score(cells[0])
    score.seconds = dict.fromkeys(names, 0.0)
    found = [score(cell) for cell in cells]
    spent = dict(score.seconds)
    sizes = cell_sizes(score.net, cells, score.images.shape[1:])
    return {
        "cells": [cell_number(cell) for cell in cells],
        "scores": {name: [_number(each[name]) for each in found] for name in names},
        "parameters": sizes[:, 0].astype(int).tolist(),
        "flops": sizes[:, 1].tolist(),
        "depth": [depth(cell) for cell in cells],
        "accuracy": accuracies(cells),
        "seconds": {name: round(value, 2) for name, value in spent.items()},
    }


def measured_alike(names: tuple[str, ...], data: str, cells: tuple[tuple[str, str], ...], seed: int) -> dict[str, Any]:
    """Scores of known cells, with the images and weights that `measured` takes with the same seed.

    Args:
        names: of scores.
        data: of which images are shown.
        cells: a name and the cell, as NAS-Bench-201 writes it.
        seed: of weights, and what scores draw.

    Returns:
        Scores, a number or none, by the cell's name.
    """
    score = CellScorer(names, data, seed)
    return {name: {key: _number(value) for key, value in score(parse_cell(text)).items()} for name, text in cells}


def measured_macro(names: tuple[str, ...], data: str, count: int, seed: int) -> dict[str, Any]:
    """Scores of nets of NAS-Bench-Macro that are drawn at random.

    Args:
        names: of scores.
        data: of which images are shown.
        count: nets.
        seed: of nets, weights, and what scores draw.

    Returns:
        As `measured`; `accuracy` by the table's name.
    """
    score = MacroScorer(names, data, seed)
    shape = (len(MACRO_BLOCKS),) * MACRO_LAYERS
    numbers = np.random.default_rng(seed).choice(len(MACRO_BLOCKS) ** MACRO_LAYERS, count, replace=False)
    nets = np.stack(np.unravel_index(numbers, shape), 1)
    found = [score(net) for net in nets]
    sizes = macro_sizes(score.net, nets, score.images.shape[1:])
    try:
        accuracy = {MACRO: load_macro_table().accuracy[numbers].round(5).tolist()}
    except MachineError:
        accuracy = {}
    return {
        "cells": numbers.tolist(),
        "scores": {name: [_number(each[name]) for each in found] for name in names},
        "parameters": sizes[:, 0].astype(int).tolist(),
        "flops": sizes[:, 1].tolist(),
        "depth": sizes[:, 2].astype(int).tolist(),
        "accuracy": accuracy,
        "seconds": {name: round(value, 2) for name, value in score.seconds.items()},
    }


def accuracies(cells: np.ndarray) -> dict[str, list[float]]:
    """Accuracies on test images from the table, by data set; nothing where there is no table."""
    try:
        tables = {data: load_cell_table(data).accuracy for data in CELL_DATA}
    except MachineError:
        return {}
    numbers = [cell_number(cell) for cell in cells]
    return {data: [round(float(table[number]), 5) for number in numbers] for data, table in tables.items()}


def first_population(data: str, cells: int, seed: int) -> dict[str, Any]:
    """How long the first scored population takes, compilation included, and how many cells a minute come after it.

    Returns:
        `seconds` of the first, `a_minute` of the second, `cells`.
    """
    from ontogeny.studies.architecture.settings import TEXT_SCORES

    start = time.perf_counter()
    score = CellScorer(TEXT_SCORES, data, seed)
    drawn = random_cells(2 * cells, seed)
    for cell in drawn[:cells]:
        score(cell)
    between = time.perf_counter()
    for cell in drawn[cells:]:
        score(cell)
    end = time.perf_counter()
    return {"seconds": round(between - start, 2), "a_minute": round(60 * cells / (end - between), 1), "cells": cells}


def _number(value: float) -> float | None:
    """As JSON can hold it."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
