"""Let a cellular automaton run: the plain version, and a compiled one that gives the same.

The compiled rollout (`nca_rollout.cpp`) advances one member through all its updates while state
and weights stay in cache, and skips cells that are dead or do not fire; its gradient
(`nca_gradient.cpp`) does the same backwards. Both versions draw the fire masks from the same key,
so they agree to rounding.
"""

from __future__ import annotations

import functools
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.cost import counting
from ontogeny.core.devices import current, usable_cores
from ontogeny.kernels.native import NCA_GRADIENT, NCA_ROLLOUT, why_plain
from ontogeny.nets.nca import NCA, Dense

_Arguments: TypeAlias = tuple[NCA, jax.Array, jax.Array, jax.Array, jax.Array]


def rollout(
    net: NCA,
    start: jax.Array,
    words: jax.Array,
    steps: jax.Array | int,
    *,
    longest: int,
    first: jax.Array | int = 0,
    threads: int | None = None,
) -> jax.Array:
    """The state after a number of updates that is not a constant of the program.

    Derivatives by net and start are for reverse mode (`jax.grad`, `jax.vjp`), once; for forward mode, or more than
    once, there is `plain_rollout`.

    Args:
        net: the automaton.
        start: `(height, width, channels)`.
        words: `(2,)`, the key of the fire masks (`core.generator.key_words`).
        steps: integer scalar, how many updates, 0 to `longest`.
        longest: the most that `steps` can be.
        first: integer scalar, the number of the first update: a rollout that goes on from
            another has the same fire masks as one that was never broken.
        threads: on how many cores the compiled version works, 1 or more; `None` for those of this device.

    Returns:
        `(height, width, channels)`.
    """
    steps, first = jnp.asarray(steps, jnp.int32), jnp.asarray(first, jnp.uint32)
    # On another processor the compiled version's gradient would repeat the plain one's way forwards.
    if start.dtype != jnp.float32 or why_plain() or counting() or jax.default_backend() != "cpu":
        return plain_rollout(net, start, words, steps, longest=longest, first=first)
    # Devices that share a population keep a core each; a single one takes all.
    threads = threads or max(1, usable_cores() // current().devices)
    result: jax.Array = _traced_once(longest, threads, net, start, words, steps, first)
    return result


def plain_rollout(
    net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, *, longest: int, first: jax.Array
) -> jax.Array:
    """`rollout` in JAX alone; what the compiled one is defined and tested by."""
    step, shape = net.stepper(), (start.shape[0], start.shape[1])

    def once(state: jax.Array, index: jax.Array) -> tuple[jax.Array, None]:
        def update(state: jax.Array) -> jax.Array:
            return step(state, net.fires(words, first + index, shape))

        return jax.lax.cond(index < steps.astype(jnp.uint32), update, lambda state: state, state), None

    state, _ = jax.lax.scan(once, start, jnp.arange(longest, dtype=jnp.uint32))
    return state


@functools.partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _either(
    longest: int, threads: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array
) -> jax.Array:
    plain, compiled = functools.partial(_plain, longest), functools.partial(_compiled, threads)
    result: jax.Array = jax.lax.platform_dependent(net, start, words, steps, first, cpu=compiled, default=plain)
    return result


def _forwards(
    longest: int, threads: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array
) -> tuple[jax.Array, _Arguments]:
    return _either(longest, threads, net, start, words, steps, first), (net, start, words, steps, first)


def _backwards(
    longest: int, threads: int, arguments: _Arguments, by_end: jax.Array
) -> tuple[NCA, jax.Array, None, None, None]:
    plain, compiled = functools.partial(_plain_gradient, longest), functools.partial(_compiled_gradient, threads)
    by_net, by_start = jax.lax.platform_dependent(*arguments, by_end, cpu=compiled, default=plain)
    return by_net, by_start, None, None, None


_either.defvjp(_forwards, _backwards)

_traced_once = jax.jit(_either, static_argnums=(0, 1))
"""For programs that let nets run in several places: each trace of both versions takes a tenth of a second."""


def _plain(longest: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array) -> jax.Array:
    return plain_rollout(net, start, words, steps, longest=longest, first=first)


def _plain_gradient(
    longest: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array, by_end: jax.Array
) -> tuple[NCA, jax.Array]:
    _, backwards = jax.vjp(lambda net, start: _plain(longest, net, start, words, steps, first), net, start)
    result: tuple[NCA, jax.Array] = backwards(by_end)
    return result


def _compiled(
    threads: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array
) -> jax.Array:
    call = jax.ffi.ffi_call(NCA_ROLLOUT, _like(start), vmap_method="expand_dims")
    result: jax.Array = call(
        net.hidden.weight, _bias(net), net.output.weight, start, words, first, steps,
        threshold=net.fire_threshold, threads=np.int32(threads),
    )  # fmt: skip
    return result


def _compiled_gradient(
    threads: int, net: NCA, start: jax.Array, words: jax.Array, steps: jax.Array, first: jax.Array, by_end: jax.Array
) -> tuple[NCA, jax.Array]:
    weights = (net.hidden.weight, _bias(net), net.output.weight)
    call = jax.ffi.ffi_call(NCA_GRADIENT, [_like(each) for each in (*weights, start)], vmap_method="expand_dims")
    hidden, bias, output, by_start = call(
        *weights, start, words, first, steps, by_end, threshold=net.fire_threshold, threads=np.int32(threads)
    )
    dense = Dense(hidden, None if net.hidden.bias is None else bias)
    return NCA(dense, Dense(output, None), net.fire_rate), by_start


def _bias(net: NCA) -> jax.Array:
    return jnp.zeros(0, jnp.float32) if net.hidden.bias is None else net.hidden.bias


def _like(array: jax.Array) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(array.shape, array.dtype)
