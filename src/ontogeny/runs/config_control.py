"""Configuration of acting in an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    from ontogeny.core import Task
    from ontogeny.runs.config import UntilConfig
    from ontogeny.tasks.environments import Environment


class ControlConfig(AnyTaskConfig):
    """Act in an environment while the body changes (`Control`; needs the extra `control`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {"policy", "width", "lives", "sharing", "clusters", "start", "rate", "measured_lives"}
    )

    name: Literal["control"] = "control"
    environment: str = Field(
        "Pendulum-v1", description="of gymnax: Pendulum-v1, CartPole-v1, …; of Brax: ant, hopper, humanoid, walker2d"
    )
    bodies: list[str] = Field(
        ["whole", "reversed"],
        description="that take turns: whole, reversed, without 0 1 (actions that do nothing), length=1.5 (a parameter)",
    )
    policy: str = Field("hebbian", description="what evolves: static or recurrent weights, or hebbian rules")
    width: int = Field(16, description="hidden neurons")
    steps: int = Field(400, description="of a life")
    turns: int = Field(2, description="parts of a life, each with another body")
    lives: int = Field(16, description="lives in one evaluation")
    fall: float = Field(0.0, description="reward that is taken off where an episode ends")
    sharing: str = Field("synapse", description="who shares a Hebbian rule: all synapses, neuron, cluster or synapse")
    clusters: int = Field(16, description="clusters of synapses that share a rule")
    start: float = Field(0.1, description="standard deviation of first weights, where rules evolve")
    rate: float = Field(0.1, description="what changes of weights are multiplied by")
    feedback: bool = Field(True, description="the last action and the last reward are perceived too")
    measured_lives: int = Field(64, description="lives to measure")

    def _build(self) -> Task:
        from ontogeny.tasks import Control

        fields = self.model_dump(exclude={"name", "environment"})
        return Control(self._environment(), **fields)

    def _environment(self) -> Environment:
        from ontogeny.tasks.environments import GymnaxEnvironment
        from ontogeny.tasks.locomotion import WALKERS, BraxEnvironment

        return BraxEnvironment(self.environment) if self.environment in WALKERS else GymnaxEnvironment(self.environment)

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse gradients: falls and choices have none."""
        del until
        require(
            not learner.gradients, "learner.by", learner.by, "acting has no gradient here: evolve, as with es or ga"
        )

    @property
    def label(self) -> str:
        """The environment and the policy, such as `CartPole-v1-hebbian`."""
        return f"{self.environment}-{self.policy}"
