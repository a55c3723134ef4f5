"""ResNet-18 for small pictures, which found cells are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.nets.cell_operations import How, Norm, convolved, kernels
from ontogeny.nets.passage import Passage, to_one


class Residual(eqx.Module):
    """A basic block: two convolutions of 3×3, and what came in added (He et al. 2016, figure 2)."""

    first: jax.Array
    second: jax.Array
    past: jax.Array | None
    norms: tuple[Norm, ...]
    stride: int = eqx.field(static=True)

    def __init__(self, key: Key, channels: int, out: int, stride: int) -> None:
        keys = jax.random.split(key, 3)
        self.first = kernels(keys[0], (3, 3, channels, out))
        self.second = kernels(keys[1], (3, 3, out, out))
        self.past = kernels(keys[2], (1, 1, channels, out)) if stride > 1 or channels != out else None
        self.norms = tuple(Norm(out) for _ in range(2 if self.past is None else 3))
        self.stride = stride

    def __call__(self, x: jax.Array, how: tuple[How, ...]) -> tuple[jax.Array, jax.Array, tuple[jax.Array, ...]]:
        """What comes out, what each of its two ReLUs looks at, one after the other, and moments of its norms."""
        middle, *found = self.norms[0](convolved(x, self.first, self.stride), how[0])
        out, moved = self.norms[1](convolved(jax.nn.relu(middle), self.second), how[1])
        found.append(moved)
        if self.past is not None:
            x, moved = self.norms[2](convolved(x, self.past, self.stride), how[2])
            found.append(moved)
        return out + x, middle, tuple(found)


class ResNet18(eqx.Module):
    """ResNet-18 with a stem of one convolution of 3×3, as is right for pictures of 32×32 (He et al. 2016, section 4.2).

    With 64 channels and ten classes it has 11,173,962 weights.

    Attributes:
        blocks: two in each of four stages; a stage halves the side and doubles the channels.
    """

    stem: jax.Array
    stem_norm: Norm
    blocks: tuple[Residual, ...]
    weight: jax.Array
    bias: jax.Array

    def __init__(self, key: Key, classes: int, *, inputs: int = 3, channels: int = 64) -> None:
        """Draw the weights.

        Args:
            key: random key.
            classes: what there is to tell apart, 2 or more.
            inputs: channels of an image.
            channels: of the first stage.

        Raises:
            InputError: for a value out of range.
        """
        require(classes >= 2, "classes", classes, "give 2 or more")
        require(channels >= 1, "channels", channels, "give 1 or more")
        key_stem, key_last, *keys = jax.random.split(key, 10)
        self.stem = kernels(key_stem, (3, 3, inputs, channels))
        self.stem_norm = Norm(channels)
        widths = [channels * 2**stage for stage in range(4) for _ in range(2)]
        self.blocks = tuple(
            Residual(each, [channels, *widths][place], width, 2 if place in (2, 4, 6) else 1)
            for place, (each, width) in enumerate(zip(keys, widths, strict=True))
        )
        bound = 1 / np.sqrt(widths[-1])
        self.weight = jax.random.uniform(key_last, (widths[-1], classes), minval=-bound, maxval=bound)
        self.bias = jnp.zeros(classes)

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens when images pass (`nets.passage.Passed`); its blocks are the eight."""
        given = iter(moments) if moments is not None else None

        def how() -> How:
            return How(None if given is None else next(given), linear)

        before, moved = self.stem_norm(convolved(images, self.stem), how())
        found, rectified, blocks = [moved], [before], []
        x, scale = jax.nn.relu(before), jnp.zeros(())
        for place, block in enumerate(self.blocks):
            before, middle, moves = block(x, tuple(how() for _ in block.norms))
            found += moves
            rectified += [middle, before]
            x = jax.nn.relu(before)
            if linear:
                x, scale = to_one(x, scale)
            if taps is not None:
                x += taps[place]
            blocks.append(x)
        logits = x.mean((1, 2)) @ self.weight + self.bias
        once = tuple(jnp.ones(()) for _ in rectified)
        return Passage(logits, tuple(rectified), once, tuple(blocks), scale, tuple(found))
