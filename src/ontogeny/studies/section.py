"""What a study's page is made of; `ontogeny.report.study` draws it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

Verdict = Literal["holds", "holds only if", "does not hold", "undecided"]


@dataclasses.dataclass(frozen=True)
class Spread:
    """A median over seeds and its interval.

    Attributes:
        middle: the median.
        low: lower end of the interval.
        high: upper end.
        known: seeds that have a number.
        seeds: all seeds.
    """

    middle: float
    low: float
    high: float
    known: int
    seeds: int


Cell = Spread | str | float | None
"""Of a table; `None` for an empty one."""

Row = tuple[Cell, ...]
"""The cells of a row."""


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: their names.
        rows: its rows.
        note: what the reader has to know.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """A curve of the loss.

    Attributes:
        label: in the legend.
        by: the learner, which decides the colour.
        middle: `(points,)`; where `places` is not given, column k is after update k + 1.
        low: `(points,)`, lower end of the band.
        high: `(points,)`, upper end of the band.
        places: `(points,)`, where on the horizontal axis they are.
    """

    label: str
    by: str
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    places: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class Chart:
    """Curves of the loss, or of something else.

    Attributes:
        title: above it.
        lines: its curves.
        marks: updates and losses to mark, by label: published values.
        at: updates that a vertical line marks.
        logarithmic: whether the horizontal axis is.
        along: what the horizontal axis is.
        note: what the reader has to know.
        up: what the vertical axis is.
        linear: whether the vertical axis is, for what is no loss or spans less than a decade.
        levels: losses that a horizontal line marks, by label: what needs no net.
    """

    title: str
    lines: tuple[Line, ...]
    marks: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]] = dataclasses.field(default_factory=dict)
    at: tuple[int, ...] = ()
    logarithmic: bool = False
    along: str = "updates from the seed"
    note: str = ""
    up: str = "loss (mean squared error)"
    linear: bool = False
    levels: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class HeatMap:
    """Numbers over two settings, each in a cell whose colour says how large it is.

    Attributes:
        title: above it.
        rows: values of the one setting.
        columns: values of the other.
        middle: `(rows, columns)`, medians over seeds; NaN for a cell that stays empty.
        low: `(rows, columns)`, the smallest over seeds.
        high: `(rows, columns)`, the largest.
        down: what the rows are.
        along: what the columns are.
        up: what the numbers are.
        note: what the reader has to know.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    down: str
    along: str
    up: str
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Scatter:
    """Points in the plane, of several groups: latents by what they show.

    Attributes:
        title: above it.
        groups: `(points, 2)` by label.
        along: what the horizontal axis is.
        up: what the vertical axis is.
        behind: a grey picture under the points, as `Strip` has them.
        window: left, right, bottom and top end of that picture.
        note: what the reader has to know.
    """

    title: str
    groups: Mapping[str, np.ndarray]
    along: str = "first unit of the latent"
    up: str = "second unit of the latent"
    behind: np.ndarray | None = None
    window: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Panels:
    """Small figures in rows and columns, all on the same axes.

    Attributes:
        title: above them.
        columns: their names.
        rows: label and a panel for each column: points, `(members, 2)`, coloured by member; or values, `(count,)`.
        along: what the horizontal axis is.
        histogram: whether panels are histograms of values; if not, points.
        limits: of the axes; by what is there if not given.
        note: what the reader has to know.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[np.ndarray, ...]], ...]
    along: str
    histogram: bool = False
    limits: tuple[float, float] | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Film:
    """Points that move from frame to frame.

    Attributes:
        title: above it.
        columns: names of the panels.
        frames: caption and for each panel the points, `(members, 2)`; the same number in all frames.
        note: what the reader has to know.
    """

    title: str
    columns: tuple[str, ...]
    frames: tuple[tuple[str, tuple[np.ndarray, ...]], ...]
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Matrices:
    """Large tables of numbers as pictures, with one scale of colours.

    Attributes:
        title: above them.
        tables: `(rows, columns)` by label.
        down: what the rows are.
        along: what the columns are.
        up: what the numbers are.
        limits: of the colours; by what is there if not given.
        note: what the reader has to know.
    """

    title: str
    tables: Mapping[str, np.ndarray]
    down: str
    along: str
    up: str
    limits: tuple[float, float] | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Graphs:
    """Graphs whose nodes stand in a row, such as cells.

    Attributes:
        title: above them.
        graphs: edges by label: from which node, to which later one, and of which kind.
        note: what the reader has to know.
    """

    title: str
    graphs: Mapping[str, Sequence[tuple[int, int, str]]]
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Strip:
    """Pictures in a row, a row a model.

    Attributes:
        title: above it.
        rows: label and captions with pictures: states, `(height, width, 4)` premultiplied RGBA; or grey ones,
            `(height, width)` from 0, black, to 1; or a grid of grey ones, `(rows, columns, height, width)`.
        note: what the reader has to know.
        across: how many stand side by side on a wide page; on a phone half as many.
    """

    title: str
    rows: tuple[tuple[str, tuple[tuple[str, np.ndarray], ...]], ...]
    note: str = ""
    across: int = 10


@dataclasses.dataclass(frozen=True)
class Claim:
    """What the text says, tested.

    Attributes:
        text: the claim, in our own words.
        test: what was measured to test it.
        verdict: what follows.
        because: the numbers, with their intervals, that it follows from.
    """

    text: str
    test: str
    verdict: Verdict
    because: str


Part = Table | Chart | HeatMap | Scatter | Panels | Film | Graphs | Matrices | Strip | Claim
"""What a section shows."""


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of the page under a heading.

    Attributes:
        title: the heading.
        words: paragraphs.
        parts: what follows them.
    """

    title: str
    words: tuple[str, ...]
    parts: tuple[Part, ...]
