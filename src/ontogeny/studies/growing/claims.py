"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.runs.growing_models import Kind, Way
from ontogeny.runs.statistics import FEWEST
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.comparisons import COMPARISONS, compared
from ontogeny.studies.growing.lizard import EVOLVED
from ontogeny.studies.growing.matched import rise_at_matched_loss
from ontogeny.studies.growing.measurements import LATER, TRAINED
from ontogeny.studies.ratio import ratio
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.verdicts import ENOUGH, Found, below_one, numbers


def claims_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """All claims, in the order of the text."""
    pictures = list(dict.fromkeys(kind.picture for kind in kinds))
    names = [kind.name for kind in kinds]
    parts = (
        _workers(evidence),
        _stops(pictures, evidence),
        *(compared(comparison, pictures, evidence) for comparison in COMPARISONS),
        _clamp(names, evidence),
        *([_large(evidence)] if EVOLVED in evidence.experiments else []),
    )
    words = (
        f"A verdict needs the same answer on every picture that has {ENOUGH} seeds of both, and intervals of the ratio "
        f"that exclude 1. With fewer than {FEWEST} seeds the interval is the full range and the verdict is a hint; "
        f"what has fewer than {ENOUGH} is shown and not judged. Two things are alike where their ratio is surely "
        "between a half and two, and not where it is surely outside. The claims about workers, the clamp and the "
        "lizard are judged as they say.",
    )
    return Section("What the text claims", words, parts)


def _workers(evidence: Evidence) -> Claim:
    found = evidence.experiments["workers"]
    faster = ratio(np.asarray(found["one"]), np.asarray(found["all"]), over="repeats")
    verdict: Verdict = "undecided"
    if found["cores"] > 1 and not found["plain"] and faster.excludes_one:
        verdict = "does not hold" if faster.low > 1 else "holds"
    plain = f" The plain version ran ({found['plain']}), which does not count cores." if found["plain"] else ""
    return Claim(
        "Parallel workers do not make evolution faster.",
        f"The time that a population takes to grow on one core over that on {found['cores']}, in turns. "
        "(The published program started a process for each member of each generation.)",
        verdict,
        f"{faster}.{plain}",
    )


_NOISY, _PLAIN = "es-wide", "adam"

_CONTROLS: dict[str, Way] = {
    "Evolution with σ 0.0005": "es",
    "Adam under weight noise of 0.01": "adam-noise",
    "Gradients in evolution's steps": "muon",
}
"""What evolution with a σ of 0.01 has beside that it is evolution, one by one."""


def _stops(pictures: Sequence[str], evidence: Evidence) -> Claim:
    levels: dict[str, float] = {}
    wide: Found = {}
    controls: dict[str, Found] = {name: {} for name in _CONTROLS}
    for picture in pictures:
        names = {way: f"{picture}-{way}" for way in (_NOISY, _PLAIN, *_CONTROLS.values())}
        if not evidence.has(*names.values()):
            continue
        levels[picture], rises = rise_at_matched_loss(evidence, list(names.values()))
        wide[picture] = ratio(rises[names[_NOISY]], rises[names[_PLAIN]])
        for control, way in _CONTROLS.items():
            controls[control][picture] = ratio(rises[names[way]], rises[names[_PLAIN]])
    verdict = below_one(wide)
    narrow, *without = (below_one(found) for found in controls.values())
    if verdict == "holds" and (narrow == "does not hold" or "holds" in without):
        verdict = "holds only if"
    matched = ", ".join(f"{picture} at {level:.2g}" for picture, level in levels.items())
    return Claim(
        "Without a sample pool, evolution learns to stop growing, and Adam does not.",
        f"At the same training loss ({matched}): the loss after {LATER} updates over that after {TRAINED}, over "
        "Adam's; below 1, growth stays better. Evolution has a σ of 0.01, as published. It holds only if weights are "
        "noisy, or only for evolution's steps, where a control without evolution beats Adam too: Adam under weight "
        "noise, or the gradient by backpropagation in the episodes, the optimizer and the learning rate of evolution; "
        "or where a σ of 0.0005 does not do it. At the match, what learns faster has more of its learning rate left.",
        verdict,
        " ".join(f"{name}: {numbers(found)}" for name, found in {"Evolution": wide, **controls}.items()),
    )


def _clamp(names: Sequence[str], evidence: Evidence) -> Claim:
    gaps = {
        name: np.abs(evidence.values(name, "signs-growing", "area") - evidence.values(name, "clamp-growing", "area"))
        for name in names
    }
    worst = max(gaps, key=lambda name: float(np.max(gaps[name])))
    largest = float(np.max(gaps[worst]))
    nets = sum(map(len, gaps.values()))
    return Claim(
        "The published attack during growth is adversarial noise.",
        "Decades lost to the attack as published (7e-7, then the clamp), less those lost to the clamp alone.",
        "does not hold" if largest < 0.05 and nets >= ENOUGH else "undecided",
        f"The largest difference in any of {nets} nets of {len(gaps)} models is {largest:.3f} decades ({worst}).",
    )


def _large(evidence: Evidence) -> Claim:
    found = evidence.experiments[EVOLVED]
    low, middle, high = (found["loss"][part] for part in ("q10", "median", "q90"))
    updates = "{} to {}".format(*found["updates"])
    fires = "All cells fire at once" if found["fire_rate"] == 1 else f"Cells fire with probability {found['fire_rate']}"
    return Claim(
        "A picture of 40×40 cells is out of reach of evolution.",
        f"A 40×40 lizard by evolution alone, one training: its loss after {updates} updates. {fires}. It "
        f"does not hold where the loss is below a quarter of an empty canvas's, {found['empty']:.2g}.",
        "does not hold" if high < found["empty"] / 4 else "undecided",
        f"{middle:.2g}, over lengths and {found['rollouts']} rollouts of each from {low:.2g} to {high:.2g} (outer "
        f"deciles); {found['evaluations']:,} episodes, {found['seconds'] / 60:.0f} minutes of training. With the "
        f"bottom half erased it has {found['healed']['median']:.2g} after {found['healing']} updates more, untouched "
        f"{found['untouched']['median']:.2g}.",
    )
