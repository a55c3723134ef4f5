"""How a task is learned: one interface for gradients, evolution and both."""

from __future__ import annotations

import abc

import equinox as eqx

from ontogeny.core.cost import StepCost
from ontogeny.core.task import Task
from ontogeny.core.types import Genome, Key, Metrics, State


class Learner(eqx.Module):
    """How a task is learned."""

    @abc.abstractmethod
    def init(self, task: Task, key: Key) -> State:
        """The state before the first step; all randomness of the run comes from `key`."""

    @abc.abstractmethod
    def step(self, task: Task, state: State) -> tuple[State, Metrics]:
        """One gradient step, or one generation; jittable.

        Returns:
            The next state, and scalars, among them `population_loss`: the mean loss over
            what the step evaluated (the members of a generation, or one genome's batch).
        """

    @abc.abstractmethod
    def genome(self, state: State) -> Genome:
        """The genome to keep."""

    def population(self, state: State) -> Genome | None:
        """All members of a population that is to be kept, stacked, best first; `None` where one genome is all."""
        del state
        return None

    @abc.abstractmethod
    def cost(self, task: Task, state: State) -> StepCost:
        """What one step costs, in the currency that all learners share."""
