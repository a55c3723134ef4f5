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

SEARCHERS = ("ageing", "predictor", "random")
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

        hint = f"genotypes are whole numbers: give {', '.join(SEARCHERS[:-1])} or {SEARCHERS[-1]}"
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


class PredictorConfig(_Searching):
    """What a Gaussian process, told all losses so far, thinks most promising is asked for next (`PredictorSearch`)."""

    by: Literal["predictor"] = "predictor"
    first: int = Field(10, description="genotypes that are drawn at random before anything is predicted")
    capacity: int = Field(200, description="losses that are remembered")
    candidates: int = Field(400, description="genotypes to choose among, half of them mutants of the best")
    length: float = Field(1.0, description="of the kernel, in shares of genes")
    curiosity: float = Field(0.5, description="standard deviations that are taken off a predicted loss")
    graph: bool = Field(False, description="whether it sees counts of a cell's graph; for NAS-Bench-201")

    def _build(self) -> Learner:
        from ontogeny.data.cells import EDGES, OPERATIONS
        from ontogeny.scores.graph import feature_table
        from ontogeny.strategies import PredictorSearch

        hint = f"give false: graphs are of cells with {len(OPERATIONS)} operations on {len(EDGES)} edges"
        require(not self.graph or self.choices == len(OPERATIONS), "graph", self.graph, hint)
        own = ("popsize", "choices", "first", "capacity", "candidates", "length", "curiosity")
        fields = {name: getattr(self, name) for name in own}
        return self._learner(PredictorSearch(**fields, features=feature_table() if self.graph else None))
