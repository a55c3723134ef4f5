"""Disturbances of where and when cells grow: fire rate, canvas, a second seed."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.probes.scene import Scene, pad, plain_scene


@dataclasses.dataclass(frozen=True)
class FireRate:
    """Let cells fire with another probability than they were trained with.

    Time is counted in firings: a cell fires as often up to update 100 as it did in training, in
    more or fewer updates. Near 0 cells fire one at a time, fully asynchronous; at 1 all at once.

    Attributes:
        rate: probability, 0.01 to 1.
    """

    rate: float = 1.0

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth at this rate."""
        del key, rollouts
        require(0.01 <= self.rate <= 1, "rate", self.rate, "give a probability from 0.01 to 1")
        other = dataclasses.replace(net, fire_rate=self.rate)
        return dataclasses.replace(plain_scene(net, target), net=other, pace=net.fire_rate / self.rate)


@dataclasses.dataclass(frozen=True)
class Canvas:
    """Grow on a larger or smaller canvas; the picture should be the same, in the middle.

    Losses are squared errors a cell of the trained canvas, so that what grows outside counts in full.

    Attributes:
        side: of the canvas in cells, at least 3. What does not divide evenly is left out: a picture of
            15 cells goes on a canvas of 39, one of 9 on 39 too.
    """

    side: int = 39

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth on the canvas."""
        del key, rollouts
        require(3 <= self.side <= 256, "side", self.side, "give 3 to 256 cells")
        height = target.shape[0]
        picture = pad(target, (self.side - height) // 2 if self.side >= height else -((height - self.side) // 2))
        plain = plain_scene(net, picture)
        return dataclasses.replace(plain, scale=picture[..., 0].size / target[..., 0].size)


@dataclasses.dataclass(frozen=True)
class TwoSeeds:
    """Grow from two seeds side by side; two whole pictures should come of them.

    Losses are squared errors a cell of one picture.

    Attributes:
        gap: empty columns between the two pictures, 0 to 100.
    """

    gap: int = 2

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth from both seeds."""
        del key, rollouts
        require(0 <= self.gap <= 100, "gap", self.gap, "give 0 to 100 columns")
        height, width = target.shape[:2]
        between = np.zeros((height, self.gap, 4), target.dtype)
        pictures = np.concatenate([target, between, target], axis=1)
        seed = plain_scene(net, target).start
        empty = jnp.zeros((height, self.gap, net.channels), seed.dtype)
        start = jnp.concatenate([seed, empty, seed], axis=1)
        return Scene(net, pictures, start, scale=pictures.shape[1] / (2 * width))
