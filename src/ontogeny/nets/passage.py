"""What happens in a net when images pass, as scores of untrained nets look at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp


class Passage(NamedTuple):
    """What happens in a net when images pass.

    Attributes:
        logits: `(images, classes)`.
        rectified: what each ReLU looks at, `(images, …)`.
        times: how many ReLUs look at each of `rectified`, 0 or more: a number, or `(channels,)` of them.
        blocks: what comes out of each block, `(images, height, width, channels)`.
        scale: logarithm of what `logits` have to be multiplied by, 0 unless the passage was `linear`.
        moments: by what was normalised; give it back to normalise other images the same way.
    """

    logits: jax.Array
    rectified: tuple[jax.Array, ...]
    times: tuple[jax.Array, ...]
    blocks: tuple[jax.Array, ...]
    scale: jax.Array
    moments: Any


class Passed(Protocol):
    """A net that shows what happens in it; its weights are its inexact arrays."""

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens when images pass.

        Args:
            images: `(images, height, width, channels)`.
            moments: of another passage; without, a batch is normalised by its own.
            linear: nothing is normalised; logits are brought to the order of 1 and `scale` says by how much.
            taps: added to `blocks`, to ask for gradients by them.
        """
        ...


def to_one(x: jax.Array, scale: jax.Array) -> tuple[jax.Array, jax.Array]:
    """A field brought to the order of 1, for a linear passage, whose numbers would overflow.

    Args:
        x: of any shape.
        scale: logarithm of what was taken off before.

    Returns:
        The field, and the logarithm of all that was taken off; no gradient goes through it.
    """
    size = jax.lax.stop_gradient(jnp.abs(x).mean() + 1e-30)
    return x / size, scale + jnp.log(size)
