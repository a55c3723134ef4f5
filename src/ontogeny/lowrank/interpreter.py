"""Call a function with low-rank weights, which it sees as ordinary arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import equinox as eqx
import jax
from jax.extend.core import JaxprEqn, Literal, Primitive, Var
from jax.extend.core import primitives as p

from ontogeny.lowrank import control, products, shapes
from ontogeny.lowrank.array import LowRank, Value, dense, is_low_rank

Out = TypeVar("Out")

Rule: TypeAlias = Callable[[JaxprEqn, list[Value]], Value | None]
"""From an equation and what it reads, not all of it ordinary, to its result; `None` where that has to be formed."""

ControlRule: TypeAlias = Callable[[control.Run, JaxprEqn, list[Value]], list[Value]]
"""From the interpreter, an equation with functions inside and what it reads to its results."""

CALLS = {p.jit_p, p.call_p, p.closed_call_p, p.remat_p, p.custom_jvp_call_p, p.custom_vjp_call_p}
CONTROL: dict[Primitive, ControlRule] = {p.scan_p: control.scan, p.while_p: control.while_loop, p.cond_p: control.cond}
RULES: dict[Primitive, Rule] = {
    p.dot_general_p: products.dot_general,
    p.conv_general_dilated_p: products.convolution,
    p.transpose_p: shapes.transpose,
    p.reshape_p: shapes.reshape,
    p.squeeze_p: shapes.reshape,
    p.mul_p: shapes.times_scalar,
    p.div_p: shapes.times_scalar,
    p.convert_element_type_p: shapes.each_part,
    p.copy_p: shapes.each_part,
    p.stop_gradient_p: shapes.each_part,
    p.gather_p: shapes.rows,
    p.dynamic_slice_p: shapes.rows,
}


def call(function: Callable[..., Out], *args: Any) -> Out:
    """`function(*args)` for arguments some of whose leaves are `LowRank`.

    Products and convolutions with such a leaf never form it; an operation that has no rule does,
    and is as exact. The function is traced once with the bases in the place of the leaves, so
    custom derivatives around a low-rank weight are lost: do not differentiate through this call.
    Map it over members with `vmap`; inside `shard_map`, with `check_vma=False`.

    Args:
        function: of pytrees, to a pytree of arrays. It may close over traced arrays, not over `LowRank`.
        *args: its arguments. Leaves that are not arrays are left as they are.

    Returns:
        What the function returns, of ordinary arrays.
    """
    arrays, static = eqx.partition(args, lambda leaf: is_low_rank(leaf) or eqx.is_array(leaf), is_leaf=is_low_rank)
    values, _ = jax.tree.flatten(arrays, is_leaf=is_low_rank)
    bases = jax.tree.map(lambda leaf: leaf.base if is_low_rank(leaf) else leaf, arrays, is_leaf=is_low_rank)
    jaxpr, shape = jax.make_jaxpr(lambda bases: function(*eqx.combine(bases, static)), return_shape=True)(bases)
    out: Out = jax.tree.unflatten(jax.tree.structure(shape), [dense(value) for value in _run(jaxpr, values)])
    return out


def _run(jaxpr: Any, args: Sequence[Value]) -> list[Value]:
    """Go through the equations of an open or closed jaxpr."""
    constants = getattr(jaxpr, "consts", ())
    jaxpr = getattr(jaxpr, "jaxpr", jaxpr)
    known: dict[Var, Value] = dict(zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *args), strict=True))

    def read(atom: Any) -> Value:
        return atom.val if isinstance(atom, Literal) else known[atom]

    for eqn in jaxpr.eqns:
        known.update(zip(eqn.outvars, _apply(eqn, [read(atom) for atom in eqn.invars]), strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _apply(eqn: JaxprEqn, operands: list[Value]) -> Sequence[Value]:
    """One equation, by its rule if it has one and reads a low-rank value."""
    with eqn.ctx.manager:
        if any(isinstance(operand, LowRank) for operand in operands):
            if eqn.primitive in CALLS:
                return _run(eqn.params.get("jaxpr") or eqn.params["call_jaxpr"], operands)
            if eqn.primitive in CONTROL:
                return CONTROL[eqn.primitive](_run, eqn, operands)
            if eqn.primitive in RULES and (result := RULES[eqn.primitive](eqn, operands)) is not None:
                return [result]
        found = eqn.primitive.get_bind_params(eqn.params)
        # Before JAX 0.10 the functions that the primitive calls came apart from its parameters.
        functions, params = found if isinstance(found, tuple) else ((), found)
        result = eqn.primitive.bind(*functions, *(dense(operand) for operand in operands), **params)
        return result if eqn.primitive.multiple_results else [result]
