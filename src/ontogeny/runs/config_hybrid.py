"""Configurations of learners that train a population by gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import refuse, require
from ontogeny.runs.config_optimized import OptimizedConfig

if TYPE_CHECKING:
    from ontogeny.core import Learner
    from ontogeny.learners import Descent
    from ontogeny.strategies import Genes, Mutation, Selection


class _Members(OptimizedConfig):
    gradients: ClassVar[bool] = True

    optimizer: str = Field("sgd", description="an optax optimizer")
    learning_rate: float = Field(0.01, description="above 0")
    beta2: float = Field(0.999, description="share kept of the second moment")
    weight_noise: float = Field(0.0, description="noise of the weights while a gradient is taken, 0 for none")
    popsize: int = Field(20, description="members that are kept, 2 or more")
    gradient_steps: int = Field(600, description="of each member in a generation")
    chunk: int | None = Field(None, description="members trained at once; automatic if not set")

    def _descent(self) -> Descent:
        from ontogeny.learners import Descent

        return Descent(self._optimizer(), weight_noise=self.weight_noise)

    def _goes_on(self) -> bool:
        """Whether a member's optimizer goes on from one generation to the next."""
        return False

    @property
    def _common(self) -> dict[str, Any]:
        require(self.gradient_steps >= 1, "gradient_steps", self.gradient_steps, "give 1 or more")
        hint = "give constant: the optimizer begins anew in each generation, and its schedule with it"
        require(self._goes_on() or self.schedule == "constant", "schedule", self.schedule, hint)
        given = self.decay_thresholds or self.decay_factors
        hint = "give []: the optimizer begins anew in each generation, and its decay with it"
        require(self._goes_on() or not given, "decay_thresholds", self.decay_thresholds, hint)
        return {"popsize": self.popsize, "steps": self.gradient_steps, "chunk": self.chunk}


class HybridConfig(_Members):
    """Gradient descent and recombination in turn (`Hybrid`)."""

    by: Literal["hybrid"] = "hybrid"
    children: int = Field(20, description="members born in a generation")
    fresh: int = Field(0, description="new nets in a generation")
    elitism: int = Field(0, description="best members that stay and compete as they are")
    selection: str = Field("truncation", description="truncation, lexicase, sharing, novelty or pareto")
    fraction: float = Field(0.5, description="of the members that become parents")
    tolerance: float = Field(1.0, description="median absolute deviations from the best that pass (lexicase)")
    radius: float = Field(0.02, description="of a niche, share of cases decided differently (sharing)")
    novelty: float = Field(0.5, description="weight of being different against being good (novelty)")
    neighbours: int = Field(3, description="nearest others that a member is compared with (novelty, pareto)")
    genes: str = Field("layer", description="layer, neuron, weight, block or published-block: what comes whole")
    parts: list[int] = Field([], description="genes that each layer's neurons fall into (layer)")
    gene_size: int = Field(64, description="neurons and inputs of a block at most (block, published-block)")
    parents: int = Field(2, description="of a child")
    mutated: int | None = Field(None, description="weights that mutate in a child; all if not set")
    scale: float = Field(0.0, description="standard deviation of a mutation; 0 for none")
    inherit: bool = Field(False, description="optimizers go on with their parents' state; if not, they begin anew")
    lamarckian: bool = Field(True, description="what is learned is handed down; if not (Baldwin), only chosen by")
    align: bool = Field(False, description="order the parents' neurons alike before they are mixed")
    common: bool = Field(True, description="the same batches for all members; if not, each has its own")

    def _goes_on(self) -> bool:
        return self.inherit

    def _build(self) -> Learner:
        from ontogeny.learners import Hybrid

        hint = "muon's state cannot be handed down gene by gene: give another optimizer, or inherit=false"
        require(not (self.inherit and self.optimizer == "muon"), "optimizer", self.optimizer, hint)
        own = ("children", "fresh", "elitism", "parents", "inherit", "lamarckian", "align", "common")
        return Hybrid(
            self._descent(),
            selection=self._selection(),
            genes=self._genes(),
            mutation=self._mutation(),
            **self._common,
            **{name: getattr(self, name) for name in own},
        )

    def _selection(self) -> Selection:
        from ontogeny.strategies import Lexicase, Novel, Pareto, Sharing, Truncation

        selections: dict[str, Callable[[], Selection]] = {
            "truncation": lambda: Truncation(self.fraction),
            "lexicase": lambda: Lexicase(self.fraction, self.tolerance),
            "sharing": lambda: Sharing(self.fraction, self.radius),
            "novelty": lambda: Novel(self.fraction, self.novelty, self.neighbours),
            "pareto": lambda: Pareto(self.fraction, self.neighbours),
        }
        if self.selection not in selections:
            refuse("selection", self.selection, selections)
        return selections[self.selection]()

    def _genes(self) -> Genes:
        from ontogeny.strategies import GENES, layer_genes

        if self.genes not in GENES:
            refuse("genes", self.genes, GENES)
        require(not self.parts or self.genes == "layer", "parts", self.parts, "only layers fall into parts")
        if self.genes == "layer":
            return partial(layer_genes, parts=tuple(self.parts))
        if self.genes.endswith("block"):
            require(self.gene_size >= 1, "gene_size", self.gene_size, "give 1 or more")
            return partial(GENES[self.genes], size=self.gene_size)  # type: ignore[call-arg]
        return GENES[self.genes]

    def _mutation(self) -> Mutation | None:
        from ontogeny.strategies import Mutation

        require(self.scale >= 0, "scale", self.scale, "give 0 or more")
        require(self.mutated is None or self.mutated >= 1, "mutated", self.mutated, "give 1 or more, or leave it out")
        hint = "give a scale above 0 too: how far these weights move"
        require(self.mutated is None or self.scale > 0, "mutated", self.mutated, hint)
        return Mutation(self.mutated, self.scale) if self.scale else None


class PopulationBasedConfig(_Members):
    """Population based training (`PopulationBased`)."""

    by: Literal["pbt"] = "pbt"
    fraction: float = Field(0.2, description="worst members that copy one of as many best")
    change: float = Field(1.2, description="what a copied learning rate is multiplied or divided by")
    spread: float = Field(3.0, description="learning rates at first lie within this factor")

    def _goes_on(self) -> bool:
        return True

    def _build(self) -> Learner:
        from ontogeny.learners import PopulationBased

        return PopulationBased(
            self._descent(), fraction=self.fraction, change=self.change, spread=self.spread, **self._common
        )


class EvolutionarySGDConfig(_Members):
    """Evolutionary stochastic gradient descent with back-off (`EvolutionarySGD`)."""

    by: Literal["esgd"] = "esgd"
    children: int = Field(20, description="made in a generation")
    parents: int = Field(2, description="whose mean a child is")
    sigma: float = Field(0.01, description="noise of a child in the first generation, falling as 1 / generation")
    elite: float = Field(0.6, description="share of the population that is kept by merit, the rest at random")
    spread: float = Field(3.0, description="learning rates are drawn within this factor, anew in each generation")

    def _build(self) -> Learner:
        from ontogeny.learners import EvolutionarySGD

        own = ("children", "parents", "sigma", "elite", "spread")
        return EvolutionarySGD(self._descent(), **self._common, **{name: getattr(self, name) for name in own})
