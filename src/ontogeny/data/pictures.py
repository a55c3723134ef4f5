"""Grey pictures to be reconstructed: of the labelled sets, or the user's own array or folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ontogeny.data.images import IMAGES, first_of_each, load_images
from ontogeny.errors import InputError, refuse, require

if TYPE_CHECKING:
    import jax

_FEW = 20
_LARGEST = 256


class Classes(NamedTuple):
    """What pictures show, for probes: nothing learns from it.

    Attributes:
        train: `(count,)` int32, from 0.
        validation: of those held back; `None` where there are none.
        test: of those held back; `None` where there are none.
    """

    train: np.ndarray | jax.Array
    validation: np.ndarray | jax.Array | None = None
    test: np.ndarray | jax.Array | None = None


class Pictures(NamedTuple):
    """Pictures to learn from, and others that are held back.

    Attributes:
        train: `(count, height, width)` float32.
        validation: to measure on while learning; `None` where all are learned by heart.
        test: to measure on once, at the end; `None` where all are learned by heart.
        labels: their classes; `None` where they are not known, as of the user's own.
    """

    train: np.ndarray | jax.Array
    validation: np.ndarray | jax.Array | None = None
    test: np.ndarray | jax.Array | None = None
    labels: Classes | None = None

    @property
    def parts(self) -> dict[str, np.ndarray | jax.Array]:
        """The pictures by the name of their part, those that there are."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in named.items() if part is not None}


def load_pictures(
    source: str, samples: int | None = None, size: int = 28, limits: tuple[float, float] = (0.1, 0.9)
) -> Pictures:
    """Square grey pictures by name, or from a file or a folder.

    Args:
        source: `mnist`, `fashion-mnist` or `digits`; a `.npy` file, `(count, height, width)`, whole numbers from 0 to
            255 or any from 0 to 1; or a folder of picture files, taken in the order of their names.
        samples: how many are learned by heart: of a labelled set the first of each class, then the second, and so on;
            of others the first. `None` for all, of which some are held out.
        size: height and width that they are brought to, in pixels.
        limits: what black and white become.

    Raises:
        InputError: for a source that is not known or holds no pictures, or a value out of range.
        MachineError: where files are not in the cache and cannot be downloaded.
    """
    low, high = limits
    require(1 <= size <= _LARGEST, "size", size, f"give 1 to {_LARGEST} pixels")
    require(0 <= low < high <= 1, "limits", limits, "give what black and white become, 0 to 1, black below white")
    parts, labels = _labelled(source, samples) if source in IMAGES else (_own(source, samples), None)

    def fitted(part: np.ndarray) -> np.ndarray:
        return (low + (high - low) * _resized(part, size)).astype(np.float32)

    train, *held_back = map(fitted, parts)
    validation, test = held_back or (None, None)
    return Pictures(train, validation, test, labels)


def _labelled(source: str, samples: int | None) -> tuple[list[np.ndarray], Classes]:
    if samples is not None:
        chosen = first_of_each(source, samples)
        return [np.asarray(chosen.images)], Classes(np.asarray(chosen.labels))
    found = load_images(source)
    return [np.asarray(part.images) for part in found], Classes(*(np.asarray(part.labels) for part in found))


def _own(source: str, samples: int | None) -> list[np.ndarray]:
    path = Path(source).expanduser()
    if path.is_dir():
        pictures = _folder(path)
    elif path.suffix == ".npy" and path.is_file():
        pictures = _array(path)
    else:
        refuse("data", source, [*IMAGES, "a .npy file", "a folder of pictures"])
    if samples is not None:
        _check(samples, len(pictures))
        return [pictures[:samples]]
    if len(pictures) < _FEW:
        return [pictures]
    place = np.arange(len(pictures)) % 10
    return [pictures[place < 8], pictures[place == 8], pictures[place == 9]]


def _check(samples: int, most: int) -> None:
    require(1 <= samples <= most, "samples", samples, f"give 1 to {most:,}")


def _array(path: Path) -> np.ndarray:
    try:
        found = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise InputError("data", str(path), f"this is no array of numbers ({type(error).__name__})") from None
    require(isinstance(found, np.ndarray), "data", str(path), "this holds several arrays: give one, as numpy.save does")
    require(found.ndim == 3, "data", f"{path}: {found.shape}", "give (count, height, width)")
    require(found.size > 0, "data", f"{path}: {found.shape}", "there is no picture in it")
    found = found.astype(np.float32) if found.dtype == bool else found
    known = np.issubdtype(found.dtype, np.number) and not np.issubdtype(found.dtype, np.complexfloating)
    require(known, "data", f"{path}: {found.dtype}", "give numbers")
    white = 255 if np.issubdtype(found.dtype, np.integer) else 1
    pictures = found.astype(np.float32) / np.float32(white)
    good = bool(np.isfinite(pictures).all()) and float(pictures.min()) >= 0 and float(pictures.max()) <= 1
    require(good, "data", f"{path}: {found.min()} to {found.max()}", f"give 0 to {white}")
    return np.asarray(pictures)


def _folder(path: Path) -> np.ndarray:
    from PIL import Image

    endings = {ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in endings)
    require(bool(files), "data", str(path), "there is no picture file in this folder")
    found = []
    for file in files:
        try:
            with Image.open(file) as opened:
                deep = opened.mode[0] in "IF"
                require(not deep, "data", f"{file}: mode {opened.mode}", "give pictures of 8 bits a channel")
                found.append(np.asarray(opened.convert("L"), np.float32) / np.float32(255))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            raise InputError("data", str(file), "this is no picture, or it is damaged") from None
    height, width = found[0].shape
    for file, picture in zip(files, found, strict=True):
        hint = f"give pictures of one size, as {files[0].name} of {width}×{height}"
        require(picture.shape == (height, width), "data", f"{file}: {picture.shape[1]}×{picture.shape[0]}", hint)
    return np.stack(found)


def _resized(pictures: np.ndarray, size: int) -> np.ndarray:
    from PIL import Image

    if pictures.shape[1:] == (size, size):
        return pictures

    def one(picture: np.ndarray) -> np.ndarray:
        # Longer sides are filtered before they are thinned out.
        small = Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR)
        return np.asarray(small)

    resized: np.ndarray = np.stack([one(picture) for picture in pictures]).clip(0, 1)
    return resized
