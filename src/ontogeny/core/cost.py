"""Cost in one currency for gradients and evolution: episodes, samples, FLOPs, seconds.

XLA's own cost analysis counts the body of a loop once, however often it runs, so FLOPs are
counted here by walking the program that is compiled and multiplying loops by their length.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

_FREE = {
    "broadcast_in_dim", "reshape", "transpose", "slice", "dynamic_slice", "squeeze",
    "concatenate", "pad", "gather", "scatter", "convert_element_type", "iota", "copy",
    "dynamic_update_slice", "stop_gradient", "split", "select_n", "rev", "random_wrap",
    "random_unwrap", "random_bits", "random_fold_in", "random_split", "random_seed",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class StepCost:
    """What one step of a learner costs.

    Attributes:
        evaluations: episodes; a genome on one sample of a batch of independent episodes.
        samples: samples seen.
        flops: floating-point operations of the plain version, measurements not counted.
    """

    evaluations: int
    samples: int
    flops: float


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a run has cost so far.

    Attributes:
        steps: gradient steps, or generations.
        evaluations: episodes.
        samples: samples seen.
        flops: floating-point operations of training.
        seconds: wall time of training, compilation included, over all sessions.
        compile_seconds: the part of `seconds` that setting up and compiling took.
    """

    steps: int = 0
    evaluations: int = 0
    samples: int = 0
    flops: float = 0.0
    seconds: float = 0.0
    compile_seconds: float = 0.0

    @classmethod
    def of(cls, step: StepCost, steps: int, seconds: float, compile_seconds: float) -> Cost:
        """The cost after `steps` steps."""
        return cls(
            steps,
            steps * step.evaluations,
            steps * step.samples,
            steps * step.flops,
            seconds,
            compile_seconds,
        )


_COUNTING: ContextVar[bool] = ContextVar("counting", default=False)


def counting() -> bool:
    """Whether a program is traced to count its operations: what has a compiled version takes the plain one then."""
    return _COUNTING.get()


def flops(function: Callable[..., Any], *arguments: Any) -> float:
    """Floating-point operations of one call, loops multiplied by their length.

    A branch counts as its dearest side, a loop of unknown length as one turn.

    Args:
        function: any JAX function.
        *arguments: arrays or shapes (`jax.ShapeDtypeStruct`) that it is called with.
    """
    token = _COUNTING.set(True)
    try:
        return _flops(_program(function, *arguments))
    finally:
        _COUNTING.reset(token)


def working_set(function: Callable[..., Any], *arguments: Any) -> int:
    """Bytes that the largest single operation of a call reads and writes."""
    return max((_bytes(equation) for equation in _equations(_program(function, *arguments))), default=1)


def _program(function: Callable[..., Any], *arguments: Any) -> Any:
    closed, *_ = eqx.filter_make_jaxpr(function)(*arguments)
    return closed.jaxpr


def _inner(equation: Any) -> list[Any]:
    programs = []
    for parameter in equation.params.values():
        for item in parameter if isinstance(parameter, tuple | list) else (parameter,):
            if hasattr(item, "jaxpr"):
                programs.append(item.jaxpr)
            elif hasattr(item, "eqns"):
                programs.append(item)
    return programs


def _equations(program: Any) -> Iterator[Any]:
    for equation in program.eqns:
        inner = _inner(equation)
        if inner:
            for each in inner:
                yield from _equations(each)
        else:
            yield equation


def _size(variable: Any) -> int:
    return math.prod(getattr(variable.aval, "shape", ()))


def _floating(variable: Any) -> bool:
    dtype = getattr(variable.aval, "dtype", None)
    return dtype is None or jnp.issubdtype(dtype, jnp.inexact) or dtype == jnp.bool_


def _bytes(equation: Any) -> int:
    return sum(
        _size(variable) * getattr(getattr(variable.aval, "dtype", None), "itemsize", 4)
        for variable in (*equation.invars, *equation.outvars)
    )


def _flops(program: Any) -> float:
    total = 0.0
    for equation in program.eqns:
        name = equation.primitive.name
        inner = _inner(equation)
        if name == "scan":
            total += equation.params["length"] * sum(map(_flops, inner))
        elif name == "cond":
            total += max(map(_flops, inner))
        elif inner:
            total += sum(map(_flops, inner))
        elif name == "dot_general":
            (contracted, _), _ = equation.params["dimension_numbers"]
            shape = equation.invars[0].aval.shape
            total += 2.0 * _size(equation.outvars[0]) * math.prod(shape[axis] for axis in contracted)
        elif name == "conv_general_dilated":
            kernel = equation.invars[1].aval.shape
            features = equation.params["dimension_numbers"].rhs_spec[0]
            total += 2.0 * _size(equation.outvars[0]) * math.prod(kernel) / kernel[features]
        elif name.startswith(("reduce_", "cum", "arg")):
            total += _size(equation.invars[0])
        elif name not in _FREE and _floating(equation.outvars[0]):
            total += _size(equation.outvars[0])
    return total


def shapes(tree: Any) -> Any:
    """The tree with each array replaced by its shape and type."""
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) if eqx.is_array(leaf) else leaf, tree)
