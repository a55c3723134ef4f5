"""One colour a learner, on light and dark pages alike, told apart without colour vision."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

Dash = Literal["solid"] | tuple[int, tuple[float, ...]]

_LIGHT = {
    "es": ("#0b6bb0", "#4b93cc", "#083d66"),
    "adam": ("#c8500a", "#dd7734", "#7a2f05"),
    "ga": ("#0a7d5a", "#3a9f7e", "#064d37"),
    "other": ("#8a4fa3", "#ad79c4", "#54286a"),
}
_DARK = {
    "es": ("#5fb3f0", "#3a8bcb", "#b5dcfa"),
    "adam": ("#ff9a5c", "#d4691f", "#ffd0b0"),
    "ga": ("#43c79b", "#259a73", "#a5e8d0"),
    "other": ("#c792e0", "#9d60bb", "#e5c8f2"),
}
_CLASSES_LIGHT = (
    *("#1f6fb4", "#d9650a", "#1b8a3a", "#c92a2f", "#7d4fc0"),
    *("#7a4a2a", "#d0489f", "#6b7075", "#8b8a00", "#0795a8"),
)
_CLASSES_DARK = (
    *("#6cb4f0", "#ff9d52", "#5fd07e", "#ff7b76", "#b89af0"),
    *("#c89a78", "#f58fcf", "#aab0b6", "#d0cf4a", "#43d0e0"),
)
_DASHES: tuple[Dash, ...] = ("solid", (0, (5, 1.8)), (0, (1.2, 1.4)), (0, (7, 1.8, 1.4, 1.8)))


@dataclasses.dataclass(frozen=True)
class Tone:
    """How a run or a group of runs is drawn.

    Attributes:
        name: of its variable in the page's style sheet.
        colour: on a light page and on paper.
        dash: of its line.
    """

    name: str
    colour: str
    dash: Dash


def tones(learners: Sequence[str]) -> list[Tone]:
    """A tone for each, by learner; those of one learner differ in lightness and dashes."""
    seen: dict[str, int] = {}
    found = []
    for by in learners:
        kind = by if by in _LIGHT else "other"
        index = seen.get(kind, 0)
        seen[kind] = index + 1
        shade = index % 3
        found.append(Tone(f"{kind}-{shade}", _LIGHT[kind][shade], _DASHES[index % len(_DASHES)]))
    return found


def class_colour(number: int) -> str:
    """The colour of a class, from 0, on a light page and on paper; there are ten."""
    return _CLASSES_LIGHT[number % len(_CLASSES_LIGHT)]


def variables(dark: bool) -> str:
    """The style sheet's colours."""
    return "".join(f"--{name}:{colour};" for name, colour in _named(dark).items())


def themed(svg: str) -> str:
    """An SVG text whose colours follow the page."""
    for name, colour in _named(dark=False).items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg


def _named(dark: bool) -> dict[str, str]:
    palette = {**(_DARK if dark else _LIGHT), "class": _CLASSES_DARK if dark else _CLASSES_LIGHT}
    return {f"{kind}-{shade}": colour for kind, shades in palette.items() for shade, colour in enumerate(shades)}
