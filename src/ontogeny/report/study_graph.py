"""Graphs whose nodes stand in a row, such as cells, on the page of a study."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from ontogeny.report.palette import class_colour
from ontogeny.report.svg import INK, PAPER, STYLE, both_widths
from ontogeny.studies.section import Graphs

_DASHES: tuple[tuple[float, tuple[float, ...]] | None, ...] = (
    None,
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (3, 3)),
)


def graphs_svg(graphs: Graphs, name: str) -> Markup | None:
    """Graphs side by side, two in a row on narrow pages.

    Args:
        graphs: what is drawn.
        name: a prefix of its ids, different from those of the page's other figures.
    """
    said = [
        f"{label}: " + ", ".join(f"{sender} to {to} {kind}" for sender, to, kind in edges)
        for label, edges in graphs.graphs.items()
    ]
    return both_widths(graphs_figure, [graphs], name, f"{graphs.title}. {'; '.join(said)}.")


def graphs_figure(every: Sequence[Graphs], narrow: bool = False) -> Figure:
    """Graphs as a figure: arcs from node to node, with a colour and a dash for each kind of edge."""
    (graphs,) = every
    columns = min(len(graphs.graphs), 1 if narrow else 3)
    rows = -(-len(graphs.graphs) // columns)
    kinds = list(dict.fromkeys(kind for edges in graphs.graphs.values() for *_, kind in edges))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(3.7 if narrow else 7.4, 1.75 * rows + 0.5), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        for axes, (label, edges) in zip(grid.flat, graphs.graphs.items(), strict=False):
            _draw(axes, label, edges, kinds)
        handles = [
            Line2D([], [], color=class_colour(place), linestyle=_dash(place) or "-") for place in range(len(kinds))
        ]
        figure.legend(handles, kinds, loc="outside lower left", ncols=2 if narrow else 5)
    return figure


def _draw(axes: Axes, label: str, edges: Sequence[tuple[int, int, str]], kinds: list[str]) -> None:
    last = max(to for _, to, _ in edges)
    for sender, to, kind in edges:
        place = kinds.index(kind)
        # Edges to the next node run straight, longer ones above and below by turns.
        bend = 0.0 if to == sender + 1 else (-0.42 if (sender + to) % 2 else 0.5)
        arrow = FancyArrowPatch(
            (sender, 0), (to, 0), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=9,
            shrinkA=7, shrinkB=7, color=class_colour(place), linestyle=_dash(place) or "-", linewidth=1.5,
        )  # fmt: skip
        axes.add_patch(arrow)
    for node in range(last + 1):
        axes.plot(node, 0, "o", markersize=13, markerfacecolor=PAPER, markeredgecolor=INK, markeredgewidth=0.8)
        axes.annotate({0: "in", last: "out"}.get(node, f"{node}"), (node, 0), ha="center", va="center", fontsize=7)
    axes.set_xlim(-0.4, last + 0.4)
    axes.set_ylim(-1.0, 1.0)
    axes.set_title(label, loc="left")


def _dash(place: int) -> tuple[float, tuple[float, ...]] | None:
    return _DASHES[place % len(_DASHES)]
