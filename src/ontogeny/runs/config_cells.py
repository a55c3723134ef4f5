"""Configuration of the search for cells, and of the learners that search genotypes of whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig
from ontogeny.runs.config_genetic import PopulationConfig

if TYPE_CHECKING:
    from ontogeny.core import Learner, Task
    from ontogeny.runs.config import UntilConfig

SEARCHERS = ("ageing", "random")
"""Learners whose genomes are whole numbers."""


class CellsConfig(AnyTaskConfig):
    """Find the cell of NAS-Bench-201 whose net became most accurate, by its table (`CellSearch`)."""

    name: Literal["cells"] = "cells"
    data: str = Field("cifar10", description="cifar10, cifar100 or imagenet16-120: what the nets were trained on")

    def _build(self) -> Task:
        from ontogeny.data import load_cell_table
        from ontogeny.tasks import CellSearch

        return CellSearch(load_cell_table(self.data))

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse learners whose genomes are no whole numbers."""
        del until
        require(
            learner.by in SEARCHERS, "learner.by", learner.by, f"cells are whole numbers: give {SEARCHERS[0]} or random"
        )

    @property
    def label(self) -> str:
        """The data, such as `cells-cifar10`."""
        return f"cells-{self.data}"


class _Searching(PopulationConfig):
    popsize: int = Field(1, description="children of a generation")
    choices: int = Field(5, description="values of a gene; cells of NAS-Bench-201 have five operations")


class AgeingConfig(_Searching):
    """Regularised evolution: the best of a sample has a child, which replaces the oldest (`RegularisedEvolution`)."""

    by: Literal["ageing"] = "ageing"
    population: int = Field(50, description="members that live")
    sample: int = Field(10, description="members that contest to have a child")

    def _build(self) -> Learner:
        from ontogeny.strategies import RegularisedEvolution

        return self._learner(RegularisedEvolution(self.popsize, self.choices, self.population, self.sample))


class RandomConfig(_Searching):
    """Random search over genotypes of whole numbers (`RandomSearch`)."""

    by: Literal["random"] = "random"

    def _build(self) -> Learner:
        from ontogeny.strategies import RandomSearch

        return self._learner(RandomSearch(self.popsize, self.choices, max(50, self.popsize)))
