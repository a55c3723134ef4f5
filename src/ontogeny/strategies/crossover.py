"""Mix two parents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key

Crossover: TypeAlias = Callable[[Key, Genome, Genome], Genome]
"""From two parents, pytrees of arrays of one structure, to a child."""


def uniform_crossover(key: Key, first: Genome, second: Genome) -> Genome:
    """A child that takes each weight from either parent with equal chance.

    Args:
        key: random key.
        first: a pytree of arrays.
        second: a pytree of the same structure.
    """
    leaves, tree = jax.tree.flatten(first)
    keys = jax.tree.unflatten(tree, list(jax.random.split(key, len(leaves))))
    return jax.tree.map(lambda k, a, b: jnp.where(jax.random.bernoulli(k, shape=a.shape), a, b), keys, first, second)


def layer_crossover(key: Key, first: Genome, second: Genome) -> Genome:
    """A child that takes each layer whole from either parent with equal chance.

    A layer is what stands in one place of the genome: the weight and the bias of one module, or an array by itself.

    Args:
        key: random key.
        first: a pytree of arrays.
        second: a pytree of the same structure.
    """
    paths = [path[:-1] or path for path, _ in jax.tree_util.tree_leaves_with_path(first)]
    layers = list(dict.fromkeys(paths))
    coins = jax.random.bernoulli(key, shape=(len(layers),))
    leaves, tree = jax.tree.flatten(first)

    def taken(path: Any, a: jax.Array, b: jax.Array) -> jax.Array:
        return jnp.where(coins[layers.index(path)], a, b)

    return jax.tree.unflatten(tree, list(map(taken, paths, leaves, jax.tree.leaves(second))))


CROSSOVERS: dict[str, Crossover] = {"weight": uniform_crossover, "layer": layer_crossover}
"""What is taken whole from a parent, by name."""
