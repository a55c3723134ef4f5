"""A search for cells on anybody's images, by objectives of choice."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Strategy
from ontogeny.data import cell_number
from ontogeny.data.cells import CELLS, EDGES, OPERATIONS, cell_text
from ontogeny.errors import InputError, refuse, require
from ontogeny.nets.cell_net import Chosen
from ontogeny.runs.cell_scorer import CellScorer
from ontogeny.runs.short_training import ShortTraining
from ontogeny.scores import SCORES
from ontogeny.scores.graph import feature_table
from ontogeny.scores.sizes import cell_sizes
from ontogeny.strategies import NSGA2, ParetoSearch, PredictorSearch, RegularisedEvolution, pareto_order

SEARCHES = ("nsga2", "pareto", "random")
"""How cells are searched."""

SINGLE = ("ageing", "predictor")
"""How they are searched under one objective: regularised evolution, or what a predictor thinks best."""

TRAINED = {"accuracy": "on held-back images, of a net of the cell after three epochs on 512 others"}
"""The objective that trains nets; more is better."""

SIZES = {
    "parameters": "weights of a net of the cell alone",
    "flops": "operations for an image",
    "latency": "seconds for the images shown, on this machine",
}
"""Objectives that say how large a cell is; less is better."""

DEFAULT = ("expressivity", "jacobian", "log-synflow")
"""Scores that together order cells of NAS-Bench-201 best."""

_TIMED = 3


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a search stands.

    Attributes:
        generation: the number of those that are done.
        generations: of all.
        scored: different cells.
        seconds: since the first, compilation included.
    """

    generation: int
    generations: int
    scored: int
    seconds: float


def search_cells(
    data: str,
    objectives: tuple[str, ...] = DEFAULT,
    *,
    by: str = "nsga2",
    popsize: int = 30,
    generations: int = 5,
    seed: int = 0,
    watch: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Search cells of NAS-Bench-201 under objectives of choice.

    Each cell is scored once, whoever asks for it again.

    Args:
        data: of which 64 images are shown, see `scoring.shown_images`.
        objectives: names from `SCORES`, `SIZES` or `TRAINED`, one or more.
        by: one of `SEARCHES`, or for one objective of `SINGLE`.
        popsize: cells of a generation, 2 or more.
        generations: 1 or more.
        seed: of cells, weights and the search.
        watch: told before the first and after each generation; may raise `KeyboardInterrupt` to end the search with
            what there is.

    Returns:
        `front`, the cells that no other is better than in all objectives, the best by the sum of ranks first: `cell`,
        and each objective; `objectives`, whether more is better, by name; `scored`, `seconds`, `stopped`.

    Raises:
        InputError: for a value out of range, or an unknown name.
        MachineError: where images are not to be had.
    """
    require(len(objectives) >= 1, "objective", objectives, "give one or more")
    for name in objectives:
        if name not in SCORES and name not in SIZES and name not in TRAINED:
            refuse("objective", name, (*SCORES, *SIZES, *TRAINED))
    if len(set(objectives)) < len(objectives):
        raise InputError("objective", ", ".join(objectives), "give each once")
    if by not in (*SEARCHES, *SINGLE):
        refuse("by", by, (*SEARCHES, *SINGLE))
    if by in SINGLE and len(objectives) > 1:
        raise InputError("by", by, f"it has one objective; for {len(objectives)} give nsga2, pareto or random")
    require(generations >= 1, "generations", generations, "give 1 or more")
    strategy = _strategy(by, popsize, generations, len(objectives))
    known = _Known(objectives, data, seed)
    state = strategy.init(jnp.zeros(len(EDGES), jnp.int32), jax.random.key(seed))
    rng = np.random.default_rng(seed)
    stopped = "all generations are done"
    start = time.perf_counter()
    ask, tell_losses = eqx.filter_jit(strategy.ask), eqx.filter_jit(strategy.tell)
    tell = watch or (lambda _: None)
    tell(Progress(0, generations, 0, 0.0))
    try:
        for generation in range(generations):
            if by == "random":
                cells = rng.integers(0, len(OPERATIONS), (popsize, len(EDGES)))
            else:
                cells = np.asarray(ask(state))
            losses = [known(cell) for cell in cells]
            told = jnp.asarray(losses)
            state = tell_losses(state, told[:, 0] if by in SINGLE else told)
            tell(Progress(generation + 1, generations, len(known.losses), time.perf_counter() - start))
    except KeyboardInterrupt:
        stopped = "interrupted"
    if not known.losses:
        raise KeyboardInterrupt
    return {
        "front": known.front(),
        "objectives": {name: _more(name) for name in objectives},
        "data": data,
        "scored": len(known.losses),
        "seconds": round(time.perf_counter() - start, 1),
        "stopped": stopped,
    }


def _more(name: str) -> bool:
    """Whether more of an objective is better."""
    return name in TRAINED or (name in SCORES and SCORES[name].higher)


def _strategy(by: str, popsize: int, generations: int, objectives: int) -> Strategy:
    choices = len(OPERATIONS)
    if by == "ageing":
        population = max(2, popsize, popsize * generations // 5)
        return RegularisedEvolution(popsize, choices, population=population, sample=max(1, population // 5))
    if by == "predictor":
        first = max(2, min(10, popsize * generations // 2))
        capacity = max(popsize * generations, first)
        return PredictorSearch(popsize, choices, first=first, capacity=capacity, features=feature_table())
    if by == "nsga2":
        return NSGA2(popsize, objectives, choices=choices, parents=popsize)
    return ParetoSearch(popsize, objectives, choices=choices, parents=max(1, popsize // 6))


class _Known:
    """Losses of all cells that were scored, by number."""

    def __init__(self, objectives: tuple[str, ...], data: str, seed: int) -> None:
        self.objectives = objectives
        self.scorer = CellScorer([name for name in objectives if name in SCORES], data, seed)
        self.training = ShortTraining(self.scorer.net, data, seed) if "accuracy" in objectives else None
        self.look = jax.jit(lambda net, genotype, images: Chosen(net, genotype).passage(images).logits)
        every = np.stack(np.unravel_index(np.arange(CELLS), (len(OPERATIONS),) * len(EDGES)), 1)
        self.every_size = cell_sizes(self.scorer.net, every, self.scorer.images.shape[1:])
        self.cells: dict[int, np.ndarray] = {}
        self.losses: dict[int, list[float]] = {}

    def __call__(self, cell: np.ndarray) -> list[float]:
        number = cell_number(cell)
        if number not in self.losses:
            found = {**self.scorer(cell), **self._sizes(cell)}
            if self.training is not None:
                found["accuracy"] = self.training(cell)
            signs = (-1 if _more(name) else 1 for name in self.objectives)
            self.cells[number] = np.asarray(cell)
            self.losses[number] = [sign * found[name] for sign, name in zip(signs, self.objectives, strict=True)]
        return self.losses[number]

    def _sizes(self, cell: np.ndarray) -> dict[str, float]:
        parameters, flops = (float(each) for each in self.every_size[cell_number(cell)])
        made = {"parameters": parameters, "flops": flops}
        if "latency" in self.objectives:
            made["latency"] = self._latency(cell)
        return made

    def _latency(self, cell: np.ndarray) -> float:
        """The median of a few; the first may compile."""
        seconds = []
        for _ in range(_TIMED + 1):
            start = time.perf_counter()
            self.look(self.scorer.net, jnp.asarray(cell, jnp.int32), self.scorer.images).block_until_ready()
            seconds.append(time.perf_counter() - start)
        return float(np.median(seconds[1:]))

    def front(self) -> list[dict[str, Any]]:
        """Who is dominated by nobody, the smallest sum of ranks first."""
        cells, losses = np.stack(list(self.cells.values())), np.asarray(list(self.losses.values()), np.float64)
        finite = np.asarray(np.isfinite(losses).all(1))
        better = np.asarray((losses[:, None] <= losses[None]).all(2) & (losses[:, None] < losses[None]).any(2))
        free = finite & ~np.asarray((better & finite[:, None]).any(0))
        order = np.asarray(pareto_order(jnp.asarray(cells), jnp.asarray(losses)))
        signs = [-1 if _more(name) else 1 for name in self.objectives]
        return [
            {
                "cell": cell_text(cells[place]),
                **{
                    name: float(f"{sign * value:.5g}")
                    for name, sign, value in zip(self.objectives, signs, losses[place], strict=True)
                },
            }
            for place in order
            if free[place]
        ]
