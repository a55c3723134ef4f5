"""Scores of many nets, one compiled net for all of them."""

from __future__ import annotations

import abc
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Generic, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data.cells import EDGES
from ontogeny.data.macro_nets import MACRO_LAYERS
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.nets.macro_net import ChosenMacro, MacroNet
from ontogeny.nets.passage import Passed
from ontogeny.runs.scoring import shown_images
from ontogeny.scores import SCORES
from ontogeny.scores.score import Function

Net = TypeVar("Net")

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


class Scorer(abc.ABC, Generic[Net]):
    """Scores of nets of one space on the same images, with the same first weights of each operation.

    Args:
        names: of scores.
        data: of which images are shown.
        seed: of weights, and of what scores draw.

    Attributes:
        genes: of a genotype.
        net: that has all operations.
        seconds: that each score took, all nets together.
    """

    genes: ClassVar[int]

    def __init__(self, names: Sequence[str], data: str, seed: int) -> None:
        shown = shown_images(data, IMAGES)
        self.images, self.labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
        classes = max(10, 1 + int(shown.labels.max()))
        self.net = self._made(jax.random.key(seed), classes, self.images.shape[-1])
        self.key = jax.random.key(1000 + seed)
        self.functions = compiled_scores(names, self._chosen(np.zeros(self.genes, int)), *self._given())
        self.seconds = dict.fromkeys(names, 0.0)

    def __call__(self, genotype: np.ndarray) -> dict[str, float]:
        """Scores of a net, `(genes,)` whole numbers; a number that is not finite stays so."""
        net = self._chosen(genotype)
        found = {}
        for name, function in self.functions.items():
            start = time.perf_counter()
            found[name] = float(function(net, *self._given()))
            self.seconds[name] += time.perf_counter() - start
        return found

    @abc.abstractmethod
    def _made(self, key: Key, classes: int, inputs: int) -> Net: ...

    @abc.abstractmethod
    def _chosen(self, genotype: np.ndarray) -> Passed: ...

    def _given(self) -> tuple[jax.Array, jax.Array, jax.Array]:
        return self.images, self.labels, self.key


class CellScorer(Scorer[CellNet]):
    """Scores of cells of NAS-Bench-201, `Scorer`."""

    genes = len(EDGES)

    def _made(self, key: Key, classes: int, inputs: int) -> CellNet:
        return CellNet(key, classes, inputs=inputs)

    def _chosen(self, genotype: np.ndarray) -> Passed:
        return Chosen(self.net, jnp.asarray(genotype, jnp.int32))


class MacroScorer(Scorer[MacroNet]):
    """Scores of nets of NAS-Bench-Macro, `Scorer`."""

    genes = MACRO_LAYERS

    def _made(self, key: Key, classes: int, inputs: int) -> MacroNet:
        return MacroNet(key, classes, inputs=inputs)

    def _chosen(self, genotype: np.ndarray) -> Passed:
        return ChosenMacro(self.net, jnp.asarray(genotype, jnp.int32))
