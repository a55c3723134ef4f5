"""Evaluate a population that is a function from an index to a genome.

Members are rebuilt where they are evaluated, chunk by chunk on each device: memory grows with
the chunk, not with the population, and one device or many is the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Var
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
    losses: jax.Array = _map_chunks(lambda chunk: _losses(loss, member, chunk), popsize)
    return losses


def _losses(
    loss: Callable[[Genome, jax.Array], jax.Array], member: Callable[[jax.Array], Genome], chunk: jax.Array
) -> Any:
    """The losses of one chunk; what members have in common is neither copied nor computed for each."""
    first = member(chunk[0])
    differs = _dependent(member, chunk[0], first)
    common = eqx.filter(first, differs, inverse=True)

    def make(part: jax.Array) -> Any:
        return jax.vmap(lambda index: eqx.filter(member(index), differs))(part)

    if current().threaded:
        own = make(chunk)
    else:
        # In two portions: a loop is what XLA does not fuse across (it does across a barrier). Else it computes the
        # noise of a weight once more for each number that the weight is multiplied with.
        portions = chunk.reshape(2, -1) if chunk.size % 2 == 0 else chunk.reshape(-1, 1)
        own = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), jax.lax.map(make, portions))
    return jax.vmap(lambda own, index: loss(eqx.combine(own, common), index))(own, chunk)


def _dependent(function: Callable[[jax.Array], Any], index: jax.Array, result: Any) -> Any:
    """Which leaves of a function's result its argument has a part in: `result` with booleans for leaves."""
    inner = jax.make_jaxpr(lambda index: eqx.filter(function(index), eqx.is_array))(index).jaxpr
    reached = set(inner.invars)
    for equation in inner.eqns:
        if any(isinstance(atom, Var) and atom in reached for atom in equation.invars):
            reached.update(equation.outvars)
    flags = iter([isinstance(atom, Var) and atom in reached for atom in inner.outvars])
    # Leaves that are no arrays are the same for all.
    return jax.tree.map(lambda leaf: eqx.is_array(leaf) and next(flags), result)


def map_members(function: Callable[[jax.Array], Any], count: int) -> Any:
    """Apply a function to the indices 0 to `count - 1`, in chunks, on all devices.

    Args:
        function: from an integer scalar to a pytree of arrays; may close over arrays.
        count: how many indices.

    Returns:
        The results, stacked along a new first axis.
    """
    return _map_chunks(jax.vmap(function), count)


def _map_chunks(function: Callable[[jax.Array], Any], count: int) -> Any:
    """`function` of each chunk of the indices 0 to `count - 1`, on all devices, the results joined."""
    layout = current()

    def local(indices: jax.Array) -> Any:
        return jax.lax.map(function, indices)

    results = _spread(local, layout, PartitionSpec(_AXIS))(_indices(layout, count))
    return jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:])[:count], results)


def weighted_sum(weights: jax.Array, values: Any) -> Any:
    """The sum over the first axis of each leaf, weighted.

    Args:
        weights: `(count,)`.
        values: a pytree of arrays, `(count, ...)`.
    """
    return jax.tree.map(lambda leaf: jnp.tensordot(weights, leaf, 1).astype(leaf.dtype), values)


def sum_members(
    function: Callable[[jax.Array], Any],
    weights: jax.Array,
    add: Callable[[jax.Array, Any], Any] = weighted_sum,
) -> Any:
    """The sum over i of `weights[i] * function(i)`, in chunks, on all devices.

    Args:
        function: from an integer scalar to a pytree of floating-point arrays.
        weights: `(count,)`.
        add: from the weights and the values of a chunk to its part of the sum.

    Returns:
        A pytree of the shapes that `add` returns.
    """
    layout = current()
    count = weights.shape[0]
    indices = _indices(layout, count)
    padded = jnp.pad(weights, (0, indices.size - count)).reshape(indices.shape)

    def part(indices: jax.Array, weights: jax.Array) -> Any:
        return add(weights, jax.vmap(function)(indices))

    def local(indices: jax.Array, weights: jax.Array) -> Any:
        def once(total: Any, portion: tuple[jax.Array, jax.Array]) -> tuple[Any, None]:
            return jax.tree.map(jnp.add, total, part(*portion)), None

        like = jax.eval_shape(part, indices[0], weights[0])
        zero = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), like)
        total, _ = jax.lax.scan(once, zero, (indices, weights))
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
