"""Error against population and mutation count: what a sweep found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.learners import Evolution
from ontogeny.strategies import GA, Mutation
from ontogeny.studies.autoencoder.experiments import ended
from ontogeny.studies.autoencoder.settings import Tree, published
from ontogeny.studies.contest import Course, built, follow_all, seed_keys


class FirstFew(Mutation):
    """Draws a number of changes, of which some are made: how many is no constant of the program.

    Attributes:
        made: how many, an integer scalar; at most `weights`.
    """

    made: jax.Array = eqx.field(kw_only=True)

    def _draw(self, key: Key, shape: tuple[int, ...], dtype: jnp.dtype) -> jax.Array:
        return jnp.where(jnp.arange(shape[0]) < self.made, super()._draw(key, shape, dtype), 0)


def sweep(task: Tree, members: Sequence[int], counts: Sequence[int], evaluations: int, seeds: int) -> dict[str, Any]:
    """The published algorithm with every population and mutation count; one program a population.

    Args:
        task: a configuration of the task.
        members: populations.
        counts: weights changed at a time.
        evaluations: of each seed.
        seeds: trainings of each setting.

    Returns:
        By `cell_name` what `ended` gives.
    """
    return {
        cell_name(popsize, count): ended(course)
        for popsize in members
        for count, course in _courses(task, popsize, counts, evaluations, seeds)
    }


def _courses(
    task: Tree, popsize: int, counts: Sequence[int], evaluations: int, seeds: int
) -> Iterator[tuple[int, Course]]:
    made, learner = built({"task": task, "learner": published(popsize, max(counts))})
    assert isinstance(learner, Evolution)
    assert isinstance(learner.strategy, GA)
    few = FirstFew(
        **{
            name: getattr(learner.strategy.mutation, name)
            for name in ("weights", "scale", "mode", "distribution", "common")
        },
        made=jnp.repeat(jnp.asarray(counts), seeds),
    )
    learner = dataclasses.replace(learner, strategy=dataclasses.replace(learner.strategy, mutation=few))
    together = follow_all(made, learner, jnp.tile(seed_keys(seeds), len(counts)), evaluations)
    for number, count in enumerate(counts):
        own = slice(number * seeds, (number + 1) * seeds)
        genomes = jax.tree.map(lambda leaf, own=own: leaf[own], together.genomes)
        seconds = together.seconds / len(counts)
        yield count, Course(together.evaluations, together.loss[own], seconds, made, genomes)


def cell_name(popsize: int, mutated: int) -> str:
    """Such as `10-1`."""
    return f"{popsize}-{mutated}"


class Sweep:
    """What a sweep found.

    Attributes:
        found: what `sweep` returned.
    """

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def errors(self, popsize: int, mutated: int) -> np.ndarray:
        """Mean absolute errors at the end, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["mean_absolute"])

    def variety(self, popsize: int, mutated: int) -> np.ndarray:
        """The `variety` of the outputs, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["variety"])

    def told_apart(self, popsize: int, mutated: int) -> np.ndarray:
        """The share of pictures that are told apart, `(seeds,)`."""
        return np.asarray(self.found[cell_name(popsize, mutated)]["told_apart"])

    @property
    def cells(self) -> list[tuple[int, int]]:
        """What was tried, population and mutation count."""
        return [(int(a), int(b)) for a, b in (name.split("-") for name in self.found)]

    @property
    def members(self) -> list[int]:
        """Populations that were tried."""
        return list(dict.fromkeys(members for members, _ in self.cells))

    @property
    def counts(self) -> list[int]:
        """Mutation counts that were tried."""
        return list(dict.fromkeys(count for _, count in self.cells))

    @property
    def seeds(self) -> int:
        """Trainings of each."""
        return len(self.errors(*self.cells[0]))

    @property
    def evaluations(self) -> int:
        """Of a seed, at most."""
        return max(int(each["evaluations"][-1]) for each in self.found.values())

    def best(self, seeds: int) -> tuple[int, int]:
        """The setting with the lowest median error of the first so many seeds."""
        return min(self.cells, key=lambda cell: float(np.median(self.errors(*cell)[:seeds])))
