"""Accuracy against size: searches with two losses on the table."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data import load_cell_table
from ontogeny.strategies import NSGA2, ParetoSearch
from ontogeny.tasks import CellSearch

BOTH = ("NSGA-II", "ParetoSearch", "random search")
"""Searches under two losses."""

_CHILDREN = 20


def by_size(data: str, generations: int, seeds: int) -> dict[str, Any]:
    """Searches for small and accurate cells, all seeds at once.

    Args:
        data: whose table.
        generations: of 20 cells.
        seeds: searches of each kind.

    Returns:
        For each of `BOTH` the share of the area that the best front covers, after each generation: `mean`, and `low`
        and `high`, 95 % intervals of that mean over seeds. The area lies under the shares of right answers, above
        chance, and over the logarithm of the number of weights.
    """
    table = load_cell_table(data)
    task = CellSearch(table)
    low, high = (float(np.log(end)) for end in (table.parameters.min(), table.parameters.max()))
    chance, best = float(table.accuracy.min()), float(table.accuracy.max())

    def both(cells: jax.Array) -> jax.Array:
        found = jax.vmap(lambda cell: task.measure(cell, jax.random.key(0)))(cells)
        size = (jnp.log(found["parameters"]) - low) / (high - low)
        return jnp.stack([(best - found["accuracy"]) / (best - chance), size], 1)

    numbers = np.stack(np.unravel_index(np.arange(len(table.accuracy)), (table.choices,) * table.genes), 1)
    whole = float(area(jax.jit(both)(jnp.asarray(numbers))))
    made: dict[str, Any] = {"seeds": seeds, "children": _CHILDREN}
    kinds = (NSGA2(_CHILDREN, 2, parents=_CHILDREN), ParetoSearch(_CHILDREN, 2, parents=_CHILDREN), None)
    for name, strategy in zip(BOTH, kinds, strict=True):

        def course(key: Key, strategy: ParetoSearch | None = strategy) -> jax.Array:
            if strategy is None:
                cells = jax.random.randint(key, (generations, _CHILDREN, task.genes), 0, task.choices)
                return jax.vmap(both)(cells)

            def step(state: Any, none: None) -> tuple[Any, jax.Array]:
                del none
                losses = both(strategy.ask(state))
                return strategy.tell(state, losses), losses

            state = strategy.init(jnp.zeros(task.genes, jnp.int32), key)
            return jax.lax.scan(step, state, None, length=generations)[1]

        asked = np.asarray(jax.jit(jax.vmap(course))(jax.random.split(jax.random.key(0), seeds)))
        covered = np.asarray(
            [[area(each[: done + 1].reshape(-1, 2)) for done in range(generations)] for each in asked], np.float64
        )
        covered /= whole
        mean, error = covered.mean(0), 1.96 * covered.std(0, ddof=1) / np.sqrt(seeds)
        ends = {"mean": mean, "low": mean - error, "high": mean + error}
        made[name] = {key: np.round(values, 5).tolist() for key, values in ends.items()}
    return made


def area(losses: np.ndarray | jax.Array) -> float:
    """The area between a set of pairs of losses and (1, 1) (the hypervolume; Zitzler & Thiele 1999).

    Args:
        losses: `(count, 2)`, 0 to 1, less is better.
    """
    points = np.asarray(losses, np.float64)
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    least = np.minimum.accumulate(points[:, 1])
    widths = np.diff(np.append(points[:, 0], 1.0))
    return float((widths * (1 - least)).sum())
