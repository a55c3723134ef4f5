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
