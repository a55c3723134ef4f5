"""Loops and branches that only read a low-rank weight: built again around its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import jax
from jax.extend.core import JaxprEqn

from ontogeny.lowrank.array import Value, dense

Run: TypeAlias = Callable[[Any, Sequence[Value]], list[Value]]
"""The interpreter: from a jaxpr and its arguments to its results."""


def scan(run: Run, eqn: JaxprEqn, operands: list[Value]) -> list[Value]:
    """A scan whose body closes over the weights; what it carries or goes through is formed."""
    body = eqn.params["jaxpr"]
    # How the parameters tell constants, carries and slices apart differs between versions of JAX; their axes do not.
    inner = getattr(body, "jaxpr", body)
    sliced = sum(_ndim(v) != _ndim(within) for v, within in zip(eqn.invars, inner.invars, strict=True))
    carried = sum(_ndim(v) == _ndim(within) for v, within in zip(eqn.outvars, inner.outvars, strict=True))
    constants, init, slices = _split(operands, len(operands) - carried - sliced, carried)

    def step(carry: list[jax.Array], x: list[jax.Array]) -> tuple[list[jax.Array], list[jax.Array]]:
        out = [dense(value) for value in run(body, [*constants, *carry, *x])]
        return out[:carried], out[carried:]

    how = {name: eqn.params[name] for name in ("length", "reverse", "unroll")}
    carry, ys = jax.lax.scan(step, [dense(v) for v in init], [dense(v) for v in slices], **how)
    return [*carry, *ys]


def while_loop(run: Run, eqn: JaxprEqn, operands: list[Value]) -> list[Value]:
    """A while loop whose condition and body close over the weights."""
    counts = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    of_test, of_body, init = _split(operands, *counts)

    def test(carry: list[jax.Array]) -> jax.Array:
        return dense(run(eqn.params["cond_jaxpr"], [*of_test, *carry])[0])

    def step(carry: list[jax.Array]) -> list[jax.Array]:
        return [dense(value) for value in run(eqn.params["body_jaxpr"], [*of_body, *carry])]

    return [*jax.lax.while_loop(test, step, [dense(v) for v in init])]


def cond(run: Run, eqn: JaxprEqn, operands: list[Value]) -> list[Value]:
    """Branches that close over the weights.

    Where each member chooses its own, JAX computes all of them from copies of what they read: the
    weights, too, are then there for every member.
    """
    index, *rest = operands

    def branch(jaxpr: Any) -> Callable[[], list[jax.Array]]:
        return lambda: [dense(value) for value in run(jaxpr, rest)]

    return [*jax.lax.switch(dense(index), [branch(jaxpr) for jaxpr in eqn.params["branches"]])]


def _ndim(atom: Any) -> int:
    return len(atom.aval.shape)


def _split(values: list[Value], first: int, second: int) -> tuple[list[Value], list[Value], list[Value]]:
    return values[:first], values[first : first + second], values[first + second :]
