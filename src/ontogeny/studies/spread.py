"""Numbers of several seeds as one cell of a table."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.section import Spread


def spread(values: np.ndarray) -> Spread | float | None:
    """Median and interval over seeds; a number where there is one seed, `None` where there is no number."""
    known = values[~np.isnan(values)]
    if not known.size:
        return None
    median, low, high = (float(each) for each in median_interval(known))
    return median if values.size == 1 else Spread(median, low, high, known.size, values.size)


def percent(values: np.ndarray) -> str | None:
    """Median and interval over seeds of shares from 0 to 1, in percent; `None` where there is no number.

    Args:
        values: `(seeds,)`; what is not a number is left out.
    """
    found = spread(100 * values)
    if isinstance(found, Spread):
        ends = f" [{found.low:.1f}, {found.high:.1f}]" if found.known > 1 else ""
        return f"{found.middle:.1f}{ends}"
    return None if found is None else f"{found:.1f}"
