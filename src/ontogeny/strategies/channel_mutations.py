"""How children of Evolutive-NAS's cells differ from their parents (Reolon 2021, as its program has it)."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from ontogeny.core import Key

KINDS = ("raising", "lowering", "swapping", "resizing", "crossover", "least")
"""What may happen to a child, each at a rate of its own."""


class Edges(NamedTuple):
    """Where each block of a genotype leads.

    Attributes:
        senders: `(blocks,)` nodes, 0 for the picture.
        ends: `(blocks,)` later nodes.
    """

    senders: jax.Array
    ends: jax.Array


def edges(nodes: int) -> Edges:
    """Of a triangle of so many nodes beside the picture."""
    ends = [(sender, to) for to in range(1, nodes + 1) for sender in range(to)]
    return Edges(*(jnp.asarray(each) for each in zip(*ends, strict=True)))


def reached(genotype: jax.Array, nodes: int) -> jax.Array:
    """Which nodes something reaches from the picture, `(1 + nodes,)`.

    Args:
        genotype: `(blocks, operations)` channels.
        nodes: beside the picture.
    """
    found = [jnp.ones((), bool)]
    there = genotype.any(1)
    for to in range(1, nodes + 1):
        first = to * (to - 1) // 2
        found.append(jnp.stack([found[sender] & there[first + sender] for sender in range(to)]).any())
    return jnp.stack(found)


def last_node(genotype: jax.Array, nodes: int) -> jax.Array:
    """The last node that something reaches, 0 where nothing does."""
    return jnp.max(jnp.arange(nodes + 1) * reached(genotype, nodes))


def drawn(key: Key, nodes: int, operations: int, most: int) -> jax.Array:
    """A cell of two nodes in which each edge has one or two operations, as `data.random_channel_cell` draws."""
    blocks = nodes * (nodes + 1) // 2
    keys = jax.random.split(key, 3)
    order = jnp.argsort(jax.random.uniform(keys[0], (blocks, operations)), 1).argsort(1)
    some = order < jax.random.randint(keys[1], (blocks, 1), 1, 3)
    used = jnp.arange(blocks)[:, None] < 3
    return jnp.where(some & used, _powers(keys[2], (blocks, operations), most), 0)


def raised(key: Key, genotype: jax.Array, chances: jax.Array, nodes: int, most: int) -> tuple[jax.Array, jax.Array]:
    """One operation of one edge gets 1, 2, 4, … or `most` channels, or keeps more than that.

    Args:
        key: random key.
        genotype: `(blocks, operations)` channels.
        chances: `(operations,)` of each operation.
        nodes: beside the picture.
        most: channels.

    Returns:
        The genotype, and which operation it was, `(operations,)`.
    """
    keys = jax.random.split(key, 3)
    which = jax.random.categorical(keys[0], jnp.log(chances)) == jnp.arange(len(chances))
    block = _one(keys[1], _used(genotype, nodes))
    more = jnp.maximum(genotype, _powers(keys[2], (), most))
    return jnp.where(block[:, None] & which, more, genotype), which


def lowered(genotype: jax.Array) -> jax.Array:
    """The smallest operation of the first edge is left out where it has more than half of all."""
    first = genotype[0]
    there = jnp.where(first > 0, first, 1 + first.max())
    without = jnp.where(jnp.arange(len(first)) == jnp.argmin(there), 0, first)
    many = 2 * (first > 0).sum() > len(first)
    return genotype.at[0].set(jnp.where(many, without, first))


def swapped(key: Key, genotype: jax.Array, nodes: int) -> jax.Array:
    """The first edge and another change places."""
    other = jnp.argmax(_one(key, _used(genotype, nodes)))
    return genotype.at[0].set(genotype[other]).at[other].set(genotype[0])


def resized(key: Key, genotype: jax.Array, nodes: int, most: int) -> jax.Array:
    """A node more, which one operation reaches, or the last one less."""
    keys = jax.random.split(key, 4)
    last = last_node(genotype, nodes)
    grow = ((jax.random.uniform(keys[0]) < 0.5) | (last < 2)) & (last < nodes)
    ways = edges(nodes)
    less = jnp.where((ways.ends >= last)[:, None] & (last > 1), 0, genotype)
    into = (ways.ends == last + 1) & reached(genotype, nodes)[ways.senders]
    operation = jax.random.randint(keys[2], (), 0, genotype.shape[1])
    new = _one(keys[1], into)[:, None] & (jnp.arange(genotype.shape[1]) == operation)
    beyond = (ways.ends > last)[:, None]
    more = jnp.where(new, min(16, most), jnp.where(beyond, 0, genotype)).astype(genotype.dtype)
    return jnp.where(grow, more, less)


def _powers(key: Key, shape: tuple[int, ...], most: int) -> jax.Array:
    return 2 ** jax.random.randint(key, shape, 0, most.bit_length())


def _used(genotype: jax.Array, nodes: int) -> jax.Array:
    """Edges between nodes that something reaches, and those into the first node."""
    ways, there = edges(nodes), reached(genotype, nodes)
    return (there[ways.senders] & there[ways.ends]) | (ways.ends == 1)


def _one(key: Key, some: jax.Array) -> jax.Array:
    """One of those that are true, drawn at random."""
    return jnp.arange(len(some)) == jnp.argmax(jnp.where(some, jax.random.uniform(key, some.shape), -1))
