"""States and grey pictures as pixels: what the page embeds."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

STRIP = (0, 1, 2, 3, 4, 10, 30, 40, 100, 1000)
"""Updates at which the picture is shown, as in tables 4 and 6 of Hestmark & Luu (2022)."""

_BYTES = 3_000_000


def to_pixels(states: np.ndarray) -> np.ndarray:
    """States as ordinary pixels.

    A state's colours are multiplied by its alpha and bounded by nothing. Here alpha is cut to
    [0, 1], the colours are divided by it and cut to [0, 1]; what is not a number is empty.

    Args:
        states: `(..., 4)`, premultiplied RGBA.

    Returns:
        `(..., 4)`, 8-bit RGBA, not premultiplied.
    """
    states = np.nan_to_num(np.asarray(states, np.float64), nan=0.0, posinf=1e6, neginf=-1e6)
    alpha = states[..., 3:].clip(0, 1)
    colour = np.divide(states[..., :3], alpha, out=np.zeros(states[..., :3].shape), where=alpha > 0)
    pixels = np.concatenate([colour.clip(0, 1), alpha], axis=-1)
    return np.round(pixels * 255).astype(np.uint8)


def png(picture: np.ndarray) -> str:
    """A picture as the address of an embedded PNG file, a pixel a cell.

    Args:
        picture: a state, `(height, width, 4)`; a grey picture, `(height, width)` from 0, black, to 1; or a grid of
            grey ones, `(rows, columns, height, width)`.
    """
    return address(to_pixels(picture) if picture.ndim == 3 else grey(picture))


def grey(picture: np.ndarray, limits: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    """A grey picture, or a grid of them as one, as 8-bit pixels, `(height, width)`; what is not a number is black.

    Args:
        picture: `(height, width)`, or `(rows, columns, height, width)`.
        limits: black and white.
    """
    low, high = limits
    shares = np.nan_to_num((np.asarray(picture, np.float64) - low) / (high - low)).clip(0, 1)
    pixels = np.round(shares * 255).astype(np.uint8)
    return pixels if pixels.ndim == 2 else montage(pixels)


def montage(grid: np.ndarray) -> np.ndarray:
    """Pictures of a grid as one: `(rows, columns, height, width)` becomes `(rows * height, columns * width)`."""
    rows, columns, height, width = grid.shape
    return grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def address(pixels: np.ndarray) -> str:
    """The address of an embedded PNG file.

    Args:
        pixels: 8-bit, `(height, width)` grey or `(height, width, 4)` RGBA.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def packed(states: np.ndarray) -> str:
    """The pixels of many states, `(frames, height, width, 4)`, in base64."""
    return base64.b64encode(to_pixels(states).tobytes()).decode()


def growth_steps(cells: int) -> list[int]:
    """Updates that the animation of a growth shows: all at first, then fewer, up to 1,000."""
    return _thin([*range(100), *range(100, 200, 2), *range(200, 1001, 20)], cells)


def erase_steps(cells: int, steps: int, at: int) -> list[int]:
    """Updates that the animation of an erasure shows: all, or those around it and some more."""
    kept = {0, at - 1, at, at + 1, steps}
    return sorted({*_thin(list(range(steps + 1)), cells), *(step for step in kept if 0 <= step <= steps)})


def _thin(steps: list[int], cells: int) -> list[int]:
    stride = -(-len(steps) * cells * 4 // _BYTES)
    return sorted({*steps[::stride], steps[-1]})
