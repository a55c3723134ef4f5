"""Labelled numbers that are generated: as many different sets as one likes, so that what learns to learn has some.

- `clusters`: 10 numbers, 4 classes of two clusters each, about the corners of a cube of side 20 (Joosten 2021, section
  5.1, by scikit-learn's `make_classification`).
- `overlapping`: the same about a cube of side 2, so that clusters run into each other and no answer is sure.
- `halfspace`: 10 numbers between -1 and 1, on one side of a plane through the middle or on the other (Cristian et al.
  2021).
- `relu-teacher`: the same numbers, and which of the two outputs of a random perceptron with 1,000 rectified units is
  higher (Cristian et al. 2021).
- `relu2-teacher`: the same with a second layer of 1,000 (Cristian et al. 2021).
- `recurrent-teacher`: the same numbers, as a random recurrent net of 40 rectified units tells them apart, of which the
  20 strongest fire in each of three rounds (Cristian et al. 2021; the size is that of their program's example).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ontogeny.data.images import IMAGES, ImageSet, Labelled, load_images
from ontogeny.errors import refuse, require

_INPUTS = 10


def load_lessons(name: str, seed: int = 0, count: int = 5000, scaled: bool = True) -> ImageSet:
    """A set to learn from: generated, or images as rows of pixels.

    Of a generated set a fifth is for validation and a fifth for test.

    Args:
        name: one of `GENERATED` or of `data.images.IMAGES`; or several of `GENERATED` joined by `+`, of which it is one
            by the seed, in turn.
        seed: of a generated set: which one of all that are alike. Of images there is one set.
        count: samples of a generated set, 10 or more.
        scaled: whether samples are divided by one factor, so that the mean square of those for training is 1.

    Returns:
        Parts with `(count, numbers)` for images.

    Raises:
        InputError: for an unknown name, or a value out of range.
        MachineError: where images are not in the cache and cannot be downloaded.
    """
    each = name.split("+")
    name = each[seed % len(each)] if set(each) <= set(GENERATED) else name
    if name in IMAGES:
        found = load_images(name)
        parts = [Labelled(np.asarray(part.images).reshape(len(part.labels), -1), part.labels) for part in found]
    else:
        if name not in GENERATED:
            refuse("data", name, [*GENERATED, *IMAGES])
        require(count >= 10, "count", count, "give 10 or more samples")
        samples, labels = GENERATED[name](seed, count)
        order = np.random.default_rng(seed).permutation(count)
        places = np.split(order, [count * 3 // 5, count * 4 // 5])
        parts = [Labelled(samples[each].astype(np.float32), labels[each].astype(np.int32)) for each in places]
    scale = np.float32(np.sqrt(np.mean(np.square(parts[0].images)))) if scaled else np.float32(1)
    return ImageSet(*(Labelled(part.images / scale, part.labels) for part in parts))


def _clusters(seed: int, count: int, apart: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import make_classification

    found: tuple[np.ndarray, np.ndarray] = make_classification(
        count, _INPUTS, n_informative=_INPUTS, n_redundant=0, n_classes=4, class_sep=apart, random_state=seed
    )
    return found


def _overlapping(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    return _clusters(seed, count, apart=1.0)


def _halfspace(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    samples, normal = random.uniform(-1, 1, (count, _INPUTS)), random.uniform(-1, 1, _INPUTS)
    return samples, samples @ normal > 0


def _relu_teacher(seed: int, count: int, layers: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    samples = hidden = random.uniform(-1, 1, (count, _INPUTS))
    for _ in range(layers):
        hidden = np.maximum(0, hidden @ random.uniform(-1, 1, (hidden.shape[1], 1000)))
    return samples, np.argmax(hidden @ random.uniform(-1, 1, (1000, 2)), 1)


def _relu2_teacher(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    return _relu_teacher(seed, count, layers=2)


def _recurrent_teacher(seed: int, count: int, width: int = 40, fire: int = 20) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    samples = random.uniform(-1, 1, (count, _INPUTS))
    drive = samples @ random.normal(size=(_INPUTS, width))
    # No neuron drives itself.
    weights = random.normal(size=(width, width)) * (random.random((width, width)) < 0.5) * (1 - np.eye(width))
    activity = np.zeros_like(drive)
    for _ in range(3):
        activity = np.maximum(0, activity @ weights + drive)
        activity[activity < np.sort(activity, 1)[:, -fire, None]] = 0
    # The threshold is in the middle, so that neither class is rare.
    further = activity @ random.normal(size=width)
    return samples, further > np.median(further)


GENERATED: dict[str, Callable[[int, int], tuple[np.ndarray, np.ndarray]]] = {
    "clusters": _clusters,
    "overlapping": _overlapping,
    "halfspace": _halfspace,
    "relu-teacher": _relu_teacher,
    "relu2-teacher": _relu2_teacher,
    "recurrent-teacher": _recurrent_teacher,
}
"""How samples and labels are generated from a seed and a count, by name."""

ABOUT = {
    "clusters": "10 numbers, 4 classes of two clusters each; generated, as many sets as you like (plasticity)",
    "overlapping": "the same, running into each other; generated (plasticity)",
    "halfspace": "10 numbers, on one side of a plane or on the other; generated (plasticity)",
    "relu-teacher": "10 numbers, two classes as a random perceptron tells them; generated (plasticity)",
    "relu2-teacher": "the same with two hidden layers; generated (plasticity)",
    "recurrent-teacher": "10 numbers, two classes as a random recurrent net tells them; generated (plasticity)",
}
"""A line about each, by name."""
