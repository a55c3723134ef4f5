"""Growing that becomes harder as training goes on: smaller pictures and shorter episodes first."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Aux, Key, Metrics, Task, World
from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.tasks.growing import Growing, GrowthBatch


class Lesson(NamedTuple):
    """One evaluation of a curriculum.

    Attributes:
        target: `(height, width, 4)`, what is to be grown at this step of training.
        batch: start states and chances.
    """

    target: jax.Array
    batch: GrowthBatch


class Lessons(NamedTuple):
    """What a curriculum keeps between training steps.

    Attributes:
        steps: integer scalar, training steps so far.
        world: what the goal keeps.
    """

    steps: jax.Array
    world: World


class Curriculum(Task):
    """Grow smaller pictures in shorter episodes first, then the goal.

    The grid has the goal's size from the start, so nothing is compiled anew: cells around a
    small picture stay dead, which costs next to nothing. Held-out figures are the goal's.

    Attributes:
        goal: what is to be grown in the end.
        targets: `(stages, height, width, 4)`, pictures on the goal's grid in their order,
            without the goal's own; none for shorter episodes alone.
        span: training steps that they share evenly; after them comes the goal.
        shorter: updates that episodes are shorter by at the start, 0 or more; the number comes
            down evenly over the span.

    Raises:
        InputError: for a value out of range.
    """

    goal: Growing
    targets: jax.Array = eqx.field(converter=jnp.asarray)
    span: int = eqx.field(static=True)
    shorter: int = eqx.field(static=True, default=0)

    def __check_init__(self) -> None:
        require(self.span >= 1, "span", self.span, "give training steps, 1 or more")
        require(
            0 <= self.shorter < self.goal.steps[0],
            "shorter",
            self.shorter,
            f"give 0 to {self.goal.steps[0] - 1}: an episode has {self.goal.steps[0]} updates at least",
        )
        require(
            self.targets.ndim == 4 and self.targets.shape[1:] == self.goal.target.shape,
            "targets",
            self.targets.shape,
            f"give pictures of {self.goal.target.shape}, the size of the goal's",
        )

    def init(self, key: Key) -> NCA:
        """A net that leaves every state as it is."""
        return self.goal.init(key)

    @property
    def episodes(self) -> int:
        """Episodes in one evaluation."""
        return self.goal.episodes

    @property
    def threaded(self) -> bool:
        """Whether the compiled rollout does the work."""
        return self.goal.threaded

    def begin(self, key: Key) -> Lessons:
        """The first lesson, and the goal's sample pool."""
        return Lessons(jnp.int32(0), self.goal.begin(key))

    def draw(self, key: Key, world: Lessons) -> Lesson:
        """The picture of this training step, and an episode of its length."""
        done = jnp.minimum(world.steps, self.span)
        stages = jnp.concatenate([self.targets, self.goal.target[None]])
        target = stages[jnp.minimum(done * len(self.targets) // self.span, len(self.targets))]
        batch = self._at(target).draw(key, world.world)
        less = (self.shorter * (self.span - done) + self.span - 1) // self.span
        return Lesson(target, batch._replace(steps=batch.steps - less))

    def loss(self, genome: NCA, batch: Lesson) -> tuple[jax.Array, Aux]:
        """The mean squared error from the lesson's picture."""
        return self._at(batch.target).loss(genome, batch.batch)

    def settle(self, world: Lessons, batch: Lesson, aux: Aux) -> Lessons:
        """The next lesson, and the goal's pool with what the batch grew into."""
        return Lessons(world.steps + 1, self.goal.settle(world.world, batch.batch, aux))

    def measure(self, genome: NCA, key: Key) -> Metrics:
        """The goal's held-out figures."""
        return self.goal.measure(genome, key)

    def _at(self, target: jax.Array) -> Growing:
        goal: Growing = eqx.tree_at(lambda goal: goal.target, self.goal, target.astype(self.goal.target.dtype))
        return goal
