"""Policies that act while the body changes: with weights that stay, with a memory, or with evolved rules."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.core import Genome, Key, Learner
from ontogeny.nets.policies import Policy
from ontogeny.runs.config import RunConfig
from ontogeny.studies.plasticity.experiments import rounded
from ontogeny.studies.plasticity.settings import Tree
from ontogeny.tasks import Control

MOMENTS = 40
"""Parts of a life whose rewards are kept."""


def acting(tree: Tree, seed: int, unseen: tuple[str, ...]) -> dict[str, Any]:
    """Evolve a policy, and see how it acts in the course of lives that it did not evolve in.

    Args:
        tree: a configuration of `Control`.
        seed: of all randomness.
        unseen: bodies that it is tried in as well.

    Returns:
        `course`, minus the loss of the kept policy in each generation's lives; `numbers`, how many evolve; `flops`;
        mean rewards of a step: `life`, in the parts of a life, `reward`, in all of it, `adapted`, in the second half of
        each body's time, `untrained`, of a new policy, and `unseen`, `adapted` in other bodies.
    """
    config = RunConfig.parse(tree)
    task, learner = config.task.build(), config.learner.build()
    steps = config.until.build().steps
    assert isinstance(task, Control)
    assert steps is not None
    policy, first, course = _followed(task, learner, jax.random.key(seed), steps)
    lives = task.drawn(jax.random.key(1_000_000 + seed), 4 * task.measured_lives)
    rewards = np.asarray(eqx.filter_jit(task.rewards)(policy, lives))
    other = dataclasses.replace(task, bodies=unseen)
    state = eqx.filter_eval_shape(learner.init, task, jax.random.key(seed))
    return {
        "course": rounded(course),
        "numbers": sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(policy, eqx.is_inexact_array))),
        "flops": steps * learner.cost(task, state).flops,
        "life": rounded([part.mean() for part in np.array_split(rewards.mean(0), MOMENTS)]),
        "reward": float(rewards.mean()),
        "adapted": float(task.test(policy)["adapted"]),
        "untrained": float(task.test(first)["reward"]),
        "unseen": float(other.test(policy)["adapted"]),
    }


@eqx.filter_jit
def _followed(task: Control, learner: Learner, key: Key, steps: int) -> tuple[Policy, Policy, jax.Array]:
    """A policy as it has evolved, as it was before, and its reward in each generation."""
    key_init, key_lives = jax.random.split(key)
    begun = learner.init(task, key_init)
    arrays, static = eqx.partition(begun, eqx.is_array)

    def step(arrays: Genome, key: Key) -> tuple[Genome, jax.Array]:
        state, _ = learner.step(task, eqx.combine(arrays, static))
        loss, _ = task.loss(learner.genome(state), task.draw(key, None))
        return eqx.filter(state, eqx.is_array), -loss

    arrays, course = jax.lax.scan(step, arrays, jax.random.split(key_lives, steps))
    return learner.genome(eqx.combine(arrays, static)), learner.genome(begun), course
