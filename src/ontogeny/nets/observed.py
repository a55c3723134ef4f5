"""Any net, observed while images pass: which numbers its ReLUs look at, read from the program that JAX makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.extend import core

from ontogeny.nets.passage import Passage


class Observed(eqx.Module):
    """A net of one's own, as scores want it (`nets.passage.Passed`).

    Attributes:
        net: from an image, `(height, width, channels)`, to `(classes,)` logits; its inexact arrays are its weights.
    """

    net: Callable[[jax.Array], jax.Array]

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What its ReLUs look at, and logits; of blocks and norms of a net of one's own nothing is known."""
        del moments, linear, taps
        program = jax.make_jaxpr(jax.vmap(self.net))(images)
        seen: list[jax.Array] = []
        (logits,) = _run(program.jaxpr, program.consts, [images], seen)
        once = tuple(jnp.ones(()) for _ in seen)
        return Passage(logits, tuple(seen), once, (), jnp.zeros(()), ())


def _run(program: Any, constants: Sequence[Any], given: Sequence[Any], seen: list[jax.Array]) -> list[Any]:
    """Run a program step by step; what is compared with 0 by a maximum goes to `seen`."""
    values: dict[Any, Any] = dict(zip([*program.constvars, *program.invars], [*constants, *given], strict=True))

    def value(each: Any) -> Any:
        return each.val if isinstance(each, core.Literal) else values[each]

    for step in program.eqns:
        inputs = [value(each) for each in step.invars]
        inner = next((step.params[name] for name in ("jaxpr", "call_jaxpr") if name in step.params), None)
        if step.primitive.name in (
            "jit",
            "pjit",
            "closed_call",
            "custom_jvp_call",
            "custom_vjp_call",
            "remat2",
            "checkpoint",
        ):
            found = _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), inputs, seen)
        else:
            if step.primitive.name == "max" and any(_zero(each) for each in step.invars):
                seen.append(next(one for one, each in zip(inputs, step.invars, strict=True) if not _zero(each)))
            made = step.primitive.bind(*inputs, **step.params)
            found = made if step.primitive.multiple_results else [made]
        values.update(zip(step.outvars, found, strict=True))
    return [value(each) for each in program.outvars]


def _zero(each: Any) -> bool:
    return isinstance(each, core.Literal) and jnp.ndim(each.val) == 0 and float(each.val) == 0
