"""Scores of many cells, one compiled net for all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.cost import flops
from ontogeny.data import CELL_DATA, cell_number, load_cell_table, parse_cell
from ontogeny.data.cells import EDGES, OPERATIONS
from ontogeny.errors import MachineError
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.runs.scoring import shown_images
from ontogeny.scores import SCORES
from ontogeny.scores.graph import depth
from ontogeny.studies.architecture.settings import KNOWN

IMAGES = 64
"""That pass through a net."""


class Scorer:
    """Scores of cells on the same images, with the same first weights of each operation.

    Args:
        names: of scores.
        data: of which images are shown.
        seed: of weights, and of what scores draw.
    """

    def __init__(self, names: Sequence[str], data: str, seed: int) -> None:
        shown = shown_images(data, IMAGES)
        self.images, self.labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
        self.net = CellNet(jax.random.key(seed), 10, inputs=self.images.shape[-1])
        self.key = jax.random.key(1000 + seed)
        self.functions = {name: eqx.filter_jit(SCORES[name].function) for name in names}
        self.seconds = dict.fromkeys(names, 0.0)

    def __call__(self, genotype: np.ndarray) -> dict[str, float]:
        """Scores of a cell; a number that is not finite stays so."""
        net = Chosen(self.net, jnp.asarray(genotype, jnp.int32))
        found = {}
        for name, function in self.functions.items():
            start = time.perf_counter()
            found[name] = float(function(net, self.images, self.labels, self.key))
            self.seconds[name] += time.perf_counter() - start
        return found


def random_cells(count: int, seed: int) -> np.ndarray:
    """Different cells, `(count, 6)` numbers of operations."""
    cells = np.random.default_rng(seed).choice(len(OPERATIONS) ** len(EDGES), count, replace=False)
    return np.stack(np.unravel_index(cells, (len(OPERATIONS),) * len(EDGES)), 1)


def measured(names: tuple[str, ...], data: str, count: int, seed: int) -> dict[str, Any]:
    """Scores of cells that are drawn at random, and of known ones.

    Args:
        names: of scores.
        data: of which images are shown.
        count: cells.
        seed: of cells, weights, and what scores draw.

    Returns:
        `cells`, their numbers; `scores` by name, a number or none for each; `known`, scores by the cell's name;
        `parameters`, `flops` of an image, `depth`; `accuracy` by data set, from the table, where that is to be had;
        `seconds` by score, without compilation.
    """
    score = Scorer(names, data, seed)
    cells = random_cells(count, seed)
    score(cells[0])
    score.seconds = dict.fromkeys(names, 0.0)
    found = [score(cell) for cell in cells]
    spent = dict(score.seconds)
    known = {name: score(parse_cell(text)) for name, text in KNOWN.items()}
    sizes = _sizes(cells, score)
    return {
        "cells": [cell_number(cell) for cell in cells],
        "scores": {name: [_number(each[name]) for each in found] for name in names},
        "known": {name: {key: _number(value) for key, value in each.items()} for name, each in known.items()},
        "parameters": sizes[:, 0].astype(int).tolist(),
        "flops": sizes[:, 1].tolist(),
        "depth": [depth(cell) for cell in cells],
        "accuracy": accuracies(cells),
        "seconds": {name: round(value, 2) for name, value in spent.items()},
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
    score = Scorer(TEXT_SCORES, data, seed)
    drawn = random_cells(2 * cells, seed)
    for cell in drawn[:cells]:
        score(cell)
    between = time.perf_counter()
    for cell in drawn[cells:]:
        score(cell)
    end = time.perf_counter()
    return {"seconds": round(between - start, 2), "a_minute": round(60 * cells / (end - between), 1), "cells": cells}


def _sizes(cells: np.ndarray, score: Scorer) -> np.ndarray:
    """Parameters, and operations for an image, `(cells, 2)`: what each operation adds is the same on all edges."""
    image = jax.ShapeDtypeStruct((1, *score.images.shape[1:]), jnp.float32)

    def size(cell: tuple[int, ...]) -> tuple[float, float]:
        net = eqx.filter_eval_shape(lambda: score.net.alone(cell))
        count = sum(leaf.size for leaf in jax.tree.leaves(net))
        return count, flops(lambda net, image: net.passage(jnp.zeros(len(cell), int), image).logits, net, image)

    none = (0,) * (len(EDGES) - 1)
    alone = np.asarray([size((operation, *none)) for operation in range(len(OPERATIONS))])
    return np.asarray(alone[0] + (alone - alone[0])[cells].sum(1))


def _number(value: float) -> float | None:
    """As JSON can hold it."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
