"""Scores of many cells, one compiled net for all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data.cells import EDGES
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.nets.passage import Passed
from ontogeny.runs.scoring import shown_images
from ontogeny.scores import SCORES
from ontogeny.scores.score import Function

IMAGES = 64
"""That pass through a net."""


def compiled_scores(
    names: Sequence[str], net: Passed, images: jax.Array, labels: jax.Array, key: Key
) -> dict[str, Function]:
    """Scores by name, compiled for such nets, images, labels and keys alone."""

    def compiled(name: str) -> Function:
        traced: Any = eqx.filter_jit(SCORES[name].function)
        made: Function = traced.lower(net, images, labels, key).compile()
        return made

    # Side by side: a score takes a core seconds to compile, and Python has nothing to do meanwhile.
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(compiled, names), strict=True))


class CellScorer:
    """Scores of cells on the same images, with the same first weights of each operation.

    Args:
        names: of scores.
        data: of which images are shown.
        seed: of weights, and of what scores draw.
    """

    def __init__(self, names: Sequence[str], data: str, seed: int) -> None:
        shown = shown_images(data, IMAGES)
        self.images, self.labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
        classes = max(10, 1 + int(shown.labels.max()))
        self.net = CellNet(jax.random.key(seed), classes, inputs=self.images.shape[-1])
        self.key = jax.random.key(1000 + seed)
        none = Chosen(self.net, jnp.zeros(len(EDGES), jnp.int32))
        self.functions = compiled_scores(names, none, *self._given())
        self.seconds = dict.fromkeys(names, 0.0)

    def __call__(self, genotype: np.ndarray) -> dict[str, float]:
        """Scores of a cell; a number that is not finite stays so."""
        net = Chosen(self.net, jnp.asarray(genotype, jnp.int32))
        found = {}
        for name, function in self.functions.items():
            start = time.perf_counter()
            found[name] = float(function(net, *self._given()))
            self.seconds[name] += time.perf_counter() - start
        return found

    def _given(self) -> tuple[jax.Array, jax.Array, jax.Array]:
        return self.images, self.labels, self.key
