"""Points that move from frame to frame on the page of a study: drawn in the browser, a still where it may not be."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from ontogeny.report.palette import class_colour, themed
from ontogeny.studies.section import Film

SIDE = 200
"""Of a panel, in the units of its picture."""

_MARGIN = 12


def film(it: Film) -> dict[str, Any]:
    """What the page's template draws.

    Args:
        it: frames of points.

    Returns:
        `panels`: the name of each with the places of its points in each frame, in units of the picture; `captions` of
        the frames; `colours` of the points; `still`, the circles of the last frame in each panel, as markup.
    """
    every = np.concatenate([np.asarray(points).reshape(-1) for _, row in it.frames for points in row])
    most = float(np.abs(every[np.isfinite(every)]).max(initial=0)) or 1.0
    scale = (SIDE / 2 - _MARGIN) / most

    def placed(points: np.ndarray) -> list[list[float]]:
        known = np.nan_to_num(np.asarray(points, np.float64)) * scale
        return [[round(SIDE / 2 + float(x), 1), round(SIDE / 2 - float(y), 1)] for x, y in known]

    panels = [
        {"name": name, "frames": [placed(row[number]) for _, row in it.frames]}
        for number, name in enumerate(it.columns)
    ]
    count = len(panels[0]["frames"][0])
    colours = [class_colour(number) for number in range(count)]
    stills = [
        Markup("").join(
            Markup(themed(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'))
            for (x, y), colour in zip(panel["frames"][-1], colours, strict=True)
        )
        for panel in panels
    ]
    return {
        "data": {"captions": [caption for caption, _ in it.frames], "panels": panels},
        "stills": list(zip(it.columns, stills, strict=True)),
        "side": SIDE,
    }
