"""Numbers over two settings on the page of a study: a table whose cells are coloured by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.report.numbers import number
from ontogeny.studies.section import HeatMap

_LEAST, _MOST = 5, 58
"""Percent of colour in the cells of the smallest and the largest number: text in the page's own colour stays
readable on it, at a contrast of 4 to 1 or more, on light and on dark pages."""


def heat_table(heat: HeatMap) -> dict[str, Any]:
    """What the page's template draws.

    Colours follow the logarithm where all numbers are positive, as the axes of losses do, else the number.

    Args:
        heat: its numbers.

    Returns:
        `rows`: the name of each and its cells, `None` or a dictionary of `text`, `ends` and `share` of colour in
        percent; `ends` and `shares`: the smallest and the largest number and their colours, `None` where no number
        is known.
    """
    middle = np.asarray(heat.middle, np.float64)
    known = middle[np.isfinite(middle)]
    shares = _shares(middle, known)

    def cell(row: int, column: int) -> dict[str, Any] | None:
        if not np.isfinite(middle[row, column]):
            return None
        ends = [number(float(each[row, column]), 2) for each in (heat.low, heat.high)]
        text = number(float(middle[row, column]), 2)
        return {
            "text": text,
            "ends": "–".join(ends) if ends[0] != ends[1] else "",
            "share": round(float(shares[row, column])),
        }

    rows = [(name, [cell(row, column) for column in range(len(heat.columns))]) for row, name in enumerate(heat.rows)]
    ends = (number(float(known.min()), 2), number(float(known.max()), 2)) if len(known) else None
    return {"rows": rows, "ends": ends, "shares": (_LEAST, _MOST)}


def _shares(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Percent of colour by value."""
    if not len(known):
        return np.full(values.shape, np.nan)
    if known.min() > 0:
        values, known = np.log(values), np.log(known)
    span = float(np.ptp(known)) or 1.0
    return np.asarray(_LEAST + (_MOST - _LEAST) * (values - known.min()) / span)
