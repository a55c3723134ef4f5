"""Configurations of genetic algorithms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ontogeny.errors import refuse, require
from ontogeny.runs.config_base import AnyLearnerConfig

if TYPE_CHECKING:
    from ontogeny.core import Learner, Strategy
    from ontogeny.runs.config import UntilConfig
    from ontogeny.strategies import Mutation, Rates, Selection


class PopulationConfig(AnyLearnerConfig):
    """What all learners with a population have."""

    popsize: int = Field(64, description="members of a generation, 2 or more")
    common_random_numbers: bool = Field(True, description="one batch for all members")
    devices: int | None = Field(None, description="devices that share the members; all if not set")
    chunk: int | None = Field(None, description="members at once on a device; automatic if not set")

    def _learner(self, strategy: Strategy) -> Learner:
        from ontogeny.learners import Evolution

        return Evolution(strategy, self.common_random_numbers, self.devices, self.chunk)


class _Genetic(PopulationConfig):
    selection: str = Field("truncation", description="truncation, tournament or lexicase")
    fraction: float = Field(0.25, description="of the members that become parents (truncation, lexicase)")
    tournament: int = Field(3, description="members that contest (tournament)")
    tolerance: float = Field(1.0, description="median absolute deviations from the best that pass (lexicase)")
    elitism: int = Field(1, description="best members carried over unchanged")
    mutated: int | None = Field(None, description="weights that mutate in a child; all if not set")
    scale: float = Field(0.01, description="standard deviation or half width of a mutation")
    mode: str = Field("add", description="add to the weight, or replace it")
    distribution: str = Field("normal", description="normal or uniform")

    def _selection(self) -> Selection:
        from ontogeny.strategies import Lexicase, Tournament, Truncation

        # Made only if chosen: a field that no other selection reads must not be refused for it.
        selections: dict[str, Callable[[], Selection]] = {
            "truncation": lambda: Truncation(self.fraction),
            "tournament": lambda: Tournament(self.tournament),
            "lexicase": lambda: Lexicase(self.fraction, self.tolerance),
        }
        if self.selection not in selections:
            refuse("selection", self.selection, selections)
        return selections[self.selection]()

    def _mutation(self, common: bool = False) -> Mutation:
        from ontogeny.strategies import Mutation

        return Mutation(self.mutated, self.scale, self.mode, self.distribution, common)  # type: ignore[arg-type]


class GAConfig(_Genetic):
    """A genetic algorithm (`GA`)."""

    by: Literal["ga"] = "ga"
    crossover: float = Field(0.0, description="probability that a child has two parents")
    crossover_by: str = Field("weight", description="what comes whole from one parent: weight or layer")
    common: bool = Field(False, description="all children of a generation change the same weights")
    rates: str = Field("fixed", description="fixed, self-adaptive or group-elite: what scales are multiplied with")
    rate_change: float = Field(0.2, description="standard deviation of a rate's logarithm (self-adaptive)")
    groups: int = Field(8, description="rates that evolve, each for a group of members (group-elite)")
    inheritance: float = Field(0.0, description="share of the parents' merit in a child's, 0 to below 1")
    novelty: float = Field(0.0, description="weight of being new against being good, 0 to 1")
    neighbours: int = Field(10, description="nearest others that a member is compared with (novelty)")
    archive: int = Field(256, description="members of the past that it is compared with (novelty)")
    spread: float = Field(0.0, description="standard deviation of the first parents; 0 for copies of one")
    safe: int = Field(0, description="gradients by which each weight's mutation is made safe, 4 do; 0 for none")

    def _build(self) -> Learner:
        from ontogeny.strategies import CROSSOVERS, GA, Novelty, Sensitivity

        selection = self._selection()
        if self.crossover_by not in CROSSOVERS:
            refuse("crossover_by", self.crossover_by, CROSSOVERS)
        strategy = GA(
            self.popsize,
            selection,
            self._mutation(self.common),
            self.crossover,
            self.elitism,
            CROSSOVERS[self.crossover_by],
            self._rates(),
            self.inheritance,
            Novelty(self.novelty, self.neighbours, self.archive, min(4, self.archive)),
            Sensitivity(self.safe),
            self.spread,
        )
        return self._learner(strategy)

    def _rates(self) -> Rates:
        from ontogeny.strategies import Fixed, GroupElite, SelfAdaptive

        rates: dict[str, Callable[[], Rates]] = {
            "fixed": Fixed,
            "self-adaptive": lambda: SelfAdaptive(self.rate_change),
            "group-elite": lambda: GroupElite(self.groups),
        }
        if self.rates not in rates:
            refuse("rates", self.rates, rates)
        return rates[self.rates]()


class SeedGAConfig(_Genetic):
    """A genetic algorithm whose genomes are lists of seeds (`SeedGA`)."""

    by: Literal["seed-ga"] = "seed-ga"
    depth: int = Field(1000, description="seeds of a genome at most, no less than the generations")

    def _build(self) -> Learner:
        from ontogeny.strategies import SeedGA

        return self._learner(SeedGA(self.popsize, self._selection(), self._mutation(), self.elitism, self.depth))

    def check(self, until: UntilConfig) -> None:
        """Refuse more generations than a lineage has room for, or an unknown number of them."""
        by_evaluations = until.evaluations and -(-until.evaluations // max(1, self.popsize))
        limits = [limit for limit in (until.steps, by_evaluations) if limit]
        hint = "say for how many generations there has to be room, beside the other limits"
        require(bool(limits), "until.steps", until.steps, hint)
        hint = f"give {min(limits, default=0):,} or more: there may be as many generations"
        require(self.depth >= min(limits), "learner.depth", self.depth, hint)
