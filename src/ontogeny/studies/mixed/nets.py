"""Nets of the study: populations that share, and nets that share nothing."""

from __future__ import annotations

import dataclasses
import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Key
from ontogeny.learners import Descent, Hybrid
from ontogeny.learners.descent import DescentState
from ontogeny.learners.hybrid import HybridState
from ontogeny.learners.members import map_rows, new_genomes, train_member
from ontogeny.runs.config import RunConfig
from ontogeny.strategies import Mutation
from ontogeny.studies.mixed.settings import Tree
from ontogeny.tasks import Classification

SHOWN = 2000
"""Test images that attacks are made on, evenly spread over all: the first half of MNIST's is the harder one."""


def built(tree: Tree) -> tuple[Classification, Hybrid]:
    """Task and learner of a configuration.

    Args:
        tree: as plain values.

    Raises:
        InputError: for a configuration that cannot be run.
    """
    config = RunConfig.parse({**tree, "until": {"steps": 1}})
    task, learner = config.task.build(), config.learner.build()
    assert isinstance(task, Classification)
    assert isinstance(learner, Hybrid)
    return task, learner


def logits(net: Genome, images: jax.Array) -> jax.Array:
    """What a net answers to images, `(count, classes)`."""
    found: jax.Array = net(images.reshape(len(images), -1))
    return found


def together(nets: Genome, images: jax.Array) -> jax.Array:
    """What nets answer together: the logarithm of their mean probability of each class, `(count, classes)`."""
    each = jax.vmap(lambda net: jax.nn.log_softmax(logits(net, images)))(nets)
    return jnp.asarray(jax.nn.logsumexp(each, axis=0) - jnp.log(len(each)))


def shown(task: Classification) -> tuple[jax.Array, jax.Array]:
    """Test images that attacks are made on, with their labels."""
    images, labels = task.data.test
    stride = max(1, len(labels) // SHOWN)
    return jnp.asarray(images)[::stride][:SHOWN], jnp.asarray(labels)[::stride][:SHOWN]


@dataclasses.dataclass(frozen=True)
class Grown:
    """Generations of a population.

    Attributes:
        state: of the learner, after the last one.
        stages: its members after each one.
        judged: `(generations, members)`, the share of cases that each kept member got right, best first.
        seconds: of each one; of the first that a process makes, with compilation.
    """

    state: HybridState
    stages: list[Genome]
    judged: np.ndarray
    seconds: list[float]


def begin(task: Classification, learner: Hybrid, seed: int) -> HybridState:
    """A population before its first generation."""
    state: HybridState = eqx.filter_jit(learner.init)(task, jax.random.key(seed))
    return state


@eqx.filter_jit
def _step(task: Classification, learner: Hybrid, state: HybridState) -> HybridState:
    return learner.step(task, state)[0]


def grow(task: Classification, learner: Hybrid, state: HybridState, generations: int) -> Grown:
    """Follow a population.

    Args:
        task: what is learned.
        learner: how.
        state: from where.
        generations: how many, 1 or more.
    """
    stages, judged, seconds = [], [], []
    for _ in range(generations):
        begun = time.perf_counter()
        state = jax.block_until_ready(_step(task, learner, state))
        seconds.append(time.perf_counter() - begun)
        judged.append(1 - np.asarray(state.cases.mean(1)))
        stages.append(state.members)
    return Grown(state, stages, np.stack(judged), seconds)


def children(task: Classification, learner: Hybrid, state: HybridState, count: int, key: Key) -> tuple[Genome, Genome]:
    """Children of a population, as they are born and after the training of a generation, on batches of their own."""

    @eqx.filter_jit
    def made(task: Classification, state: HybridState, key: Key) -> tuple[Genome, Genome]:
        parents = dataclasses.replace(learner, children=count, fresh=0, elitism=0, popsize=min(count, learner.popsize))
        young, _ = parents.born(task, state, key)
        keys = jax.random.split(jax.random.fold_in(key, 1), count)
        return young, _trained(task, learner.descent, young, keys, learner.steps)

    found: tuple[Genome, Genome] = made(task, state, key)
    return found


def independent(
    task: Classification, learner: Hybrid, seed: int, count: int, generations: int, mutation: Mutation | None = None
) -> tuple[Genome, float]:
    """Nets that share nothing, trained for as long as the members of a population.

    Args:
        task: what is learned.
        learner: whose descent and number of steps they have.
        seed: of all randomness.
        count: how many nets.
        generations: of training.
        mutation: of each before each generation, whose optimizer then begins anew; `None` to train on undisturbed.

    Returns:
        The nets, stacked, and the seconds, compilation included.
    """
    parts = generations if mutation is not None else 1

    @eqx.filter_jit
    def made(task: Classification, key: Key) -> Genome:
        keys = jax.random.split(key, parts + 1)
        nets = new_genomes(task, jax.random.split(keys[-1], count))
        steps = learner.steps * generations // parts
        for key in keys[:-1]:
            own = jax.random.split(key, count)
            if mutation is not None:
                nets = map_rows(lambda pair: mutation(jax.random.fold_in(pair[1], 1), pair[0]), (nets, own))
            nets = _trained(task, learner.descent, nets, own, steps)
        return nets

    begun = time.perf_counter()
    found = jax.block_until_ready(made(task, jax.random.key(seed)))
    return found, time.perf_counter() - begun


def _trained(task: Classification, descent: Descent, nets: Genome, keys: Key, steps: int) -> Genome:
    def one(pair: tuple[Genome, Key]) -> Genome:
        net, key = pair
        optimizer = descent.optimizer.init(eqx.filter(net, eqx.is_inexact_array))
        begun = DescentState(net, optimizer, task.begin(key), key)
        return train_member(descent, task, begun, steps)[0].genome

    return map_rows(one, (nets, keys))
