"""Numbers of the study's experiments, seed by seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plasticity.plan import BASELINES
from ontogeny.studies.plasticity.settings import EVOLVED, LEARNED
from ontogeny.studies.seeds import every_seed, numbers

Named = dict[str, list[dict[str, Any]]]
"""What was found with each seed, by what it is called on the page."""


def learned(evidence: Evidence) -> Named:
    """Rules that were learned on many sets."""
    found = {name: every_seed(evidence, name) for name in LEARNED}
    return {name: each for name, each in found.items() if each}


def beside(evidence: Evidence) -> Named:
    """What there is without learned rules; the same rules in nets of both sizes."""
    found: Named = {}
    for name, of in BASELINES.items():
        size = "" if of == EVOLVED else name.removeprefix("baselines")
        for rule in every_seed(evidence, name)[0]:
            found[f"{rule}{size}"] = [each[rule] for each in every_seed(evidence, name)]
    for way in every_seed(evidence, "weights")[0]:
        found[f"{way}, 20 hidden units"] = [each[way] for each in every_seed(evidence, "weights")]
    return found


def courses(found: list[dict[str, Any]], over: int = 1) -> np.ndarray:
    """Accuracy after each step of each seed, `(seeds, steps)`, a mean over so many steps before."""
    values = np.asarray([each["course"] for each in found])
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), 1)
    ends = np.arange(1, values.shape[1] + 1)
    starts = np.maximum(0, ends - over)
    return np.asarray((sums[:, ends] - sums[:, starts]) / (ends - starts))


def errors(found: list[dict[str, Any]], what: str) -> np.ndarray:
    """Share of wrong answers of each seed."""
    return np.asarray(1 - numbers(found, what))
