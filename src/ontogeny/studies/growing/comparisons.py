"""Claims about one way of training over another, on every picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from ontogeny.runs.growing_models import Way
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.ratio import ratio
from ontogeny.studies.section import Claim, Verdict
from ontogeny.studies.verdicts import Found, below_one, equal, numbers


def _rise(evidence: Evidence, name: str) -> np.ndarray:
    last = str(evidence.found[name, "growth"][0]["steps"])
    end, early = (evidence.values(name, "growth", "loss", step, "median") for step in (last, "35"))
    return np.asarray(end / early)


def _healed(evidence: Evidence, name: str) -> np.ndarray:
    return evidence.values(name, "erase-bottom", "loss", "end", "median")


def _harm(measurement: str, evidence: Evidence, name: str) -> np.ndarray:
    return np.asarray(10 ** evidence.values(name, measurement, "area"))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A claim about one way of training over another, on every picture.

    Attributes:
        text: the claim.
        test: what is measured.
        value: of a model, by its name, `(seeds,)`.
        one: the way whose value is divided.
        other: the way that it is divided by.
        judge: from the ratios to the verdict.
        controls: ways without evolution, by what they are called. The claim is not of evolution as such where one of
            them has it too.
    """

    text: str
    test: str
    value: Callable[[Evidence, str], np.ndarray]
    one: str
    other: str
    judge: Callable[[Found], Verdict]
    controls: Mapping[str, str] = dataclasses.field(default_factory=dict)


WITHOUT_EVOLUTION: dict[str, Way] = {
    "Adam under weight noise of 0.01": "adam-noise",
    "Gradients in evolution's steps": "muon",
}
"""Controls: what evolution has here, without the evolution."""

_UNEQUAL = "With a pool it was trained for more generations, of two episodes an evaluation (see Cost)."

COMPARISONS = (
    Comparison(
        "Sample pools do not matter to evolution.",
        "Rise of the loss from update 35 to the last, with a pool that works over without. (Nothing was ever read from "
        f"the published one.) {_UNEQUAL}",
        _rise,
        "es-pool",
        "es",
        equal,
    ),
    Comparison(
        "After erasing, Adam trained with a pool has the lower loss.",
        "Loss at the end of the run whose bottom rows were erased, Adam's over evolution's, both with a pool.",
        _healed,
        "adam-pool",
        "es-pool",
        below_one,
    ),
    Comparison(
        "Evolution regenerates as well with a pool as without.",
        f"The same loss, evolution's with a pool that works over that without. {_UNEQUAL}",
        _healed,
        "es-pool",
        "es",
        equal,
    ),
    Comparison(
        "Evolution bears the sign attack during growth better.",
        "The signs alone, 0.007 strong after each of the first 40 updates: by what factor they raise the loss on "
        "average, evolution's over Adam's, both with a pool.",
        partial(_harm, "free-signs-growing"),
        "es-pool",
        "adam-pool",
        below_one,
    ),
    Comparison(
        "On a larger canvas evolution keeps the shape, and Adam does not.",
        "By what factor a canvas of 39 cells raises the loss on average: evolution's without a pool, σ 0.01, over "
        "that of Adam with one, the two of figure 18. It does not hold of evolution as such where Adam without a pool "
        "under weight noise of the same σ, or gradients in evolution's steps, lose less than Adam with one, too. It is "
        "a factor: a net whose loss is higher to begin with has less to lose.",
        partial(_harm, "canvas"),
        "es-wide",
        "adam-pool",
        below_one,
        WITHOUT_EVOLUTION,
    ),
)
"""In the order of the text."""


def compared(comparison: Comparison, pictures: Sequence[str], evidence: Evidence) -> Claim:
    """The claim with its ratios and its verdict.

    Args:
        comparison: what is claimed.
        pictures: such as `carrot-9`; those without both ways are left out.
        evidence: what was found.
    """

    def values(picture: str, way: str) -> np.ndarray:
        return comparison.value(evidence, f"{picture}-{way}")

    def against(way: str) -> Found:
        return {
            each: ratio(values(each, way), values(each, comparison.other))
            for each in pictures
            if evidence.has(f"{each}-{way}", f"{each}-{comparison.other}")
        }

    found, controls = against(comparison.one), {label: against(way) for label, way in comparison.controls.items()}
    controls = {label: ratios for label, ratios in controls.items() if ratios and found}
    verdict = comparison.judge(found)
    too = [label for label, ratios in controls.items() if comparison.judge(ratios) == "holds"]
    beside = [f"{label}: {numbers(ratios)}" for label, ratios in controls.items()]
    also = [f"Without evolution, too: {', '.join(too)}."] if too else []
    return Claim(
        comparison.text,
        comparison.test,
        "holds only if" if verdict == "holds" and too else verdict,
        " ".join([numbers(found), *beside, *also]),
    )
