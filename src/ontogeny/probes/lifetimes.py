"""Frozen rules in another lifetime: what a net knows that lived through some samples by them."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.data import ImageSet
from ontogeny.nets import Life, Rules, Synapses, live
from ontogeny.nets.plastic import read


class AfterLife(NamedTuple):
    """What came of a lifetime.

    Attributes:
        said: `(test samples,)`, the answers after it.
        wrong: `(samples lived through,)`, which of them were answered wrong when they came.
        synapses: at the end.
    """

    said: np.ndarray
    wrong: np.ndarray
    synapses: Synapses

    def accuracy(self, lessons: ImageSet) -> float:
        """The share of test samples that were answered right."""
        return float(np.mean(self.said == lessons.test.labels))

    def by_class(self, lessons: ImageSet) -> np.ndarray:
        """The same of each class, `(classes,)`."""
        labels = np.asarray(lessons.test.labels)
        return np.asarray([np.mean(self.said[labels == each] == each) for each in np.unique(labels)])


def lived(rules: Rules, life: Life, lessons: ImageSet, order: np.ndarray, key: Key) -> AfterLife:
    """A new net lives through training samples, and answers the test samples.

    Args:
        rules: of change, frozen.
        life: the net, and how it lives.
        lessons: with `(count, numbers)` for images.
        order: `(samples,)`, places of training samples as they come.
        key: of the net.
    """
    classes = 1 + max(int(np.max(part.labels)) for part in lessons)
    samples, labels = (jnp.asarray(np.asarray(part)[order]) for part in lessons.train)
    found = _lived(rules, life, samples, labels, jnp.asarray(lessons.test.images), key, classes)
    return AfterLife(np.asarray(found[0]), np.asarray(found[1]), found[2])


@eqx.filter_jit
def _lived(
    rules: Rules, life: Life, samples: jax.Array, labels: jax.Array, shown: jax.Array, key: Key, classes: int
) -> tuple[jax.Array, jax.Array, Synapses]:
    wiring, synapses = life.net.wire(key, samples.shape[1], classes)
    after = live(life, rules, wiring, synapses, samples, labels)
    said = jnp.argmax(read(after.synapses, life.net.firing(after.synapses, shown)), 1)
    return said, after.wrong, after.synapses


def shuffled(count: int, passes: int, seeds: list[int]) -> np.ndarray:
    """Places of samples that come so often each, every time in another order.

    Args:
        count: samples.
        passes: how often.
        seeds: of the orders.
    """
    random = np.random.default_rng(seeds)
    return np.concatenate([random.permutation(count) for _ in range(passes)])
