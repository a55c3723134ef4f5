"""Growing that becomes harder as training goes on: smaller pictures, shorter episodes, less chance first."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Aux, Key, World
from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.tasks.goal import GrowingTowards
from ontogeny.tasks.growing import Growing, GrowthBatch


class Lesson(NamedTuple):
    """One evaluation of a curriculum.

    Attributes:
        target: `(height, width, 4)`, what is to be grown at this step of training.
        early: boolean scalar, whether it is one of the first lessons.
        batch: start states and chances.
    """

    target: jax.Array
    early: jax.Array
    batch: GrowthBatch


class Lessons(NamedTuple):
    """What a curriculum keeps between training steps.

    Attributes:
        steps: integer scalar, training steps so far.
        world: what the goal keeps.
    """

    steps: jax.Array
    world: World


class Curriculum(GrowingTowards):
    """Grow smaller pictures, in shorter episodes, with cells that fire more often first; then the goal.

    The grid has the goal's size from the start, so nothing is compiled anew: cells around a
    small picture stay dead, which costs next to nothing. Held-out figures are the goal's.

    Attributes:
        goal: what is to be grown in the end.
        targets: `(stages, height, width, 4)`, pictures on the goal's grid in their order,
            without the goal's own; none for shorter episodes alone.
        span: training steps that they share evenly; after them comes the goal.
        shorter: updates that episodes are shorter by at the start, 0 or more; the number comes
            down evenly over the span.
        early_fire_rate: probability that a cell fires during the span, from that of the goal to 1; `None` for
            that of the goal. Episodes have as many fewer updates as cells fire more often. At 1
            nothing is left to chance, and one generation tells as much as many.

    Raises:
        InputError: for a value out of range.
    """

    targets: jax.Array = eqx.field(converter=jnp.asarray)
    span: int = eqx.field(static=True)
    shorter: int = eqx.field(static=True, default=0)
    early_fire_rate: float | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        require(self.span >= 1, "span", self.span, "give training steps, 1 or more")
        require(
            0 <= self.shorter < self.goal.steps[0],
            "shorter",
            self.shorter,
            f"give 0 to {self.goal.steps[0] - 1}: an episode has {self.goal.steps[0]} updates at least",
        )
        require(
            self.early_fire_rate is None or self.goal.fire_rate <= self.early_fire_rate <= 1,
            "early_fire_rate",
            self.early_fire_rate,
            f"give {self.goal.fire_rate:g}, the fire rate, to 1",
        )
        require(
            self.targets.ndim == 4 and self.targets.shape[1:] == self.goal.target.shape,
            "targets",
            self.targets.shape,
            f"give pictures of {self.goal.target.shape}, the size of the goal's",
        )

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
        early = done < self.span
        pace = self.goal.fire_rate / self._early_rate
        steps = jnp.where(
            early, jnp.maximum(jnp.round((batch.steps - less) * pace), 1).astype(batch.steps.dtype), batch.steps
        )
        return Lesson(target, early, batch._replace(steps=steps))

    def loss(self, genome: NCA, batch: Lesson) -> tuple[jax.Array, Aux]:
        """The mean squared error from the lesson's picture."""
        goal = self._at(batch.target)
        if self._early_rate == goal.fire_rate:
            return goal.loss(genome, batch.batch)
        faster = dataclasses.replace(genome, fire_rate=self._early_rate)
        found: tuple[jax.Array, Aux] = jax.lax.cond(
            batch.early, lambda: goal.loss(faster, batch.batch), lambda: goal.loss(genome, batch.batch)
        )
        return found

    def settle(self, world: Lessons, batch: Lesson, aux: Aux) -> Lessons:
        """The next lesson, and the goal's pool with what the batch grew into."""
        return Lessons(world.steps + 1, self.goal.settle(world.world, batch.batch, aux))

    @property
    def _early_rate(self) -> float:
        return self.goal.fire_rate if self.early_fire_rate is None else self.early_fire_rate

    def _at(self, target: jax.Array) -> Growing:
        goal: Growing = eqx.tree_at(lambda goal: goal.target, self.goal, target.astype(self.goal.target.dtype))
        return goal
