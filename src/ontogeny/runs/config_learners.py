"""Configurations of the learners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, SerializeAsAny

from ontogeny.runs.config_base import AnyLearnerConfig
from ontogeny.runs.config_genetic import GAConfig, PopulationConfig, SeedGAConfig

if TYPE_CHECKING:
    import optax

    from ontogeny.core import Learner


LearnerConfig = SerializeAsAny[AnyLearnerConfig]


class _Optimized(AnyLearnerConfig):
    optimizer: str = Field("adam", description="an optax optimizer")
    learning_rate: float = Field(0.003, description="above 0")
    beta1: float = Field(0.9, description="share kept of the first moment; momentum of sgd and muon")
    beta2: float = Field(0.99, description="share kept of the second moment")
    schedule: str = Field("constant", description="constant, cosine, exponential, linear, warmup-cosine")
    schedule_steps: int = Field(10_000, description="steps until the learning rate has come down")
    decay_thresholds: list[float] = Field([], description="losses that lower the learning rate")
    decay_factors: list[float] = Field([], description="what each multiplies it by")
    decay_every: int = Field(1000, description="steps between two tests of the thresholds")

    def _optimizer(self, scale: float = 1.0) -> optax.GradientTransformation:
        import optax

        from ontogeny.learners.optimizers import make_optimizer, make_schedule
        from ontogeny.strategies import decay_on_loss

        schedule = make_schedule(self.schedule, self.learning_rate * scale, self.schedule_steps)
        optimizer = make_optimizer(self.optimizer, schedule, (self.beta1, self.beta2))
        decay = decay_on_loss(tuple(self.decay_thresholds), tuple(self.decay_factors), self.decay_every)
        return optax.chain(optimizer, decay) if self.decay_thresholds or self.decay_factors else optimizer


class OpenESConfig(PopulationConfig, _Optimized):
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


class DescentConfig(_Optimized):
    """Gradient descent (`Descent`)."""

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
}
"""Configurations by what `--by` calls them."""
