"""Layers as lines of text: `convolution 5`, `max-pool`, `dense 2 sigmoid`, `reshape 10 4 4`."""

from __future__ import annotations

from collections.abc import Sequence

from ontogeny.errors import InputError, refuse
from ontogeny.nets.convolutions import Convolution, TransposedConvolution
from ontogeny.nets.layers import ACTIVATIONS, Dense, Layer, MaxPool, Reshape, Unpool
from ontogeny.nets.variational import Variational

LAYERS: dict[str, str] = {
    "convolution": "convolution SIZE [CHANNELS] [shared] [bias] [ACTIVATION]: 1 channel and relu if not said",
    "max-pool": "max-pool: the largest of each 2×2 pixels",
    "dense": "dense UNITS [ACTIVATION]: sigmoid if not said",
    "variational": "variational UNITS: a latent of means and variances",
    "reshape": "reshape CHANNELS HEIGHT WIDTH",
    "unpool": "unpool: each pixel becomes 2×2 of the same value",
    "transposed": "transposed SIZE [CHANNELS] [shared] [bias] [ACTIVATION]: 1 channel and sigmoid if not said",
}
"""How each layer is written, by its first word."""

_NUMBERS = {"convolution": (1, 2), "dense": (1, 1), "variational": (1, 1), "reshape": (3, 3), "transposed": (1, 2)}
_WORDS: dict[str, tuple[str, ...]] = {
    "convolution": ("shared", "bias", *ACTIVATIONS),
    "dense": tuple(ACTIVATIONS),
    "transposed": ("shared", "bias", *ACTIVATIONS),
}


def read_layers(lines: Sequence[str]) -> tuple[Layer, ...]:
    """The layers of a text.

    Args:
        lines: a layer each.

    Raises:
        InputError: for a word that is not known, numbers that are missing or too many.
    """
    return tuple(_layer(number, line) for number, line in enumerate(lines, 1))


def _layer(number: int, line: str) -> Layer:
    field = f"layers, number {number}"
    kind, *rest = line.split() or [""]
    if kind not in LAYERS:
        refuse(field, kind, LAYERS)
    numbers = [int(word) for word in rest if word.isdecimal()]
    words = [word for word in rest if not word.isdecimal()]
    fewest, most = _NUMBERS.get(kind, (0, 0))
    if not fewest <= len(numbers) <= most or rest[: len(numbers)] != [word for word in rest if word.isdecimal()]:
        raise InputError(field, line, f"write {LAYERS[kind]}")
    for word in words:
        if word not in _WORDS.get(kind, ()):
            refuse(field, word, _WORDS.get(kind) or [f"nothing: {LAYERS[kind]}"])
    activations = [word for word in words if word in ACTIVATIONS]
    if len(activations) > 1:
        raise InputError(field, line, "give one activation")
    if "shared" in words and len(numbers) > 1:
        raise InputError(field, line, "a shared kernel keeps the channels that come in: leave their number out")
    return _made(kind, numbers, activations[0] if activations else "", "shared" in words, "bias" in words)


def _made(kind: str, numbers: list[int], activation: str, shared: bool, bias: bool) -> Layer:
    if kind in ("convolution", "transposed"):
        size, channels = (*numbers, 1)[:2]
        if kind == "convolution":
            return Convolution(size, channels, activation or "relu", shared, bias)
        return TransposedConvolution(size, channels, activation or "sigmoid", shared, bias)
    if kind == "dense":
        return Dense(numbers[0], activation or "sigmoid")
    if kind == "variational":
        return Variational(numbers[0])
    if kind == "reshape":
        return Reshape(*numbers)
    return MaxPool() if kind == "max-pool" else Unpool()
