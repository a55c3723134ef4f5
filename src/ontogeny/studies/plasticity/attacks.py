"""How nets that lived through images resist changes of them, as Cristian et al. asked."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data import load_lessons
from ontogeny.nets import PlasticNet, Synapses
from ontogeny.nets.plastic import read
from ontogeny.probes import ImageAttack
from ontogeny.probes.lifetimes import lived, shuffled
from ontogeny.studies.plasticity.experiments import learn, task_of, wide
from ontogeny.studies.plasticity.settings import Tree

RADII = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)
"""Lengths of the change, pixels from 0 to 1; the paper has 0, 2 and 4."""

WIDTH = 1000
"""Neurons."""

_SHOWN = 500
_STEPS = 40


class _Reader(eqx.Module):
    """A net that reads images of pixels from 0 to 1."""

    net: PlasticNet
    synapses: Synapses
    scale: jax.Array


def _logits(reader: _Reader, images: jax.Array) -> jax.Array:
    samples = images.reshape(len(images), -1) / reader.scale
    return read(reader.synapses, reader.net.firing(reader.synapses, samples))


def attacked(tree: Tree, seed: int, data: str, passes: int) -> dict[str, Any]:
    """Rules that are learned, a net that lives through images by them, and images that are changed against it.

    The attack is projected gradient ascent on the log odds against the right class, 40 steps from a random start
    within the Euclidean ball, pixels kept from 0 to 1. Which neurons fire is taken as given by each step's gradient.

    Args:
        tree: a configuration.
        seed: of all randomness.
        data: images.
        passes: how often they are lived through.

    Returns:
        `accuracy`, a number for each of `RADII`, on 500 test images.
    """
    rules, config = learn(tree, seed).rules, task_of(tree)
    life = wide(config.life(), WIDTH)
    lessons = load_lessons(data, scaled=config.scaled)
    order = shuffled(len(lessons.train.labels), passes, [seed])
    after = lived(rules, life, lessons, order, jax.random.key(seed))
    plain = load_lessons(data, scaled=False)
    scale = float(np.max(plain.train.images) / np.max(lessons.train.images))
    reader = _Reader(life.net, after.synapses, jnp.float32(scale))
    places = np.linspace(0, len(plain.test.labels) - 1, _SHOWN).astype(int)
    images, labels = (jnp.asarray(np.asarray(part)[places]) for part in plain.test)
    images = images / np.max(plain.train.images)
    found = []
    for radius in RADII:
        how = ImageAttack("pgd", radius, _STEPS, norm="l2")
        moved = how.attacked(_logits, reader, images, labels, jax.random.key(seed))
        found.append(float(np.mean(np.argmax(_logits(reader, moved), 1) == labels)))
    return {"accuracy": found}
