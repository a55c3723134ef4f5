"""What learners share whose members are each trained by gradient descent."""

from __future__ import annotations

import abc

import equinox as eqx
import jax

from ontogeny.core import Genome, Learner, State, StepCost, Task
from ontogeny.learners.descent import Descent
from ontogeny.learners.members import members_cost, rows


class PopulationLearner(Learner):
    """A learner whose state has `members`: genomes, stacked, best first."""

    @property
    @abc.abstractmethod
    def training(self) -> tuple[Descent, int, int]:
        """How members are trained, how many of them in a generation, and how many gradient steps each makes."""

    @property
    def judged(self) -> int:
        """How many are judged in a generation: by default those that are trained."""
        return self.training[1]

    def genome(self, state: State) -> Genome:
        """The best member."""
        return rows(state.members, 0)

    def population(self, state: State) -> Genome:
        """All members that are kept."""
        return state.members

    def cost(self, task: Task, state: State) -> StepCost:
        """Training and judging the members of a generation; making them is not counted."""
        genome = eqx.filter_eval_shape(lambda state: rows(state.members, 0), state)
        descent, members, steps = self.training
        one = eqx.filter_eval_shape(descent.init, task, jax.random.key(0))._replace(genome=genome)
        return members_cost(descent, task, one, members, steps, self.judged)
