"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.runs.growing_models import Kind
from ontogeny.runs.statistics import FEWEST
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.comparisons import COMPARISONS, WITHOUT_EVOLUTION, compared
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


_NOISY, _NARROW, _PLAIN = "es-wide", "es", "adam"


def _stops(pictures: Sequence[str], evidence: Evidence) -> Claim:
    ways = {"Evolution with σ 0.01": _NOISY, "Evolution with σ 0.0005": _NARROW, **WITHOUT_EVOLUTION}
    levels: dict[str, float] = {}
    found: dict[str, Found] = {label: {} for label in ways}
    for picture in pictures:
        names = {way: f"{picture}-{way}" for way in (_PLAIN, *ways.values())}
        if not evidence.has(*names.values()):
            continue
        levels[picture], rises = rise_at_matched_loss(evidence, list(names.values()))
        for label, way in ways.items():
            found[label][picture] = ratio(rises[names[way]], rises[names[_PLAIN]])
    judged = [each for each in levels if all(ratios[each].seeds >= ENOUGH for ratios in found.values())]
    verdicts = {label: below_one({each: ratios[each] for each in judged}) for label, ratios in found.items()}
    wide, narrow, *_ = verdicts.values()
    too = [label for label in WITHOUT_EVOLUTION if verdicts[label] == "holds"]
    limited = too or narrow == "does not hold"
    also = f" Growth stays better without evolution, too: {', '.join(too)}." if too else ""
    matched = ", ".join(f"{picture} at {level:.2g}" for picture, level in levels.items()) or "none"
    return Claim(
        "Without a sample pool, evolution learns to stop growing, and Adam does not.",
        f"The loss after {LATER} updates over that after {TRAINED}, where all ways have the same training loss "
        f"({matched}), as a multiple of Adam's; below 1, growth stays better. The claim is of evolution with σ 0.01, "
        "as published. It does not hold of evolution as such where a control without evolution has it too: Adam "
        "under weight noise of the same σ, or the gradient by backpropagation, of the same length every time, in the "
        "episodes, the optimizer and the schedule of evolution. The match is where the worst of them ends; the others "
        "are read in the middle of their training.",
        "holds only if" if wide == "holds" and limited else wide,
        " ".join(f"{label}: {numbers(ratios)}" for label, ratios in found.items()) + also,
    )


def _clamp(names: Sequence[str], evidence: Evidence) -> Claim:
    gaps = {
        name: np.abs(evidence.values(name, "signs-growing", "area") - evidence.values(name, "clamp-growing", "area"))
        for name in names
    }
    worst = max(gaps, key=lambda name: float(np.max(gaps[name])))
    largest = float(np.max(gaps[worst]))
    nets, enough = sum(map(len, gaps.values())), any(len(gap) >= ENOUGH for gap in gaps.values())
    return Claim(
        "The published attack during growth is adversarial noise.",
        "Decades lost to the attack as published (7e-7, then the clamp), less those lost to the clamp alone. "
        f"It does not hold where that is less than 0.05 for every net, and some model has {ENOUGH} seeds.",
        "does not hold" if largest < 0.05 and enough else "undecided",
        f"The largest difference in any of {nets} nets of {len(gaps)} models is {largest:.3f} decades ({worst}).",
    )


def _large(evidence: Evidence) -> Claim:
    found = evidence.experiments[EVOLVED]
    low, middle, high = (found["loss"][part] for part in ("q10", "median", "q90"))
    updates = "{} to {}".format(*found["updates"])
    fires = "All cells fire at once" if found["fire_rate"] == 1 else f"Cells fire with probability {found['fire_rate']}"
    # Where all cells fire there is no chance, and one rollout is as good as many.
    rollouts = "" if found["fire_rate"] == 1 else f" and {found['rollouts']} rollouts of each"
    return Claim(
        "A picture of 40×40 cells is out of reach of evolution.",
        f"A 40×40 lizard by evolution alone, one training: its loss after {updates} updates. {fires}. It "
        f"does not hold where the loss is below a quarter of an empty canvas's, {found['empty']:.2g}.",
        "does not hold" if high < found["empty"] / 4 else "undecided",
        f"{middle:.2g}, from {low:.2g} to {high:.2g} over lengths{rollouts} (outer deciles); "
        f"{found['evaluations']:,} episodes, {found['seconds'] / 60:.0f} minutes of training. With the bottom half "
        f"erased it has {found['healed']['median']:.2g} after {found['healing']} updates more, untouched "
        f"{found['untouched']['median']:.2g}.",
    )
