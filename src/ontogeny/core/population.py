"""Evaluate a population that is a function from an index to a genome.

Members are rebuilt where they are evaluated, chunk by chunk on each device: memory grows with
the chunk, not with the population, and one device or many is the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, PartitionSpec

from ontogeny.core.devices import Layout, current
from ontogeny.core.types import Genome

_AXIS = "members"


def evaluate(
    loss: Callable[[Genome, jax.Array], jax.Array],
    member: Callable[[jax.Array], Genome],
    popsize: int,
) -> jax.Array:
    """The losses of all members of a population.

    Args:
        loss: the loss of a genome; the second argument is the member's index, for what
            should differ between members (their own random numbers).
        member: the genome of an index.
        popsize: how many members.

    Returns:
        `(popsize,)`, or `(popsize, objectives)` where the loss is a vector.
    """
    losses: jax.Array = map_members(lambda index: loss(member(index), index), popsize)
    return losses


def map_members(function: Callable[[jax.Array], Any], count: int) -> Any:
    """Apply a function to the indices 0 to `count - 1`, in chunks, on all devices.

    Args:
        function: from an integer scalar to a pytree of arrays; may close over arrays.
        count: how many indices.

    Returns:
        The results, stacked along a new first axis.
    """
    layout = current()
    indices = _indices(layout, count)

    def local(indices: jax.Array) -> Any:
        return jax.lax.map(jax.vmap(function), indices)

    results = _spread(local, layout, PartitionSpec(_AXIS))(indices)
    return jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:])[:count], results)


def sum_members(function: Callable[[jax.Array], Any], weights: jax.Array) -> Any:
    """The sum over i of `weights[i] * function(i)`, in chunks, on all devices.

    Args:
        function: from an integer scalar to a pytree of floating-point arrays.
        weights: `(count,)`.

    Returns:
        A pytree of the shapes that `function` returns.
    """
    layout = current()
    count = weights.shape[0]
    indices = _indices(layout, count)
    padded = jnp.pad(weights, (0, indices.size - count)).reshape(indices.shape)

    def local(indices: jax.Array, weights: jax.Array) -> Any:
        def add(total: Any, portion: tuple[jax.Array, jax.Array]) -> tuple[Any, None]:
            values = jax.vmap(function)(portion[0])
            return jax.tree.map(lambda t, v: t + jnp.tensordot(portion[1], v, 1).astype(t.dtype), total, values), None

        like = jax.eval_shape(function, indices[0, 0])
        zero = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), like)
        total, _ = jax.lax.scan(add, zero, (indices, weights))
        return jax.lax.psum(total, _AXIS) if layout.devices > 1 else total

    return _spread(local, layout, PartitionSpec())(indices, padded)


def _indices(layout: Layout, count: int) -> jax.Array:
    """Indices as `(portions, chunk)`, the last ones repeated so that all portions are full."""
    share = -(-count // layout.devices)
    portions = -(-share // layout.chunk)
    chunk = -(-share // portions)
    full = np.minimum(np.arange(layout.devices * portions * chunk), count - 1)
    return jnp.asarray(full.reshape(layout.devices * portions, chunk), jnp.int32)


def _spread(local: Callable[..., Any], layout: Layout, result: PartitionSpec) -> Callable[..., Any]:
    if layout.devices == 1:
        return local
    devices = np.asarray(jax.local_devices()[: layout.devices])
    mesh = Mesh(devices, (_AXIS,), axis_types=(AxisType.Auto,))
    return jax.shard_map(local, mesh=mesh, in_specs=PartitionSpec(_AXIS), out_specs=result, check_vma=False)
