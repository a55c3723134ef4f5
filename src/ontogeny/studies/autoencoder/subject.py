"""A trained autoencoder with the pictures that it learned, and what is measured on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.nets.autoencoder import Autoencoder
from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_like
from ontogeny.tasks import Reconstruction

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
    """How well, how differently, and what it looks like.

    Args:
        subject: the net.
        rollouts: none; nothing about it is random.

    Returns:
        `mean_absolute`, `told_apart` where pictures are few, `spread` (`outputs_spread`), and the first `SHOWN`
        `originals` and `outputs`.
    """
    del rollouts
    return described(subject.net, subject.task, subject.pictures)


def described(net: Autoencoder, task: Reconstruction, pictures: np.ndarray) -> dict[str, Any]:
    """How well a net does on pictures, how different what comes out is, and the first of them.

    Args:
        net: any autoencoder.
        task: what it learned.
        pictures: `(count, height, width)`.
    """
    figures = task.measure(net, jax.random.key(0)) if pictures is None else task.figures(net, pictures)
    outputs = np.asarray(net(jax.numpy.asarray(pictures[:SHOWN])))
    return {
        **{name: float(value) for name, value in figures.items()},
        "spread": spread(outputs, pictures[:SHOWN]),
        "originals": rounded(pictures[:SHOWN]),
        "outputs": rounded(outputs),
    }


def rounded(pictures: np.ndarray) -> list[Any]:
    """Pictures as JSON can hold them, in thousandths."""
    kept: list[Any] = np.round(np.nan_to_num(np.asarray(pictures, np.float64)), 3).tolist()
    return kept
