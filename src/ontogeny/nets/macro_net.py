"""The nets of NAS-Bench-Macro, one net that has all blocks in all layers (Su et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.nets.cell_operations import How, Norm, convolved, kernels, plain
from ontogeny.nets.passage import Passage, to_one

_STAGES = (2, 3, 3)
_WIDEST = 6
_LAST = 1280

Through = tuple[jax.Array, tuple[jax.Array, ...], tuple[jax.Array, ...]]
"""What comes out, what two ReLUs look at, and moments of three norms, zeros and ones where a block has fewer."""


class Identity(eqx.Module):
    """What comes in; in the first layer of a stage every other pixel, with twice the channels."""

    weight: jax.Array | None
    norm: Norm | None

    inside = 0

    def __init__(self, key: Key, channels: int, out: int) -> None:
        self.weight = None if channels == out else kernels(key, (1, 1, channels, out))
        self.norm = None if channels == out else Norm(out)

    def __call__(self, x: jax.Array, how: Sequence[How]) -> Through:
        """`(images, height, width, channels)`; norms follow the last of `how`."""
        channels, moved = x.shape[-1], plain(x)
        out = x
        if self.weight is not None and self.norm is not None:
            out, moved = self.norm(convolved(x[:, ::2, ::2], self.weight), how[2])
        hidden = jnp.zeros((*x.shape[:3], _WIDEST * channels)), jnp.zeros((*out.shape[:3], _WIDEST * channels))
        return out, hidden, (*(plain(each) for each in hidden), moved)


class Inverted(eqx.Module):
    """More channels, a convolution of each alone, fewer channels; beside it what came in (Sandler et al. 2018)."""

    widen: jax.Array
    each: jax.Array
    narrow: jax.Array
    norms: tuple[Norm, Norm, Norm]

    def __init__(self, key: Key, channels: int, out: int, *, size: int, wider: int) -> None:
        keys, inside = jax.random.split(key, 3), channels * wider
        self.widen = kernels(keys[0], (1, 1, channels, inside))
        self.each = kernels(keys[1], (size, size, 1, inside))
        self.narrow = kernels(keys[2], (1, 1, inside, out))
        self.norms = Norm(inside), Norm(inside), Norm(out)

    @property
    def inside(self) -> int:
        """Channels that ReLUs look at."""
        return self.widen.shape[3]

    def __call__(self, x: jax.Array, how: Sequence[How]) -> Through:
        """As above."""
        inside, channels, out = self.widen.shape[3], x.shape[-1], self.narrow.shape[3]
        mine = [_first(each, count) for each, count in zip(how, (inside, inside, out), strict=True)]
        one, moved = self.norms[0](convolved(x, self.widen), mine[0])
        # Every other pixel of a convolution is one of stride 2.
        stride = 1 if channels == out else 2
        two, further = self.norms[1](convolved(jax.nn.relu(one), self.each)[:, ::stride, ::stride], mine[1])
        made, last = self.norms[2](convolved(jax.nn.relu(two), self.narrow), mine[2])
        spare = _WIDEST * channels - inside
        hidden = tuple(jnp.pad(each, ((0, 0), (0, 0), (0, 0), (0, spare))) for each in (one, two))
        moments = tuple(jnp.concatenate([each, plain(jnp.zeros((1, spare)))], 1) for each in (moved, further))
        return made + x if channels == out else made, hidden, (*moments, last)


class MacroNet(eqx.Module):
    """Eight layers in three stages of 64, 128 and 256 channels, each halved; which block a layer has is data.

    Attributes:
        layers: in each the blocks of `data.macro_nets.MACRO_BLOCKS`.
    """

    stem: jax.Array
    stem_norm: Norm
    layers: tuple[tuple[Identity | Inverted, ...], ...]
    out: jax.Array
    out_norm: Norm
    weight: jax.Array
    bias: jax.Array

    def __init__(self, key: Key, classes: int = 10, *, inputs: int = 3, channels: int = 32) -> None:
        """Draw the weights.

        Args:
            key: random key.
            classes: what there is to tell apart, 2 or more.
            inputs: channels of an image.
            channels: before the first stage; the benchmark has 32.

        Raises:
            InputError: for a value out of range.
        """
        require(classes >= 2, "classes", classes, "give 2 or more")
        require(channels >= 1, "channels", channels, "give 1 or more")
        keys = jax.random.split(key, 3 + sum(_STAGES))
        self.stem, self.stem_norm = kernels(keys[0], (3, 3, inputs, channels)), Norm(channels)
        layers, drawn = [], iter(keys[3:])
        for stage in _STAGES:
            for place in range(stage):
                width = channels if place else 2 * channels
                three = jax.random.split(next(drawn), 3)
                layers.append(
                    (
                        Identity(three[0], channels, width),
                        Inverted(three[1], channels, width, size=3, wider=3),
                        Inverted(three[2], channels, width, size=5, wider=_WIDEST),
                    )
                )
                channels = width
        self.layers = tuple(layers)
        self.out, self.out_norm = kernels(keys[1], (1, 1, channels, _LAST)), Norm(_LAST)
        self.weight, self.bias = kernels(keys[2], (1, 1, _LAST, classes))[0, 0], jnp.zeros(classes)

    def alone(self, genotype: Sequence[int] | np.ndarray) -> MacroNet:
        """The net with the chosen blocks and nothing else; its genotype is zeros."""
        layers = tuple((layer[int(choice)],) for layer, choice in zip(self.layers, genotype, strict=True))
        net: MacroNet = eqx.tree_at(lambda net: net.layers, self, layers)
        return net


class ChosenMacro(eqx.Module):
    """A net of NAS-Bench-Macro: `nets.passage.Passed`.

    Attributes:
        genotype: `(8,)` numbers of blocks.
    """

    net: MacroNet
    genotype: jax.Array

    def passage(
        self, images: jax.Array, moments: Any = None, *, linear: bool = False, taps: Sequence[jax.Array] | None = None
    ) -> Passage:
        """What happens when images pass, sides of which are multiples of 8; a block is a layer."""
        net, given = self.net, iter(moments) if moments is not None else None

        def how() -> How:
            return How(None if given is None else next(given), linear)

        x, moved = net.stem_norm(convolved(images, net.stem), how())
        found, rectified, times = [moved], [x], [jnp.ones(())]
        x, scale = jax.nn.relu(x), jnp.zeros(())
        blocks: list[jax.Array] = []
        for layer, choice in zip(net.layers, self.genotype, strict=True):
            ways = [how() for _ in range(3)]
            branches = [lambda x, each=each, ways=ways: each(x, ways) for each in layer]
            channels = x.shape[-1]
            x, hidden, moves = jax.lax.switch(choice, branches, x)
            inside = jnp.asarray([each.inside for each in layer])[choice]
            there = (jnp.arange(_WIDEST * channels) < inside).astype(jnp.float32)
            found += moves
            rectified += hidden
            times += [there, there]
            if linear:
                x, scale = to_one(x, scale)
            if taps is not None:
                x += taps[len(blocks)]
            blocks.append(x)
        last, moved = net.out_norm(convolved(x, net.out), how())
        logits = jax.nn.relu(last).mean((1, 2)) @ net.weight + net.bias
        return Passage(
            logits, (*rectified, last), (*times, jnp.ones(())), tuple(blocks), scale, (*found, moved)
        )  # fmt: skip


def _first(how: How, count: int) -> How:
    return How(None if how.moments is None else how.moments[:, :count], how.linear)
