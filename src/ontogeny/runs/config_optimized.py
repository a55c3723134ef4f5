"""Configuration of an optimizer, for all learners that have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from ontogeny.runs.config_base import AnyLearnerConfig

if TYPE_CHECKING:
    import optax


class OptimizedConfig(AnyLearnerConfig):
    """The optimizer and its learning rate."""

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
