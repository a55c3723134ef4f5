"""The yardstick without rules: the weights of a net of the same size, by backpropagation and by evolution."""

from __future__ import annotations

from typing import Any

import numpy as np
import optax

from ontogeny.core import Learner, Until, train
from ontogeny.data import ImageSet, Labelled, load_lessons
from ontogeny.learners import Descent, Evolution
from ontogeny.runs.config_plastic import UNKNOWN
from ontogeny.strategies import OpenES
from ontogeny.studies.plasticity.experiments import LIFETIME
from ontogeny.tasks import Classification

STEPS = 600
"""Updates, or generations, on the samples of a lifetime: about 20 passes."""

_WAYS: dict[str, Learner] = {
    "backpropagation": Descent(optax.adam(0.01)),
    "evolved weights": Evolution(OpenES(64, 0.1, optax.adam(0.05))),
}


def weights(seed: int, data: str, width: int, sets: int) -> dict[str, Any]:
    """Nets that learn the samples of a lifetime as often as they like.

    Args:
        seed: of all randomness.
        data: of generated sets.
        width: hidden units.
        sets: how many.

    Returns:
        `new`, the mean accuracy on test samples of sets, by the way of learning.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, learner in _WAYS.items():
        accuracies = []
        for number in range(sets):
            whole = load_lessons(data, UNKNOWN + number)
            random = np.random.default_rng([seed, number])
            chosen = random.permutation(len(whole.train.labels))[:LIFETIME]
            part = Labelled(*(np.asarray(each)[chosen] for each in whole.train))
            classes = int(np.max(whole.train.labels)) + 1
            task = Classification(ImageSet(part, whole.validation, whole.test), (width,), 32, classes=classes)
            run = train(task, learner, seed=seed + 1000 * number, until=Until(steps=STEPS))
            accuracies.append(float(task.test(run.genome)["accuracy"]))
        found[name] = {"new": float(np.mean(accuracies))}
    return found
