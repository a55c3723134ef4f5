"""A trained autoencoder with the pictures that it learned, and what is measured on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.nets.autoencoder import Autoencoder
from ontogeny.probes import feature_maps, regularity
from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_like
from ontogeny.tasks import Reconstruction

Array: TypeAlias = np.ndarray | jax.Array

SHOWN = 10
"""Pictures of a net that are kept."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is measured.

    Attributes:
        net: the autoencoder.
        task: what it learned.
    """

    net: Autoencoder
    task: Reconstruction

    @property
    def arrays(self) -> Sequence[np.ndarray]:
        """The weights and the pictures."""
        return [*map(np.asarray, jax.tree.leaves(self.net)), *map(np.asarray, jax.tree.leaves(self.task.data))]

    @property
    def labels(self) -> np.ndarray | None:
        """The classes of `pictures`, where they are known."""
        labels = self.task.data.labels
        return None if labels is None else np.asarray(labels.train if labels.test is None else labels.test)

    @property
    def pictures(self) -> np.ndarray:
        """What it is measured on, `(count, height, width)`: what was held back, where anything was."""
        data = self.task.data
        return np.asarray(data.train if data.test is None else data.test)


def open_subject(config: RunConfig, genome: Path) -> Subject:
    """A trained net with its pictures."""
    task = config.task.build()
    assert isinstance(task, Reconstruction)
    return Subject(load_like(genome, eqx.filter_eval_shape(task.init, jax.random.key(0))), task)


def reconstruct(subject: Subject, rollouts: int) -> dict[str, Any]:
    """How well, how differently, what it looks like, and how regular the latent space is.

    Args:
        subject: the net.
        rollouts: none; nothing about it is random.

    Returns:
        `mean_absolute`; `told_apart` where pictures are few; what `regularity` finds; and of the first `SHOWN` pictures
        the `originals`, the `outputs` and the `maps` of figure 1.
    """
    del rollouts
    net, task = subject.net, subject.task
    figures = task.test(net) or task.measure(net, jax.random.key(0))
    shown = subject.pictures[:SHOWN]
    return {
        **{name: float(value) for name, value in figures.items()},
        **regularity(net, task.data),
        "originals": rounded(shown),
        "outputs": rounded(net(jnp.asarray(shown))),
        "maps": rounded(feature_maps(net, shown)[:, 0]),
    }


def rounded(pictures: Array) -> list[Any]:
    """Pictures as JSON can hold them, in thousandths; what is not a number is 0."""
    kept: list[Any] = np.round(np.nan_to_num(np.asarray(pictures, np.float64)), 3).tolist()
    return kept
