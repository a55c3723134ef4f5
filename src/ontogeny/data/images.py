"""Labelled images by name, split for training, validation and test.

- `mnist`: handwritten digits, 28×28 (LeCun, Cortes & Burges 1998), 60,000 for training and
  10,000 for test.
- `fashion-mnist`: articles of clothing, 28×28 (Xiao et al. 2017, arxiv.org/abs/1708.07747),
  of the same sizes.
- `digits`: 1,797 handwritten digits, 8×8, that come with scikit-learn (the test part of
  "Optical recognition of handwritten digits", UCI, Alpaydin & Kaynak 1998): no network needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ontogeny.data.cache import fetch
from ontogeny.data.idx import read_idx
from ontogeny.errors import refuse, require

if TYPE_CHECKING:
    import jax

IMAGES = {
    "mnist": "handwritten digits, 28×28, 60,000 and 10,000 for test",
    "fashion-mnist": "articles of clothing, 28×28, 60,000 and 10,000 for test",
    "digits": "handwritten digits, 8×8, 1,797 in all; without a network",
}
"""A line about each set, by name."""

SOURCES = {
    "mnist": "https://storage.googleapis.com/cvdf-datasets/mnist",
    "fashion-mnist": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
}
"""Where the idx files of a set are downloaded from."""

CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
}
"""SHA-256 of the files' contents, uncompressed: a mirror may compress them anew."""


class Labelled(NamedTuple):
    """Images and what they show.

    Attributes:
        images: `(count, height, width)` float32 in [0, 1], or `(count, components)`.
        labels: `(count,)` int32, from 0.
    """

    images: np.ndarray | jax.Array
    labels: np.ndarray | jax.Array


class ImageSet(NamedTuple):
    """Images in three parts that share none.

    Attributes:
        train: to learn from.
        validation: to measure on while learning, and to choose settings by.
        test: to measure on once, at the end.
    """

    train: Labelled
    validation: Labelled
    test: Labelled


def load_images(name: str) -> ImageSet:
    """Labelled images by name.

    Every twelfth training image of `mnist` and `fashion-mnist` is for validation: 5,000 of
    60,000; the test images are the official ones. Of each seven of the `digits`, in order, the
    fourth is for validation and the last for test: 257, 256 and 1,284 for training.

    Args:
        name: `mnist`, `fashion-mnist` or `digits`.

    Raises:
        InputError: for an unknown name.
        MachineError: where files are not in the cache and cannot be downloaded.
    """
    if name not in IMAGES:
        refuse("data", name, IMAGES)
    return _digits() if name == "digits" else _mnist(name)


def without_validation(data: ImageSet) -> ImageSet:
    """All images that are not for test to learn from, and the test images for validation too.

    Much published work has it so; what is chosen by its accuracy on test images looks better on them than on others.

    Args:
        data: images as `load_images` has them, so that every twelfth of the MNIST family returns to its place.
    """
    counts = [len(part.labels) for part in (data.train, data.validation)]
    held_back = _validation(sum(counts))
    whole = held_back.sum() == counts[1]
    order = (
        np.argsort(np.concatenate([np.flatnonzero(~held_back), np.flatnonzero(held_back)])) if whole else slice(None)
    )
    joined = [np.concatenate(pair)[order] for pair in zip(data.train, data.validation, strict=True)]
    return ImageSet(Labelled(*joined), data.test, data.test)


def principal_components(data: ImageSet, components: int) -> ImageSet:
    """Images as their coordinates along the directions in which training images differ most.

    Principal component analysis of the training images alone; one factor for all coordinates
    brings their mean variance on the training images to 1.

    Args:
        data: images.
        components: how many, 1 to the pixels of an image.

    Returns:
        The same parts, with `(count, components)` for images.

    Raises:
        InputError: for a value out of range.
    """
    from sklearn.decomposition import PCA

    pixels = int(np.prod(data.train.images.shape[1:]))
    most = min(pixels, len(data.train.labels))
    require(1 <= components <= most, "components", components, f"give 1 to {most:,}")
    found = PCA(components, svd_solver="covariance_eigh").fit(_rows(data.train))
    scale = np.sqrt(found.explained_variance_.mean())

    def projected(part: Labelled) -> Labelled:
        return Labelled((found.transform(_rows(part)) / scale).astype(np.float32), part.labels)

    return ImageSet(*map(projected, data))


def _rows(part: Labelled) -> np.ndarray:
    return np.asarray(part.images).reshape(len(part.labels), -1)


def first_of_each(name: str, count: int) -> Labelled:
    """Training images of a set: the first of each class, by class, then the second, and so on.

    Only they are made numbers from 0 to 1, and test images are not read at all: a few are there in a fraction of the
    time that `load_images` takes.

    Args:
        name: one of `IMAGES`.
        count: how many.

    Returns:
        The images, `(count, height, width)` float32 in [0, 1], and their classes.

    Raises:
        InputError: for an unknown name, or more than there are.
        MachineError: where files are not in the cache and cannot be downloaded.
    """
    if name not in IMAGES:
        refuse("data", name, IMAGES)
    if name == "digits":
        images, labels = _digits().train
        white = 1
    else:
        images, labels = (part[~_validation(len(part))] for part in map(_file, (name, name), list(CHECKSUMS[name])[:2]))
        white = 255
    require(1 <= count <= len(labels), "samples", count, f"give 1 to {len(labels):,}")
    places = places_of_first(np.asarray(labels), count)
    return _labelled(np.asarray(images)[places], np.asarray(labels)[places], white)


def places_of_first(labels: np.ndarray, count: int) -> np.ndarray:
    """The places of the first of each class, by class, then of the second, and so on.

    Args:
        labels: whole numbers.
        count: how many places.

    Returns:
        `(count,)`.
    """
    rank = np.zeros(len(labels), int)
    for label in np.unique(labels):
        rank[labels == label] = np.arange(np.sum(labels == label))
    order: np.ndarray = np.lexsort((labels, rank))
    return order[:count]


def _mnist(name: str) -> ImageSet:
    images, labels, test_images, test_labels = (_file(name, file) for file in CHECKSUMS[name])
    validation = _validation(len(labels))
    return ImageSet(
        _labelled(images[~validation], labels[~validation], 255),
        _labelled(images[validation], labels[validation], 255),
        _labelled(test_images, test_labels, 255),
    )


def _validation(count: int) -> np.ndarray:
    """Which training images of the MNIST family are for validation."""
    held_back: np.ndarray = np.arange(count) % 12 == 11
    return held_back


def _file(name: str, file: str) -> np.ndarray:
    instead = "without a network, take data = digits, which comes with the package"
    path = fetch(f"{SOURCES[name]}/{file}", f"{name.replace('-', '_')}/{file}", CHECKSUMS[name][file], instead)
    return read_idx(path)


def _digits() -> ImageSet:
    from sklearn.datasets import load_digits

    found = load_digits()
    # Seven shares no factor with ten: the digits were partly written in order.
    place = np.arange(len(found.target)) % 7
    parts = (~np.isin(place, (3, 6)), place == 3, place == 6)
    return ImageSet(*(_labelled(found.images[part], found.target[part], 16) for part in parts))


def _labelled(images: np.ndarray, labels: np.ndarray, white: int) -> Labelled:
    return Labelled(images.astype(np.float32) / np.float32(white), labels.astype(np.int32))
