"""A trained automaton and a population around it: what the rollouts of the suites `nca` and `gradient` start from."""

from __future__ import annotations

import dataclasses
import functools

import jax
import jax.numpy as jnp

from ontogeny.core import Layout, Until, train
from ontogeny.data import load_target
from ontogeny.learners import Descent, Evolution
from ontogeny.learners.evolution import EvolutionState
from ontogeny.nets.nca import NCA, alive
from ontogeny.strategies import OpenES
from ontogeny.tasks import Growing
from ontogeny.tasks.growing import GrowthBatch

STEPS = 35
UPDATES = 150
SIGMA = 0.01

_LARGE = 24
_FEW = 64


@dataclasses.dataclass(frozen=True)
class Growth:
    """What all contenders roll out.

    Attributes:
        size: side of the grid, in cells.
        task: growth from one cell, 35 updates, one episode.
        net: the automaton that the members surround.
        strategy: the evolution strategy whose members are evaluated.
        state: its state.
        layout: where and in what portions training would evaluate them.
        population: the members, ready made: `(popsize, ...)` leaves.
        batch: the start and the fire masks, the same for all members.
        living: share of the cells that live, in the mean over all updates.
        computed: share of the cells that live and fire: those that the compiled rollout computes.
    """

    size: int
    task: Growing
    net: NCA
    strategy: OpenES
    state: EvolutionState
    layout: Layout
    population: NCA
    batch: GrowthBatch
    living: float
    computed: float

    @property
    def popsize(self) -> int:
        """Members of the population."""
        return self.strategy.popsize

    @property
    def few(self) -> int:
        """Members that slow contenders evaluate at once: at most 64 on a large grid."""
        return min(self.popsize, _FEW) if self.size > _LARGE else self.popsize

    @property
    def masks(self) -> jax.Array:
        """Which cells fire in each update: `(steps, height, width)` booleans."""
        shape = (self.size, self.size)
        return jnp.stack([self.net.fires(self.batch.words[0], jnp.uint32(i), shape) for i in range(STEPS)])


def prepare(size: int, popsize: int) -> Growth:
    """Train an automaton to grow a heart for some seconds, and surround it with members.

    Args:
        size: side of the grid, in cells.
        popsize: members, even.
    """
    net = _trained(size, UPDATES)
    task = Growing(_heart(size), steps=(STEPS, STEPS))
    strategy = OpenES(popsize=popsize, sigma=SIGMA)
    batch = jax.jit(lambda key: task.draw(key, None))(jax.random.key(1))
    state = strategy.init(net, jax.random.key(2))
    state = strategy.prepare(state, lambda genome, batch: task.loss(genome, batch)[0], batch)
    evolution = EvolutionState(state, None, jax.random.key(3))
    layout = Evolution(strategy).layout(task, evolution)
    population = jax.block_until_ready(jax.jit(lambda state: strategy.ask(state))(state))
    living, computed = (float(share) for share in jax.jit(shares)(net, task.seed, batch.words[0]))
    return Growth(size, task, net, strategy, evolution, layout, population, batch, living, computed)


@functools.cache
def _trained(size: int, updates: int) -> NCA:
    """An automaton that grows a heart; several suites start from it."""
    # A large grid takes its time; a smaller batch grows a heart as well.
    pupil = Growing(_heart(size), steps=(STEPS, STEPS), batch=8 if size <= _LARGE else 2)
    net: NCA = train(pupil, Descent(), until=Until(steps=updates), every=updates).genome
    return net


def _heart(size: int) -> jax.Array:
    return jnp.asarray(load_target("heart", size), jnp.float32)


def shares(net: NCA, start: jax.Array, words: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Which shares of the cells live, and live and fire, in the mean over a rollout.

    Args:
        net: the automaton.
        start: `(height, width, channels)`.
        words: `(2,)`, the key of the fire masks.
    """
    step, shape = net.stepper(), (start.shape[0], start.shape[1])

    def once(state: jax.Array, index: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        fire, lives = net.fires(words, index, shape), alive(state)
        return step(state, fire), (lives.mean(), (lives & fire).mean())

    _, (living, computed) = jax.lax.scan(once, start, jnp.arange(STEPS, dtype=jnp.uint32))
    return living.mean(), computed.mean()
