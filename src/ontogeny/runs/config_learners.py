"""Configurations of the learners."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, SerializeAsAny

from ontogeny.runs.config_base import AnyLearnerConfig
from ontogeny.runs.config_cells import AgeingConfig, PredictorConfig, RandomConfig
from ontogeny.runs.config_genetic import GAConfig, PopulationConfig, SeedGAConfig
from ontogeny.runs.config_hybrid import EvolutionarySGDConfig, HybridConfig, PopulationBasedConfig
from ontogeny.runs.config_optimized import OptimizedConfig

if TYPE_CHECKING:
    from ontogeny.core import Learner


LearnerConfig = SerializeAsAny[AnyLearnerConfig]


class OpenESConfig(PopulationConfig, OptimizedConfig):
    """Evolution strategies (`OpenES`)."""

    by: Literal["es"] = "es"
    sigma: float = Field(0.01, description="standard deviation of the noise, above 0")
    shaping: str = Field("centred-ranks", description="centred-ranks, standardised-ranks, standardised, centred, raw")
    noise: str = Field("byte-sums", description="byte-sums, signs, normal, orthogonal, paley: the members' noise")
    rank: int | None = Field(None, description="rank of the noise of a layer, 0 for full; the cheaper if not set")
    antithetic: bool = Field(True, description="members in pairs of opposite noise")
    weight_decay: float = Field(0.0, description="times the genome, added to the estimate")
    update: Literal["estimate", "published"] = Field(
        "estimate", description="published: the step is lr/n times the weighted noise, without 1/sigma"
    )

    def _build(self) -> Learner:
        from ontogeny.errors import refuse
        from ontogeny.strategies import NOISES, SHAPINGS, OpenES

        if self.shaping not in SHAPINGS:
            refuse("shaping", self.shaping, SHAPINGS)
        if self.noise not in NOISES:
            refuse("noise", self.noise, NOISES)
        strategy = OpenES(
            self.popsize,
            self.sigma,
            self._optimizer(self.sigma if self.update == "published" else 1.0),
            SHAPINGS[self.shaping],
            NOISES[self.noise],
            self.rank,
            self.antithetic,
            self.weight_decay,
        )
        return self._learner(strategy)


class DescentConfig(OptimizedConfig):
    """Gradient descent (`Descent`)."""

    gradients: ClassVar[bool] = True

    by: Literal["adam"] = "adam"
    learning_rate: float = Field(0.002, description="above 0")
    beta2: float = Field(0.999, description="share kept of the second moment")
    normalise: bool = Field(False, description="divide the gradient of each array by its norm")
    clip: float | None = Field(None, description="largest norm of the gradient; none if not set")
    batches: int = Field(1, description="batches that the gradient is averaged over")
    weight_noise: float = Field(0.0, description="noise of the weights while a gradient is taken, 0 for none")

    def _build(self) -> Learner:
        from ontogeny.learners import Descent

        return Descent(self._optimizer(), self.normalise, self.clip, self.batches, self.weight_noise)


LEARNERS: dict[str, type[AnyLearnerConfig]] = {
    "es": OpenESConfig,
    "adam": DescentConfig,
    "ga": GAConfig,
    "seed-ga": SeedGAConfig,
    "hybrid": HybridConfig,
    "pbt": PopulationBasedConfig,
    "esgd": EvolutionarySGDConfig,
    "ageing": AgeingConfig,
    "predictor": PredictorConfig,
    "random": RandomConfig,
}
"""Configurations by what `--by` calls them."""
