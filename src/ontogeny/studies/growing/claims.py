"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ontogeny.runs.statistics import FEWEST
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.models import Kind
from ontogeny.studies.ratio import Ratio, ratio
from ontogeny.studies.section import Claim, Section, Verdict

_ENOUGH = 3
"""With fewer seeds nothing follows."""


def claims_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """All claims, in the order of the text."""
    by_name = {kind.name: kind for kind in kinds}
    parts = tuple(claim for test in (_stops, _pools, _erasing, _signs, _clamp) for claim in [test(by_name, evidence)])
    words = (
        "A verdict needs the same answer on every picture, and intervals of the ratio that exclude 1. With fewer than "
        f"{FEWEST} seeds the interval is the full range and the verdict is a hint; "
        f"with fewer than {_ENOUGH} there is none.",
    )
    return Section("What the text claims", words, parts)


def _ratios(kinds: dict[str, Kind], value: Callable[[str], np.ndarray], one: str, other: str) -> dict[str, Ratio]:
    """On each picture, a value of one model over that of another."""
    pictures = dict.fromkeys(kind.picture for kind in kinds.values())
    return {picture: ratio(value(f"{picture}-{one}"), value(f"{picture}-{other}")) for picture in pictures}


def _stops(kinds: dict[str, Kind], evidence: Evidence) -> Claim:
    found = _ratios(kinds, lambda name: _rise(evidence, name), "es", "adam")
    return Claim(
        "Without a sample pool, evolution learns to stop growing, and Adam does not.",
        "Loss at the last update over that at update 35, evolution's over Adam's; below 1, evolution stays "
        "better. Training losses are not matched in this budget.",
        _verdict(list(found.values())),
        _numbers(found),
    )


def _pools(kinds: dict[str, Kind], evidence: Evidence) -> Claim:
    found = _ratios(kinds, lambda name: _rise(evidence, name), "es-pool", "es")
    differ = all(each.excludes_one and each.seeds >= _ENOUGH for each in found.values())
    return Claim(
        "Sample pools do not matter to evolution.",
        "Rise of the loss from update 35 to the last, with a pool that works over without. (The published "
        "pool never held anything but the seed.)",
        "does not hold" if differ else "undecided",
        _numbers(found),
    )


def _erasing(kinds: dict[str, Kind], evidence: Evidence) -> Claim:
    def end(name: str) -> np.ndarray:
        return evidence.values(name, "erase-bottom", "loss", "end", "median")

    found = _ratios(kinds, end, "adam-pool", "es-pool")
    return Claim(
        "After erasing, Adam trained with a pool has the lower loss.",
        "Loss at the end of the run whose bottom rows were erased, Adam's over evolution's, both with a pool.",
        _verdict(list(found.values())),
        _numbers(found),
    )


def _signs(kinds: dict[str, Kind], evidence: Evidence) -> Claim:
    def harm(name: str) -> np.ndarray:
        return np.asarray(10 ** evidence.values(name, "free-signs-growing", "area"))

    found = _ratios(kinds, harm, "es-pool", "adam-pool")
    return Claim(
        "Evolution bears the sign attack during growth better.",
        "The signs alone, 0.007 strong after each of the first 40 updates: by what factor they raise the loss on "
        "average, evolution's over Adam's, both with a pool.",
        _verdict(list(found.values())),
        _numbers(found),
    )


def _clamp(kinds: dict[str, Kind], evidence: Evidence) -> Claim:
    gaps = {
        name: np.abs(evidence.values(name, "signs-growing", "area") - evidence.values(name, "clamp-growing", "area"))
        for name in kinds
    }
    worst = max(gaps, key=lambda name: float(np.max(gaps[name])))
    largest = float(np.max(gaps[worst]))
    return Claim(
        "The published attack during growth is adversarial noise.",
        "Decades lost to the attack as published (7e-7, then the clamp), less those lost to the clamp alone.",
        "does not hold" if largest < 0.05 and len(gaps[worst]) >= _ENOUGH else "undecided",
        f"The largest difference in any of {len(gaps)} models and their seeds is {largest:.3f} decades ({worst}).",
    )


def _rise(evidence: Evidence, name: str) -> np.ndarray:
    last = str(evidence.found[name, "growth"][0]["steps"])
    end, early = (evidence.values(name, "growth", "loss", step, "median") for step in (last, "35"))
    return np.asarray(end / early)


def _verdict(ratios: list[Ratio]) -> Verdict:
    if any(each.seeds < _ENOUGH for each in ratios):
        return "undecided"
    if all(each.high < 1 for each in ratios):
        return "holds"
    if all(each.low > 1 for each in ratios):
        return "does not hold"
    return "undecided"


def _numbers(found: dict[str, Ratio]) -> str:
    return "; ".join(f"{picture}: {each}" for picture, each in found.items()) + "."
