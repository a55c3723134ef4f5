"""Scores by name, and how they are taken: with several draws of the weights, finite or flagged."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import refuse, require
from ontogeny.nets.passage import Passed
from ontogeny.scores import activations, features, gradients, kernels

Function = Callable[[Passed, jax.Array, jax.Array, Key], jax.Array]
"""From a net, `(images, height, width, channels)`, `(images,)` labels and a random key to a number."""


@dataclasses.dataclass(frozen=True)
class Score:
    """A score.

    Attributes:
        about: a line about it.
        higher: whether more is better.
        needs: of `relu`, `blocks`, `labels`, `norm`: what a net must have, or images, for it to say something.
        function: what computes it.
    """

    about: str
    higher: bool
    needs: tuple[str, ...]
    function: Function


SCORES: dict[str, Score] = {
    "naswot": Score("how differently ReLUs react to images", True, ("relu",), activations.overlap),
    "swap": Score("patterns of units over images", True, ("relu",), activations.unit_patterns),
    "regions": Score("linear regions between two images", True, ("relu",), activations.linear_regions),
    "log-synflow": Score("what flows through weights, logarithms", True, (), gradients.log_flow),
    "synflow": Score("what flows through weights, logarithm of the sum", True, (), gradients.flow),
    "snip": Score("what the loss would lose with its weights", True, ("labels",), gradients.sensitivity),
    "grasp": Score("what the gradient would gain without weights", True, ("labels",), gradients.signal),
    "plain": Score("weights times gradients", True, ("labels",), gradients.plain),
    "grad-norm": Score("length of the gradient", True, ("labels",), gradients.gradient_norm),
    "zico": Score("how alike gradients of two batches are", True, ("labels",), gradients.consistency),
    "fisher": Score("what the loss would lose with its channels", True, ("labels", "blocks"), features.saliency),
    "jacob-cov": Score("how differently outputs follow images", True, (), features.likeness_of_gradients),
    "ntk": Score("condition of the tangent kernel", False, (), kernels.condition),
    "jacobian": Score("correlation of gradients, weighted by likeness", False, (), features.correlation),
    "fisher-entropy": Score("entropy of the tangent kernel's spectrum", True, (), kernels.kernel_entropy),
    "zen": Score("how far small changes of the input move features", True, ("blocks",), features.gaussian_distance),
    "expressivity": Score("entropy of blocks' channels", True, ("blocks",), features.expressivity),
    "progressivity": Score("its least increase", True, ("blocks",), features.progressivity),
    "trainability": Score("whether blocks keep the size of gradients", True, ("blocks",), features.trainability),
}
"""By name. The text's three are `ntk`, `jacobian` and `naswot`; AZ-NAS's are the last three and arithmetic."""


@dataclasses.dataclass(frozen=True)
class Scored:
    """A score of a net.

    Attributes:
        mean: over draws of the weights.
        error: standard error of that mean, NaN for one draw.
        flaw: what is wrong with it, or nothing: `not finite`, or `constant`, the same for all draws.
    """

    mean: float
    error: float
    flaw: str = ""

    def to_json(self) -> dict[str, float | str | None]:
        """As JSON can hold it."""
        numbers = {"mean": self.mean, "error": self.error}
        return {**{name: value if math.isfinite(value) else None for name, value in numbers.items()}, "flaw": self.flaw}


def scores(
    nets: Sequence[Passed], images: jax.Array, labels: jax.Array, names: Sequence[str], seed: int = 0
) -> dict[str, Scored]:
    """Scores of one net, of which there are several draws of the weights.

    Nets of one structure are compiled for once, whatever their weights and genotypes are.

    Args:
        nets: that differ in their weights.
        images: `(images, height, width, channels)`, 2 or more.
        labels: `(images,)`.
        names: of `SCORES`.
        seed: of what scores draw.

    Raises:
        InputError: for an unknown name, or too few images.
    """
    for name in names:
        if name not in SCORES:
            refuse("score", name, SCORES)
    require(len(images) >= 2 and len(images) % 2 == 0, "images", len(images), "give an even number, 2 or more")
    made = {}
    for name in names:
        values = np.asarray(
            [_compiled(name)(net, images, labels, jax.random.key(seed + draw)) for draw, net in enumerate(nets)],
            np.float64,
        )
        error = float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
        flaw = _flaw(values)
        made[name] = Scored(float(values.mean()), error, flaw)
    return made


def _flaw(values: np.ndarray) -> str:
    if not np.isfinite(values).all():
        return "not finite"
    return "constant" if len(values) > 1 and np.ptp(values) == 0 else ""


@functools.cache
def _compiled(name: str) -> Function:
    found: Function = eqx.filter_jit(SCORES[name].function)
    return found
