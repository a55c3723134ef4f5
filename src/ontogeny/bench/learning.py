"""Random images for a multilayer perceptron: what the suites `mlp` and `memory` evolve on."""

from __future__ import annotations

import dataclasses

import numpy as np

SIGMA = 0.01
LEARNING_RATE = 3e-3


@dataclasses.dataclass(frozen=True)
class Learning:
    """What all contenders evolve: Adam on an estimated gradient, antithetic pairs, centred ranks.

    Attributes:
        sizes: inputs, hidden units and outputs of the net.
        popsize: members of a generation, even.
        batch: images that each generation is evaluated on, the same for all members.
        count: images that there are.
    """

    sizes: tuple[int, ...] = (784, 128, 10)
    popsize: int = 256
    batch: int = 256
    count: int = 2048

    @property
    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Images, `(count, inputs)` in [0, 1], and labels, `(count,)`: random, so that none need be there."""
        rng = np.random.default_rng(0)
        images = rng.random((self.count, self.sizes[0]), np.float32)
        return images, rng.integers(0, self.sizes[-1], self.count, np.int32)

    @property
    def parameters(self) -> int:
        """Weights and biases of the net."""
        return sum((inputs + 1) * outputs for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False))

    @property
    def name(self) -> str:
        """The sizes, as in `784-128-10`."""
        return "-".join(map(str, self.sizes))
