"""Pictures to grow: an emoji, an image file, or one that the package draws."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np
from PIL import Image, UnidentifiedImageError

from ontogeny.data.drawn import DRAWN, drawing
from ontogeny.data.emoji import code_of, names, picture
from ontogeny.errors import InputError, refuse, require

SMALLEST, LARGEST = 4, 256
"""Sides of a target, in cells."""


def load_target(target: str, size: int, padding: int = 0) -> np.ndarray:
    """The picture of a name, as a state can match it.

    Args:
        target: an emoji (`🥕`), its name (`carrot`), a drawn picture (`heart`) or the path
            of an image file.
        size: side in cells, 4 to 256; a picture that is not square is centred.
        padding: empty cells on each side, 0 or more.

    Returns:
        `(size + 2 * padding, size + 2 * padding, 4)` float64 in [0, 1]: RGB multiplied by
        alpha, and alpha. Resized in one step of Lanczos, as in Hestmark & Luu (2022).

    Raises:
        InputError: for an unknown name, a file that is no image, or a size out of range.
        MachineError: where a picture is not in the cache and cannot be downloaded.
    """
    require(SMALLEST <= size <= LARGEST, "size", size, f"give {SMALLEST} to {LARGEST} cells")
    require(0 <= padding <= LARGEST, "padding", padding, f"give 0 to {LARGEST} cells")
    image = _square(_open(target))
    pixels = np.asarray(image.resize((size, size), Image.Resampling.LANCZOS), np.float64) / 255
    pixels[..., :3] *= pixels[..., 3:]
    return np.pad(pixels, ((padding, padding), (padding, padding), (0, 0)))


def _open(target: str) -> Image.Image:
    if target in DRAWN:
        return drawing(target)
    path = Path(target).expanduser()
    if path.suffix or "/" in target:
        return _file(path)
    if code := code_of(target):
        return _file(picture(code))
    if path.is_file():
        return _file(path)
    refuse_target(target)


def refuse_target(target: str) -> NoReturn:
    """Raise the error of an unknown picture.

    Raises:
        InputError: always.
    """
    known = [*DRAWN, *names()]
    try:
        refuse("target", target, known)
    except InputError as error:
        if "choose from" not in str(error):
            raise
        hint = f"give an emoji, its name (carrot), an image file, or one of {', '.join(DRAWN)}"
        raise InputError("target", target, hint) from None


def _file(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            return image.convert("RGBA")
    except FileNotFoundError:
        raise InputError("target", str(path), "there is no such file") from None
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise InputError("target", str(path), "this file is no image that Pillow can read") from None


def _square(image: Image.Image) -> Image.Image:
    side = max(image.size)
    if image.size == (side, side):
        return image
    canvas = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return canvas
