"""Figures as inline SVG that follows the page's theme, and as PNG files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from ontogeny.report.palette import themed

INK = "#010203"
"""The colour that becomes the page's own text colour."""

PAPER = "#fdfcfb"
"""The colour that becomes the page's own background; white on paper, or nearly."""

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "grid.color": INK,
    "grid.alpha": 0.13,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.2,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "path.simplify": True,
}
"""In which figures are drawn: `with mpl.rc_context(STYLE)`."""


def to_svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as an `<svg>` element without a fixed size.

    Args:
        figure: drawn in `STYLE`.
        name: a prefix of its ids, different from those of the page's other figures.
        alt: what it shows, for those who do not see it.
    """
    file = io.StringIO()
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = text.replace("xlink:href", "href")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = text.replace("url(#", f"url(#{name}-")
    box = re.search(r'viewBox="[^"]*"', text)
    assert box is not None
    opening = f'<svg {box.group()} role="img" aria-label="{_escaped(alt)}">'
    text = opening + text[text.index(">", text.index("<svg")) + 1 :]
    text = re.sub(r"(font: [\w .]*?\d+px) [^;\"]*", r"\1 var(--font)", text)
    text = re.sub(r"font-family: [^;\"]*", "font-family: var(--font)", text)
    return themed(text.replace(INK, "currentColor").replace(PAPER, "var(--bg)"))


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG file on white, for papers and slides."""
    file = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(file, format="png", dpi=220, facecolor="white", metadata={"Software": None})
    return file.getvalue()


def both_widths(draw: Callable[..., Figure], things: Sequence[Any], name: str, alt: str) -> Markup | None:
    """A figure for wide and for narrow pages, of which the style sheet shows one; `None` of nothing."""
    if not things:
        return None
    wide, narrow = to_svg(draw(things), name, alt), to_svg(draw(things, narrow=True), f"{name}-n", alt)
    return Markup(f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>')


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
