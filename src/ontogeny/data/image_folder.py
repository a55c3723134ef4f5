"""A user's own pictures: a folder with a folder for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ontogeny.data.images import ImageSet, Labelled, places_of_first
from ontogeny.errors import InputError, require

_ENDS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
_EVERY = 6


def load_image_folder(folder: Path | str, side: int = 32) -> ImageSet:
    """Pictures of a folder, in three parts: of each six of a class, one for validation and one for test.

    Args:
        folder: with a folder for each class, whose pictures (PNG, JPEG, GIF, BMP, WebP) have any size.
        side: pixels each way that they are brought to, their middle square.

    Returns:
        `(count, side, side, 3)` float32 in [0, 1], the classes mixed; labels are the places of the classes' names in
        alphabetical order.

    Raises:
        InputError: where there is no such folder, fewer than two classes, fewer than six pictures in one, or a file
            that is no picture.
    """
    root = Path(folder).expanduser()
    require(root.is_dir(), "data", str(folder), "there is no such folder, and no data of that name")
    classes = {each.name: _files(each) for each in sorted(root.iterdir()) if each.is_dir() and _files(each)}
    require(
        len(classes) >= 2,
        "data",
        str(folder),
        "give a folder with a folder of pictures for each of two or more classes",
    )
    for name, files in classes.items():
        hint = f"the class {name} has {len(files)} pictures; give {_EVERY} or more of each"
        require(len(files) >= _EVERY, "data", str(folder), hint)
    labels = np.repeat(np.arange(len(classes)), [len(files) for files in classes.values()]).astype(np.int32)
    images = np.stack([_read(file, side) for files in classes.values() for file in files])
    order = places_of_first(labels, len(labels))
    turn = np.zeros(len(labels), int)
    for label in range(len(classes)):
        turn[labels == label] = np.arange(np.sum(labels == label)) % _EVERY
    parts = [order[np.isin(turn[order], turns)] for turns in ((0, 1, 2, 3), (4,), (5,))]
    return ImageSet(*(Labelled(images[places], labels[places]) for places in parts))


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix.lower() in _ENDS)


def _read(file: Path, side: int) -> np.ndarray:
    try:
        with Image.open(file) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise InputError("data", str(file), f"it is no picture ({type(error).__name__}); take it out") from None
    least = min(picture.size)
    left, top = ((length - least) // 2 for length in picture.size)
    square = picture.crop((left, top, left + least, top + least)).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(square, np.float32) / np.float32(255)
