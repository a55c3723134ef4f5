"""States as pictures: what the page embeds."""

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


def png(state: np.ndarray) -> str:
    """A state, `(height, width, 4)`, as the address of an embedded PNG file, a pixel a cell."""
    return address(to_pixels(state))


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
