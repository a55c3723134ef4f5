"""Configuration of the search for cells, and of the learners that search genotypes of whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ontogeny.errors import refuse, require
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
    data: str = Field(
        "cifar10",
        description="cifar10, cifar100 or imagenet16-120: whose table is asked; or nas-bench-macro, another's",
    )

    def _build(self) -> Task:
        from ontogeny.data import CELL_DATA, load_cell_table
        from ontogeny.data.macro_nets import MACRO, load_macro_table
        from ontogeny.tasks import CellSearch

        if self.data not in (*CELL_DATA, MACRO):
            refuse("data", self.data, (*CELL_DATA, MACRO))
        return CellSearch(load_macro_table() if self.data == MACRO else load_cell_table(self.data))

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse learners whose genomes are no whole numbers, or other ones than a genotype's."""
        del until
        from ontogeny.data.cells import OPERATIONS
        from ontogeny.data.macro_nets import MACRO, MACRO_BLOCKS

        hint = f"genotypes are whole numbers: give {SEARCHERS[0]} or random"
        require(learner.by in SEARCHERS, "learner.by", learner.by, hint)
        choices, needed = getattr(learner, "choices", 0), len(MACRO_BLOCKS if self.data == MACRO else OPERATIONS)
        require(choices == needed, "learner.choices", choices, f"give {needed}, the values of a gene of {self.data}")

    @property
    def label(self) -> str:
        """The data, such as `cells-cifar10`."""
        return f"cells-{self.data}"


class _Searching(PopulationConfig):
    popsize: int = Field(1, description="children of a generation")
    choices: int = Field(5, description="values of a gene: 5 in cells of NAS-Bench-201, 3 in NAS-Bench-Macro")


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
