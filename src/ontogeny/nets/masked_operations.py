"""Operations of Evolutive-NAS whose channels are masked, so that one compiled net stands for cells of many widths."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.data.channel_cells import CHANNEL_OPERATIONS
from ontogeny.nets.cell_operations import How, Norm, convolved, kernels
from ontogeny.nets.channel_operations import MADE, Gated, Passing, Separable, pooled


class Masked(eqx.Module):
    """An operation that leaves channels as they are where as many come in as go out: skip, or a pool.

    Attributes:
        weight: `(size, size, channels, out)`.
        as_they_are: `(channels, out)`, 1 where a channel goes; whole numbers, so that nothing learns them.
        equal: whether channels are left as they are.
        pool: none for a skip, else whether the largest is taken.
    """

    weight: jax.Array
    norm: Norm
    as_they_are: jax.Array
    equal: jax.Array
    pool: bool | None = eqx.field(static=True)

    norms = 1

    def __init__(self, key: Key, channels: int, out: int, *, pool: bool | None) -> None:
        size = 1 if pool is None else 3
        self.weight = kernels(key, (size, size, channels, out))
        self.norm = Norm(out)
        self.as_they_are = jnp.zeros((channels, out), jnp.int32)
        self.equal = jnp.zeros((), bool)
        self.pool = pool

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> Passing:
        """As `channel_operations.Skip` and `Pool`."""
        same = x @ self.as_they_are.astype(x.dtype)
        if self.pool is None:
            made, found = self.norm(jnp.where(self.equal, same, convolved(x, self.weight)), how[0])
            return made, (found,), ()
        made, found = self.norm(convolved(jax.nn.relu(x), self.weight), how[0])
        return pooled(jnp.where(self.equal, same, made), self.pool), (found,), ()


Slot = Separable | Gated | Masked

_POOLS: dict[str, bool | None] = {"skip_connect": None, "avg_pool_3x3": False, "max_pool_3x3": True}


def slot(place: int, key: Key, channels: int, out: int) -> Slot:
    """The operation of that place in `CHANNEL_OPERATIONS`, with all channels that there may be."""
    name = CHANNEL_OPERATIONS[place]
    if name in _POOLS:
        return Masked(key, channels, out, pool=_POOLS[name])
    made = MADE[place](key, channels, out)
    assert isinstance(made, Separable | Gated)
    return made


def masked(whole: Slot, rows: jax.Array, columns: jax.Array) -> Slot:
    """The operation as it would be if it were made for the channels that are there: others have weights of 0.

    Args:
        whole: with all channels.
        rows: `(channels,)`, 1 for those that come in, else 0.
        columns: `(out,)`, 1 for those that go out.
    """
    count = rows.sum()
    # First weights are as large as few channels need it.
    come = rows[:, None] * jnp.sqrt(len(rows) / jnp.maximum(count, 1))
    both = come * columns
    made: Slot
    if isinstance(whole, Separable):
        made = eqx.tree_at(lambda each: each.all, whole, whole.all * both)
    elif isinstance(whole, Gated):
        parts = whole.look * come, whole.gate * columns, whole.weight * both
        made = eqx.tree_at(lambda each: (each.look, each.gate, each.weight), whole, parts)
    else:
        goes = (rows[:, None] > 0) & (jnp.cumsum(rows)[:, None] - 1 == jnp.arange(len(columns)))
        parts = whole.weight * both, goes.astype(jnp.int32), count == columns.sum()
        made = eqx.tree_at(lambda each: (each.weight, each.as_they_are, each.equal), whole, parts)
    return made


def rectifies(each: Slot) -> jax.Array:
    """How many ReLUs look at what comes in, 0 or 1."""
    if isinstance(each, Masked):
        return jnp.zeros(()) if each.pool is None else 1.0 - each.equal
    return jnp.ones(())
