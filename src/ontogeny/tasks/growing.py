"""Grow an image from one cell (Mordvintsev et al. 2020; Hestmark & Luu 2022)."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, Metrics, Task
from ontogeny.errors import refuse, require
from ontogeny.kernels.native import why_plain
from ontogeny.kernels.nca import rollout
from ontogeny.nets.nca import NCA, check_nca, seed_cell
from ontogeny.tasks.damage import DAMAGES
from ontogeny.tasks.images import image_error
from ontogeny.tasks.pool import SamplePool

_MEASURED = 32


class GrowthBatch(NamedTuple):
    """One evaluation's start states and chances.

    Attributes:
        start: `(batch, height, width, channels)`.
        steps: integer scalar, the length of the episode.
        words: `(batch, 2)`, from which the fire masks of each episode come.
        slots: `(batch,)`, where in the pool the states come from.
    """

    start: jax.Array
    steps: jax.Array
    words: jax.Array
    slots: jax.Array


class Growing(Task):
    """Grow an image: the loss is the squared error of RGBA after a random number of steps.

    Attributes:
        target: `(height, width, 4)`, RGBA in [0, 1], RGB premultiplied by alpha; padding
            included.
        channels: state channels.
        hidden: width of the net's hidden layer.
        bias: whether its first layer has a bias.
        fire_rate: probability that a cell takes its change in a step.
        steps: fewest and most steps of an episode, both included.
        batch: episodes in one evaluation.
        pool: the sample pool, or `None`: every episode starts from the seed.
        damaged: how many of a batch are damaged before the episode.
        damage: what they lose: `disc`, a random disc, or `half`, one side of a random line.
        dtype: `float32` or `float64`.
        stillness: weight of what RGBA changes in the last update of an episode, squared and averaged like the
            error, in the loss; 0 or more. It makes evolution, or Adam, prefer a picture that stays.

    Raises:
        InputError: for a value out of range.
    """

    target: jax.Array = eqx.field(converter=jnp.asarray)
    channels: int = eqx.field(static=True, default=16)
    hidden: int = eqx.field(static=True, default=32)
    bias: bool = eqx.field(static=True, default=False)
    fire_rate: float = eqx.field(static=True, default=0.5)
    steps: tuple[int, int] = eqx.field(static=True, default=(30, 39))
    batch: int = eqx.field(static=True, default=1)
    pool: SamplePool | None = None
    damaged: int = eqx.field(static=True, default=0)
    damage: str = eqx.field(static=True, default="disc")
    dtype: str = eqx.field(static=True, default="float32")
    stillness: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        check_nca(self.channels, self.hidden, self.fire_rate)
        shape = self.target.shape
        require(len(shape) == 3 and shape[2] == 4, "target", shape, "give an array of (height, width, 4), RGBA")
        fewest, most = self.steps
        require(1 <= fewest <= most, "steps", self.steps, "give the fewest, 1 or more, and the most, no less")
        require(self.batch >= 1, "batch", self.batch, "give 1 or more")
        require(self.stillness >= 0, "stillness", self.stillness, "give 0 or more")
        require(self.dtype in ("float32", "float64"), "dtype", self.dtype, "give float32 or float64")
        wide = self.dtype == "float32" or jax.config.jax_enable_x64  # type: ignore[attr-defined]
        require(wide, "dtype", self.dtype, 'enable it first: jax.config.update("jax_enable_x64", True)')
        require(
            0 <= self.damaged < max(self.batch, 2) if self.pool else self.damaged == 0,
            "damaged",
            self.damaged,
            "give fewer than the batch, and a pool: a seed has nothing to lose",
        )
        if self.damage not in DAMAGES:
            refuse("damage", self.damage, DAMAGES)
        if self.pool:
            self.pool.check(self.batch)

    def init(self, key: Key) -> NCA:
        """A net that leaves every state as it is."""
        return NCA.create(
            key,
            channels=self.channels,
            hidden=self.hidden,
            bias=self.bias,
            fire_rate=self.fire_rate,
            dtype=self.dtype,
        )

    @property
    def seed(self) -> jax.Array:
        """The state that growth starts from, `(height, width, channels)`."""
        height, width, _ = self.target.shape
        return seed_cell(height, width, self.channels, self.dtype)

    @property
    def episodes(self) -> int:
        """Episodes in one evaluation."""
        return self.batch

    @property
    def threaded(self) -> bool:
        """Whether the compiled rollout does the work."""
        return self.dtype == "float32" and not why_plain()

    def begin(self, key: Key) -> jax.Array | None:
        """The sample pool, full of seeds; `None` without one."""
        del key
        return self.pool.begin(self.seed) if self.pool else None

    def draw(self, key: Key, world: jax.Array | None) -> GrowthBatch:
        """Start states, the step count (one for the batch) and the fire masks."""
        key_start, key_damage, key_chance = jax.random.split(key, 3)
        start = jnp.broadcast_to(self.seed, (self.batch, *self.seed.shape))
        slots = jnp.zeros((self.batch,), jnp.int32)
        if self.pool is not None and world is not None:
            start, slots = self.pool.draw(
                key_start, world, self.batch, self.seed, lambda states: image_error(states, self.target)
            )
            if self.damaged:
                # The last of the batch: never the seed, under a sorted rule the best grown.
                keys = jax.random.split(key_damage, self.damaged)
                hurt = jax.vmap(DAMAGES[self.damage])(start[-self.damaged :], keys)
                start = start.at[-self.damaged :].set(hurt)
        return GrowthBatch(start, *self.chances(key_chance, self.batch, ()), slots)

    def chances(self, key: Key, count: int, lengths: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
        """Random step counts, `lengths`, and what the fire masks come from, `(count, 2)`."""
        fewest, most = self.steps
        key_steps, key_fire = jax.random.split(key)
        steps = jax.random.randint(key_steps, lengths, fewest, most + 1)
        return steps, jax.random.bits(key_fire, (count, 2), "uint32")

    def grow(self, genome: NCA, start: jax.Array, words: jax.Array, steps: jax.Array) -> jax.Array:
        """The state that an episode ends with, `(height, width, channels)`."""
        return rollout(genome, start, words, steps, longest=self.steps[1])

    def loss(self, genome: NCA, batch: GrowthBatch) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        """The mean squared error over pixels, channels and the batch, and what `stillness` adds.

        Returns:
            The loss; the final states and the error of each episode.
        """
        if self.stillness:
            return self._still_loss(genome, batch)
        states = jax.vmap(lambda start, words: self.grow(genome, start, words, batch.steps))(batch.start, batch.words)
        losses = image_error(states, self.target)
        return losses.mean(), (states, losses)

    def _still_loss(self, genome: NCA, batch: GrowthBatch) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        most = batch.steps - 1
        before = jax.vmap(lambda start, words: self.grow(genome, start, words, most))(batch.start, batch.words)

        def last(state: jax.Array, words: jax.Array) -> jax.Array:
            return rollout(genome, state, words, 1, longest=1, first=most)

        states = jax.vmap(last)(before, batch.words)
        losses, change = image_error(states, self.target), jnp.mean((states - before)[..., :4] ** 2)
        return losses.mean() + self.stillness * change, (states, losses)

    def settle(self, world: jax.Array | None, batch: GrowthBatch, aux: tuple[jax.Array, jax.Array]) -> jax.Array | None:
        """The pool with what the batch grew into."""
        if self.pool is None or world is None:
            return None
        return self.pool.settle(world, batch.slots, *aux, self.seed)

    def measure(self, genome: NCA, key: Key) -> Metrics:
        """`loss`: the mean over 32 episodes from the seed, each of its own length."""
        steps, words = self.chances(key, _MEASURED, (_MEASURED,))
        states = jax.vmap(lambda words, steps: self.grow(genome, self.seed, words, steps))(words, steps)
        return {"loss": image_error(states, self.target).mean()}
