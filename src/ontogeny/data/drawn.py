"""Pictures that the package draws itself: there is always something to grow."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageDraw

_SIDE = 512


def _heart(draw: ImageDraw.ImageDraw) -> None:
    points = []
    for step in range(400):
        t = 2 * math.pi * step / 400
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((256 + 15 * x, 235 - 15 * y))
    draw.polygon(points, fill=(214, 40, 57, 255))
    draw.ellipse((100, 90, 200, 180), fill=(244, 122, 133, 255))


def _ring(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((16, 16, 496, 496), fill=(38, 84, 124, 255))
    draw.pieslice((16, 16, 496, 496), 180, 360, fill=(255, 183, 3, 255))
    draw.ellipse((160, 160, 352, 352), fill=(0, 0, 0, 0))


def _star(draw: ImageDraw.ImageDraw) -> None:
    points = []
    for corner in range(10):
        radius = 250 if corner % 2 == 0 else 105
        angle = math.pi * corner / 5 - math.pi / 2
        points.append((256 + radius * math.cos(angle), 270 + radius * math.sin(angle)))
    draw.polygon(points, fill=(250, 176, 5, 255))


def _smiley(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((12, 12, 500, 500), fill=(255, 209, 59, 255))
    for left in (140, 302):
        draw.ellipse((left, 140, left + 70, 240), fill=(70, 45, 20, 255))
    draw.chord((120, 200, 392, 430), 10, 170, fill=(120, 30, 30, 255))


DRAWN: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "heart": _heart,
    "ring": _ring,
    "star": _star,
    "smiley": _smiley,
}
"""What each name draws, on a canvas of 512 pixels a side."""


def drawing(name: str) -> Image.Image:
    """One of the package's own pictures, 512×512 RGBA."""
    image = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))
    DRAWN[name](ImageDraw.Draw(image))
    return image
