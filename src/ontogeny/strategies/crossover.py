"""Mix two parents."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key


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
