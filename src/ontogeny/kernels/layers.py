"""Let pictures pass through a net of layers: the plain version, and a compiled one that gives the same.

The compiled one (`layers_forward.cpp`) takes some samples of one member through all layers while what they become stays
in cache. Its gradient is that of the plain one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core.cost import counting
from ontogeny.core.devices import current, usable_cores
from ontogeny.kernels.native import LAYERS, LAYERS_ERROR, why_plain
from ontogeny.nets.autoencoder import Autoencoder, shapes_of
from ontogeny.nets.convolutions import Convolution, TransposedConvolution
from ontogeny.nets.layers import Dense, MaxPool, Reshape, Shape, Unpool, Weights
from ontogeny.nets.variational import Variational

_Numbers: TypeAlias = tuple[int, ...]

_KINDS = {Convolution: 0, TransposedConvolution: 1, Dense: 3, MaxPool: 4, Unpool: 5}
_UNPOOLED = 2
COMPARED = ("mean-absolute", "mean-square")
"""Errors that the compiled version works out by itself."""

_ACTIVATIONS = {"linear": 0, "relu": 1, "sigmoid": 2, "tanh": 3, "gelu": 4}


def reconstruct(net: Autoencoder, signal: jax.Array, threads: int | None = None) -> jax.Array:
    """What becomes of pictures: `net.run` through all layers, compiled where that can be.

    Derivatives are for reverse mode, once; for others there is `net.run`.

    Args:
        net: the autoencoder; a variational one passes its means on.
        signal: `(1, height, width, samples)`, see `nets.autoencoder.to_signal`.
        threads: on how many cores the compiled version works, 1 or more; `None` for those of this device.

    Returns:
        `(1, height, width, samples)`.
    """
    if not _can_be_compiled(net, signal):
        return _plain(net, signal)
    result: jax.Array = _compiled(threads or _threads(), net, signal)
    return result


def reconstruction_errors(
    net: Autoencoder, signal: jax.Array, wanted: jax.Array, criterion: str, threads: int | None = None
) -> jax.Array:
    """How far what becomes of pictures is from what should: no picture leaves the compiled version for that.

    Derivatives are for reverse mode, once.

    Args:
        net: the autoencoder; a variational one passes its means on.
        signal: `(1, height, width, samples)`.
        wanted: of the same shape.
        criterion: one of `COMPARED`.
        threads: as for `reconstruct`.

    Returns:
        The mean over the pixels, `(samples,)`.
    """
    if not _can_be_compiled(net, signal, wanted):
        return _plain_errors(criterion, net, signal, wanted)
    result: jax.Array = _compared(threads or _threads(), criterion, net, signal, wanted)
    return result


def _can_be_compiled(net: Autoencoder, *signals: jax.Array) -> bool:
    single = all(leaf.dtype == jnp.float32 for leaf in (*signals, *jax.tree.leaves(net.weights)))
    return single and not why_plain() and not counting() and jax.default_backend() == "cpu"


def _threads() -> int:
    return max(1, usable_cores() // current().devices)


def _plain(net: Autoencoder, signal: jax.Array) -> jax.Array:
    return net.run(signal, 0, len(net.layers))


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _compiled(threads: int, net: Autoencoder, signal: jax.Array) -> jax.Array:
    call = jax.ffi.ffi_call(LAYERS, jax.ShapeDtypeStruct(signal.shape, jnp.float32), vmap_method="expand_dims")
    result: jax.Array = call(_row(net), signal, operations=_numbers(net), threads=np.int32(threads))
    return result


def _row(net: Autoencoder) -> jax.Array:
    leaves = jax.tree.leaves(list(map(_plain_weights, net.layers, net.weights)))
    return jnp.concatenate([leaf.reshape(-1) for leaf in leaves])


def _numbers(net: Autoencoder) -> np.ndarray:
    return np.asarray(operations(net), np.int32).reshape(-1)


def _forwards(threads: int, net: Autoencoder, signal: jax.Array) -> tuple[jax.Array, tuple[Autoencoder, jax.Array]]:
    return _compiled(threads, net, signal), (net, signal)


def _backwards(
    threads: int, arguments: tuple[Autoencoder, jax.Array], by_end: jax.Array
) -> tuple[Autoencoder, jax.Array]:
    del threads
    _, backwards = jax.vjp(_plain, *arguments)
    result: tuple[Autoencoder, jax.Array] = backwards(by_end)
    return result


_compiled.defvjp(_forwards, _backwards)


def _plain_errors(criterion: str, net: Autoencoder, signal: jax.Array, wanted: jax.Array) -> jax.Array:
    away = _plain(net, signal) - wanted
    return (jnp.abs(away) if criterion == "mean-absolute" else jnp.square(away)).mean((0, 1, 2))


@functools.partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _compared(threads: int, criterion: str, net: Autoencoder, signal: jax.Array, wanted: jax.Array) -> jax.Array:
    call = jax.ffi.ffi_call(
        LAYERS_ERROR, jax.ShapeDtypeStruct(signal.shape[-1:], jnp.float32), vmap_method="expand_dims"
    )
    settings = {"criterion": np.int32(COMPARED.index(criterion)), "threads": np.int32(threads)}
    result: jax.Array = call(_row(net), signal, wanted, operations=_numbers(net), **settings)
    return result


_Arguments: TypeAlias = tuple[Autoencoder, jax.Array, jax.Array]


def _compared_forwards(
    threads: int, criterion: str, net: Autoencoder, signal: jax.Array, wanted: jax.Array
) -> tuple[jax.Array, Callable[[jax.Array], _Arguments]]:
    # The compiled version keeps nothing of what the way back needs.
    del threads
    errors, backwards = jax.vjp(functools.partial(_plain_errors, criterion), net, signal, wanted)
    return errors, backwards


def _compared_backwards(
    threads: int, criterion: str, backwards: Callable[[jax.Array], _Arguments], by_end: jax.Array
) -> _Arguments:
    del threads, criterion
    return backwards(by_end)


_compared.defvjp(_compared_forwards, _compared_backwards)


def _plain_weights(layer: object, weights: Weights | None) -> Weights | None:
    """Of a variational layer those of its means."""
    if not isinstance(layer, Variational) or weights is None:
        return weights
    assert weights.bias is not None
    return Weights(weights.weight[: layer.units], weights.bias[: layer.units])


def operations(net: Autoencoder) -> list[_Numbers]:
    """The layers as the compiled version takes them, nine numbers each; see `layers_forward.h`."""
    shapes = shapes_of(net.layers, net.size)
    made: list[_Numbers] = []
    unpooled: Shape | None = None
    for number, (layer, shape) in enumerate(zip(net.layers, shapes, strict=False)):
        following = net.layers[number + 1] if number + 1 < len(net.layers) else None
        if isinstance(layer, Unpool) and isinstance(following, TransposedConvolution):
            unpooled = shape
        elif isinstance(layer, Convolution | TransposedConvolution):
            kind = _KINDS[type(layer)] if unpooled is None else _UNPOOLED
            outputs = shapes[number + 1][0]
            form = (outputs, layer.size, int(layer.shared), _ACTIVATIONS[layer.activation], int(layer.bias))
            made.append((kind, *(unpooled or shape), *form))
            unpooled = None
        elif isinstance(layer, Dense):
            made.append((_KINDS[Dense], *shape, layer.units, 1, 0, _ACTIVATIONS[layer.activation], 1))
        elif isinstance(layer, Variational):
            made.append((_KINDS[Dense], *shape, layer.units, 1, 0, _ACTIVATIONS["linear"], 1))
        elif not isinstance(layer, Reshape):
            made.append((_KINDS[type(layer)], *shape, 1, 1, 0, 0, 0))
    return made
