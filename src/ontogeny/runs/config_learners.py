"""Configurations of the learners."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic import Field, SerializeAsAny

from ontogeny.errors import InputError
from ontogeny.runs.config_base import Config

if TYPE_CHECKING:
    import optax

    from ontogeny.core import Learner


class AnyLearnerConfig(Config):
    """What the configurations of all learners can do."""

    by: str

    def build(self) -> Learner:
        """The learner; errors name the field as it stands in the configuration."""
        try:
            return self._build()
        except InputError as error:
            raise error.inside("learner") from None

    def _build(self) -> Learner:
        raise NotImplementedError


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


class _Population(AnyLearnerConfig):
    popsize: int = Field(64, description="members of a generation, 2 or more")
    common_random_numbers: bool = Field(True, description="one batch for all members")
    devices: int | None = Field(None, description="devices that share the members; all if not set")
    chunk: int | None = Field(None, description="members at once on a device; automatic if not set")


class OpenESConfig(_Population, _Optimized):
    """Evolution strategies (`OpenES`)."""

    by: Literal["es"] = "es"
    sigma: float = Field(0.01, description="standard deviation of the noise, above 0")
    shaping: str = Field("centred-ranks", description="centred-ranks, standardised-ranks, standardised, raw")
    noise: str = Field("byte-sums", description="byte-sums, signs, normal, orthogonal: the members' noise")
    rank: int | None = Field(None, description="rank of the noise of a layer, 0 for full; the cheaper if not set")
    antithetic: bool = Field(True, description="members in pairs of opposite noise")
    weight_decay: float = Field(0.0, description="times the genome, added to the estimate")
    update: Literal["estimate", "published"] = Field(
        "estimate", description="published: the step is lr/n times the weighted noise, without 1/sigma"
    )

    def _build(self) -> Learner:
        from ontogeny.errors import refuse
        from ontogeny.learners import Evolution
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
        return Evolution(strategy, self.common_random_numbers, self.devices, self.chunk)


class GAConfig(_Population):
    """A genetic algorithm (`GA`)."""

    by: Literal["ga"] = "ga"
    selection: str = Field("truncation", description="truncation, tournament or lexicase")
    fraction: float = Field(0.25, description="of the members that become parents (truncation, lexicase)")
    tournament: int = Field(3, description="members that contest (tournament)")
    tolerance: float = Field(1.0, description="median absolute deviations from the best that pass (lexicase)")
    elitism: int = Field(1, description="best members carried over unchanged")
    crossover: float = Field(0.0, description="probability that a child has two parents")
    crossover_by: str = Field("weight", description="what comes whole from one parent: weight or layer")
    mutated: int | None = Field(None, description="weights that mutate in a child; all if not set")
    scale: float = Field(0.01, description="standard deviation or half width of a mutation")
    mode: str = Field("add", description="add to the weight, or replace it")
    distribution: str = Field("normal", description="normal or uniform")
    common: bool = Field(False, description="all children of a generation change the same weights")
    rates: str = Field("fixed", description="fixed, self-adaptive or group-elite: what scales are multiplied with")
    rate_change: float = Field(0.2, description="standard deviation of a rate's logarithm (self-adaptive)")
    groups: int = Field(8, description="rates that evolve, each for a group of members (group-elite)")
    inheritance: float = Field(0.0, description="share of the parents' merit in a child's, 0 to below 1")
    novelty: float = Field(0.0, description="weight of being new against being good, 0 to 1")
    neighbours: int = Field(10, description="nearest others that a member is compared with (novelty)")
    archive: int = Field(256, description="members of the past that it is compared with (novelty)")
    safe: int = Field(0, description="gradients by which each weight's mutation is made safe, 4 do; 0 for none")

    def _build(self) -> Learner:
        from ontogeny.errors import refuse
        from ontogeny.learners import Evolution
        from ontogeny.strategies import (
            CROSSOVERS,
            GA,
            Fixed,
            GroupElite,
            Lexicase,
            Mutation,
            Novelty,
            Rates,
            Selection,
            SelfAdaptive,
            Sensitivity,
            Tournament,
            Truncation,
        )  # fmt: skip

        # Made only if chosen: a field that no other selection reads must not be refused for it.
        selections: dict[str, Callable[[], Selection]] = {
            "truncation": lambda: Truncation(self.fraction),
            "tournament": lambda: Tournament(self.tournament),
            "lexicase": lambda: Lexicase(self.fraction, self.tolerance),
        }
        if self.selection not in selections:
            refuse("selection", self.selection, selections)
        rates: dict[str, Callable[[], Rates]] = {
            "fixed": Fixed,
            "self-adaptive": lambda: SelfAdaptive(self.rate_change),
            "group-elite": lambda: GroupElite(self.groups),
        }
        if self.rates not in rates:
            refuse("rates", self.rates, rates)
        if self.crossover_by not in CROSSOVERS:
            refuse("crossover_by", self.crossover_by, CROSSOVERS)
        mutation = Mutation(self.mutated, self.scale, self.mode, self.distribution, self.common)  # type: ignore[arg-type]
        mix = CROSSOVERS[self.crossover_by]
        strategy = GA(
            self.popsize,
            selections[self.selection](),
            mutation,
            self.crossover,
            self.elitism,
            mix,
            rates[self.rates](),
            self.inheritance,
            Novelty(self.novelty, self.neighbours, self.archive, min(4, self.archive)),
            Sensitivity(self.safe),
        )
        return Evolution(strategy, self.common_random_numbers, self.devices, self.chunk)


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


LEARNERS: dict[str, type[AnyLearnerConfig]] = {"es": OpenESConfig, "adam": DescentConfig, "ga": GAConfig}
"""Configurations by what `--by` calls them."""
