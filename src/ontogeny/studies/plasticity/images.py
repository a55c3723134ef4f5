"""The text's rules where samples are images: its figure 6."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from ontogeny.data import load_lessons
from ontogeny.probes.lifetimes import lived, shuffled
from ontogeny.studies.plasticity.experiments import LIFETIME, learn, rounded, task_of
from ontogeny.studies.plasticity.settings import Tree


def on_images(tree: Tree, seed: int) -> dict[str, Any]:
    """Rules as the text learned them on images.

    Args:
        tree: a configuration with one set.
        seed: of all randomness.

    Returns:
        `course`, the accuracy of the kept rules on a batch after each step; after one lifetime `same`, on test images,
        and `answers`, how many classes there are among those.
    """
    found, config = learn(tree, seed), task_of(tree)
    lessons = load_lessons(config.data, 0, scaled=config.scaled)
    order = shuffled(len(lessons.train.labels), 1, [seed])[:LIFETIME]
    after = lived(found.rules, config.life(), lessons, order, jax.random.key(0))
    return {"course": rounded(found.course), "same": after.accuracy(lessons), "answers": len(np.unique(after.said))}
