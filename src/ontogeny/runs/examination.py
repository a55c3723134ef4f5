"""A last examination: how the kept genome does on data that nothing was chosen by."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import equinox as eqx

from ontogeny.core import Genome, Metrics, Task

_PREFIX = "test_"


@runtime_checkable
class Examined(Protocol):
    """A task that has test data, apart from those that `measure` looks at while training."""

    def test(self, genome: Genome) -> Metrics:
        """Figures of a genome on the test data."""


def examine(task: Task, genome: Genome) -> dict[str, float]:
    """What a task's `test` finds, as `test_loss`, `test_accuracy`, …; empty where it has none.

    Args:
        task: any task.
        genome: the kept one of a run that has ended.
    """
    if not isinstance(task, Examined):
        return {}
    figures = eqx.filter_jit(_test)(task, genome)
    return {_PREFIX + name: float(value) for name, value in figures.items()}


def examined(result: dict[str, Any]) -> dict[str, float]:
    """What a run's result says about its test data, by the names that `test` gave; empty where there are none."""
    return {name.removeprefix(_PREFIX): value for name, value in result.items() if name.startswith(_PREFIX)}


def _test(task: Examined, genome: Genome) -> Metrics:
    return task.test(genome)
