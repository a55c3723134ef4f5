"""CIFAR-10: colour photographs of ten kinds of things, 32×32 (Krizhevsky 2009), 50,000 and 10,000 for test."""

from __future__ import annotations

import io
import pickle
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.data.images import ImageSet, Labelled
from ontogeny.errors import MachineError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
"""What a label means."""

_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
_PICTURES = "cifar10/cifar10-jpeg.tar.xz"
_ORIGINALS = "cifar10/cifar-10-python.tgz"
_CHECKSUM = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_cifar10(most: int | None = None) -> ImageSet:
    """The images in three parts; every twelfth training image is for validation.

    Where the cache has them as JPEG (`cifar10/cifar10-jpeg.tar.xz`, a folder for each part and class), those are taken:
    they differ a little from the originals, which are downloaded otherwise.

    Args:
        most: of the images of each class, for training and for test, the first so many alone; a sixth of the time for
            a tenth of them.

    Returns:
        Images, `(count, 32, 32, 3)` float32 in [0, 1], in an order that mixes the classes.

    Raises:
        MachineError: where they are neither in the cache nor to be downloaded, or are damaged.
    """
    archive = cache_folder() / _PICTURES
    if not archive.is_file():
        instead = f"put the archive there, or images as JPEG in {archive}"
        archive = fetch(_URL, _ORIGINALS, _CHECKSUM, instead)
    read = _pictures if archive.suffix == ".xz" else _originals
    try:
        parts: dict[str, list[tuple[int, bytes]]] = {"train": [], "test": []}
        # Once through the archive: its files cannot be found without unpacking all that is before them.
        for part, label, each in read(archive):
            parts[part].append((label, each))
        found = {part: _mixed(each, most) for part, each in parts.items()}
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as error:
        raise MachineError(f"{archive} cannot be read ({type(error).__name__}); delete it") from None
    train = found["train"]
    held_back = np.arange(len(train.labels)) % 12 == 11
    learn, choose = (Labelled(train.images[chosen], train.labels[chosen]) for chosen in (~held_back, held_back))
    return ImageSet(learn, choose, found["test"])


def cifar10_is_here() -> bool:
    """Whether the images are in the cache already; they are 170 MB."""
    return any((cache_folder() / name).is_file() for name in (_PICTURES, _ORIGINALS))


def _mixed(found: list[tuple[int, bytes]], most: int | None) -> Labelled:
    """The first of each class, by class, then the second, and so on."""
    classes: dict[int, list[bytes]] = {}
    for label, each in found:
        classes.setdefault(label, []).append(each)
    if sorted(classes) != list(range(len(CLASSES))):
        raise ValueError("classes are missing")
    kept = [each[:most] for _, each in sorted(classes.items())]
    rows = [
        (label, each[place])
        for place in range(max(map(len, kept)))
        for label, each in enumerate(kept)
        if place < len(each)
    ]
    images = np.stack([_decoded(each) for _, each in rows])
    return Labelled(images.astype(np.float32) / np.float32(255), np.asarray([label for label, _ in rows], np.int32))


def _decoded(each: bytes) -> np.ndarray:
    """Pixels from JPEG, or as they are: red first, then green, then blue."""
    if len(each) == 3072:
        return np.frombuffer(each, np.uint8).reshape(3, 32, 32).transpose(1, 2, 0)
    return np.asarray(Image.open(io.BytesIO(each)).convert("RGB"))


def _pictures(archive: Path) -> Iterator[tuple[str, int, bytes]]:
    with tarfile.open(archive) as file:
        for member in file:
            where = member.name.split("/")
            if where[0] in ("train", "test") and len(where) == 3 and member.isfile():
                content = file.extractfile(member)
                assert content is not None
                yield where[0], CLASSES.index(where[1]), content.read()


def _originals(archive: Path) -> Iterator[tuple[str, int, bytes]]:
    with tarfile.open(archive) as file:
        for member in sorted(file.getmembers(), key=lambda member: member.name):
            part = {"data_batch": "train", "test_batch": "test"}.get(Path(member.name).name[:10])
            if part is not None:
                content = file.extractfile(member)
                assert content is not None
                # The file is the one that was published: its checksum is known.
                batch = pickle.load(content, encoding="bytes")
                for label, each in zip(batch[b"labels"], batch[b"data"], strict=True):
                    yield part, label, each.tobytes()
