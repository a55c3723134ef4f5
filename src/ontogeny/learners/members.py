"""Train the members of a population, each by gradient descent of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, State, StepCost, Task, flops
from ontogeny.core.cost import shapes
from ontogeny.learners.descent import Descent, DescentState

T = TypeVar("T")


def rows(stacked: T, which: Any) -> T:
    """Some members of a population: what stands in these rows of each array.

    Args:
        stacked: a pytree of arrays with a first axis of members.
        which: an index, a slice or an array of indices.
    """
    found: T = jax.tree.map(lambda leaf: leaf[which] if eqx.is_array(leaf) else leaf, stacked)
    return found


def joined(*populations: T) -> T:
    """Several populations as one.

    Args:
        *populations: pytrees of one structure, of arrays with a first axis of members.
    """

    def join(*leaves: Any) -> Any:
        return jnp.concatenate(leaves) if eqx.is_array(leaves[0]) else leaves[0]

    found: T = jax.tree.map(join, *populations)
    return found


def map_rows(function: Callable[[Any], Any], stacked: Any, chunk: int | None = None) -> Any:
    """A function of each member, the results stacked.

    Args:
        function: from a member to a pytree of arrays.
        stacked: a pytree with a first axis of members on its arrays.
        chunk: members at once; `None` for one after the other on a processor, whose cache holds one and whose cores
            share its matrix products, and all at once on an accelerator.
    """
    arrays, static = eqx.partition(stacked, eqx.is_array)
    count = len(jax.tree.leaves(arrays)[0])
    size = chunk or (1 if jax.default_backend() == "cpu" else count)
    whole = eqx.partition(eqx.filter_eval_shape(function, rows(stacked, 0)), lambda leaf: hasattr(leaf, "shape"))[1]

    def once(each: Any) -> Any:
        return eqx.filter(function(eqx.combine(each, static)), eqx.is_array)

    found = jax.lax.map(once, arrays, batch_size=size if size > 1 else None)
    return eqx.combine(found, whole)


def new_genomes(task: Task, keys: Key) -> Genome:
    """A new genome of each key, stacked."""
    return map_rows(task.init, keys)


def new_optimizers(descent: Descent, genomes: Genome) -> State:
    """An optimizer's first state for each genome, stacked."""
    return map_rows(lambda genome: descent.optimizer.init(eqx.filter(genome, eqx.is_inexact_array)), genomes)


def train_member(
    descent: Descent, task: Task, state: DescentState, steps: int, rate: jax.Array | None = None
) -> tuple[DescentState, jax.Array]:
    """A member after some gradient steps.

    Args:
        descent: how.
        task: what is learned.
        state: of this member.
        steps: how many.
        rate: scalar, what its learning rate is multiplied with; `None` for nothing.

    Returns:
        Its state, and its mean loss on the batches.
    """
    arrays, static = eqx.partition(state, eqx.is_array)

    def step(arrays: Any, _: None) -> tuple[Any, jax.Array]:
        old = eqx.combine(arrays, static)
        new, metrics = descent.step(task, old)
        if rate is not None:
            new = new._replace(genome=_between(old.genome, new.genome, rate))
        return eqx.filter(new, eqx.is_array), metrics["population_loss"]

    arrays, losses = jax.lax.scan(step, arrays, length=steps)
    return eqx.combine(arrays, static), losses.mean()


def mean_loss(losses: jax.Array) -> jax.Array:
    """The mean over the members that did not diverge; not a number only where all did.

    Args:
        losses: `(members,)`.
    """
    return jnp.mean(losses, where=jnp.isfinite(losses))


def _between(old: Genome, new: Genome, rate: jax.Array) -> Genome:
    """So much of the way from one genome to another."""
    return jax.tree.map(lambda a, b: a + rate * (b - a) if eqx.is_inexact_array(a) else b, old, new)


def members_cost(descent: Descent, task: Task, state: DescentState, members: int, steps: int, judged: int) -> StepCost:
    """What training so many members and judging so many costs.

    Args:
        descent: how.
        task: what is learned.
        state: of one member, or its shapes.
        members: how many are trained.
        steps: gradient steps of each.
        judged: how many are judged.

    Returns:
        Evaluations and samples of training; the operations of judging are counted too.
    """
    each = descent.cost(task, state)
    genomes = jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct((judged, *leaf.shape), leaf.dtype), shapes(eqx.filter(state.genome, _array))
    )
    static = eqx.filter(state.genome, _array, inverse=True)
    judging = flops(lambda genomes: task.judge(eqx.combine(genomes, static)), genomes)
    total = members * steps
    return StepCost(total * each.evaluations, total * each.samples, total * each.flops + judging)


def _array(leaf: Any) -> bool:
    return eqx.is_array(leaf) or isinstance(leaf, jax.ShapeDtypeStruct)
