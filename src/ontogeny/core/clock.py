"""What a run has cost so far, and how fast it goes."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from ontogeny.core.cost import Cost, StepCost
from ontogeny.core.steps import Training

Row = dict[str, float]
"""One line of the metrics table: `step`, the cost so far and the metrics, by name."""


class Clock:
    """Counts the cost of a run while it goes on; made when all is compiled.

    Args:
        step: what a step costs.
        so_far: the cost before this session.
        start: when this session began, of `time.perf_counter`.
    """

    def __init__(self, step: StepCost, so_far: Cost, start: float) -> None:
        self.step = step
        self.cost = so_far
        self.rate = 0.0
        self._before = so_far
        self._start = start
        self._compile = time.perf_counter() - start
        self._update(self.cost.steps)

    def _update(self, steps: int) -> None:
        seconds = time.perf_counter() - self._start
        self.cost = Cost.of(
            self.step,
            steps,
            self._before.seconds + seconds,
            self._before.compile_seconds + self._compile,
        )
        busy = seconds - self._compile
        self.rate = (steps - self._before.steps) / busy if busy > 0 else 0.0

    def log(self, training: Training, rows: dict[str, np.ndarray], every: int) -> list[Row]:
        """Bring the cost up to date and turn a call's rows into lines of the table."""
        before = self.cost
        self._update(int(training.step))
        lines = []
        for index in range(self.cost.steps // every - before.steps // every):
            step = (before.steps // every + 1 + index) * every
            part = (step - before.steps) / (self.cost.steps - before.steps)
            seconds = before.seconds + part * (self.cost.seconds - before.seconds)
            cost = Cost.of(self.step, step, seconds, self.cost.compile_seconds)
            metrics = {name: float(values[index]) for name, values in rows.items()}
            lines.append({**_numbers(cost), **metrics})
        return lines


def _numbers(cost: Cost) -> Row:
    numbers = dataclasses.asdict(cost)
    return {"step": numbers.pop("steps"), **numbers}
