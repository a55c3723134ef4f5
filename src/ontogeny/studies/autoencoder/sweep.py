"""Error against population and mutation count: what a sweep found."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.studies.autoencoder.settings import MUTATED, POPULATIONS, Tree, published


def sweep_settings() -> dict[str, Tree]:
    """The published algorithm with every population and mutation count, by `cell_name`."""
    return {cell_name(members, count): published(members, count) for members in POPULATIONS for count in MUTATED}


def cell_name(popsize: int, mutated: int) -> str:
    """Such as `10-1`."""
    return f"{popsize}-{mutated}"


class Sweep:
    """What a sweep found.

    Attributes:
        found: by `cell_name`, as `contest` gives it.
    """

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def errors(self, popsize: int, mutated: int) -> np.ndarray:
        """Mean absolute errors at the end, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["mean_absolute"])

    def variety(self, popsize: int, mutated: int) -> np.ndarray:
        """The `variety` of the outputs, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["variety"])

    def told_apart(self, popsize: int, mutated: int) -> np.ndarray:
        """The share of pictures that are told apart, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["told_apart"])

    @property
    def cells(self) -> list[tuple[int, int]]:
        """What was tried, population and mutation count."""
        return [(int(a), int(b)) for a, b in (name.split("-") for name in self.found)]

    @property
    def seeds(self) -> int:
        """Trainings of each."""
        return len(self.errors(*self.cells[0]))

    @property
    def evaluations(self) -> int:
        """Of a seed, at most."""
        return max(int(each["evaluations"][-1]) for each in self.found.values())

    def best(self, seeds: int) -> tuple[int, int]:
        """The setting with the lowest median error of the first so many seeds."""
        return min(self.cells, key=lambda cell: float(np.median(self.errors(*cell)[:seeds])))
