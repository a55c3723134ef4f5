"""What is read from scores of many cells: how well each orders them, alone, together, and with a few labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.scores import SCORES
from ontogeny.scores.graph import features
from ontogeny.scores.ranking import finite, spearman, together
from ontogeny.studies.architecture.settings import LABELS, TEXT_SCORES, TOGETHER

TEXT = "the text's three together"
BEST = f"{', '.join(TOGETHER)} together"
SIZES = ("parameters", "flops", "depth")

_DRAWS = 5


def orders(found: dict[str, Any]) -> dict[str, np.ndarray]:
    """Scores by name, `(cells,)`, more is better: sizes of nets, each score, and combinations.

    Args:
        found: as `scoring.measured` has it.
    """
    made = {name: np.asarray(found[name], np.float64) for name in SIZES}
    for name, values in found["scores"].items():
        numbers = np.asarray([np.nan if each is None else each for each in values], np.float64)
        made[name] = finite(numbers, SCORES[name].higher)
    for name, parts in ((TEXT, TEXT_SCORES), (BEST, TOGETHER)):
        if all(part in made for part in parts):
            made[name] = together(np.stack([made[part] for part in parts]))
    return made


def lacking(found: dict[str, Any]) -> dict[str, float]:
    """The share of cells of which a score is not finite, by name."""
    return {name: float(np.mean([each is None for each in values])) for name, values in found["scores"].items()}


def predicted(found: dict[str, Any], data: str) -> dict[str, dict[int, np.ndarray]]:
    """Rank correlation of a predictor with the accuracies of cells that it was not told, by what it sees and labels.

    A random forest of 200 trees on counts of a cell's graph, or on those and the ranks of all scores; several draws of
    the cells that it is told.

    Args:
        found: as `scoring.measured` has it.
        data: whose accuracies.

    Returns:
        `(draws,)` for each number of labels that leaves as many cells untold.
    """
    from sklearn.ensemble import RandomForestRegressor

    cells = np.stack(np.unravel_index(np.asarray(found["cells"]), (5,) * 6), 1)
    graph = np.stack([features(cell) for cell in cells])
    ranks = np.stack([np.argsort(np.argsort(each)) for each in orders(found).values()], 1)
    accuracy = np.asarray(found["accuracy"][data])
    made: dict[str, dict[int, np.ndarray]] = {}
    for name, seen in (("graph", graph), ("graph and scores", np.concatenate([graph, ranks], 1))):
        made[name] = {}
        for labels in LABELS:
            if 2 * labels > len(cells):
                continue
            values = []
            for draw in range(_DRAWS):
                order = np.random.default_rng(draw).permutation(len(cells))
                told, rest = order[:labels], order[labels:]
                forest = RandomForestRegressor(200, random_state=draw).fit(seen[told], accuracy[told])
                values.append(spearman(forest.predict(seen[rest]), accuracy[rest]))
            made[name][labels] = np.asarray(values)
    return made


def share_worse(found: dict[str, Any], known: dict[str, float | None], name: str) -> float:
    """The share of random cells that a known one is better than by a score."""
    values = orders({**found, "scores": {name: [*found["scores"][name], known[name]]}})[name]
    return float(np.mean(values[:-1] < values[-1]))


def least(found: list[dict[str, Any]], place: int) -> np.ndarray:
    """The least of a score in each generation, `(seeds, generations)`.

    Args:
        found: as `searching.by_scores` has it, of each seed.
        place: of the score among `TEXT_SCORES`.
    """
    every = [[[row[place] for row in generation] for generation in each["population"]] for each in found]
    made: np.ndarray = np.nanmin(np.asarray(every, np.float64), 2)
    return made


def ends_percent(values: np.ndarray) -> str:
    """Shares of 1 in words: the median, the least and the greatest, in percent."""
    low, middle, high = (f"{100 * each:.1f}" for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} % ({low} to {high})"
