"""What the text claims about attacks, and its open question."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.reading import between, incentive_name, on_itself
from ontogeny.studies.mixed.settings import HORIZONTAL, INCENTIVES, PLAIN, VERTICAL
from ontogeny.studies.ratio import Ratio, ratio
from ontogeny.studies.section import Claim, Verdict
from ontogeny.studies.seeds import every_seed, numbers, over_seeds
from ontogeny.studies.verdicts import ENOUGH

NONE = 0.05
"""There is no resistance where fewer images than this are still told right."""

ALIKE = 2.0
"""Resistance is alike where it is surely less than so many times the other."""

CLEAN = 0.96
"""What nets have to get right without an attack for their resistance to count."""


def alone_claim(evidence: Evidence) -> Claim:
    """Whether members resist attacks on themselves."""
    found = every_seed(evidence, HORIZONTAL) + every_seed(evidence, VERTICAL)
    theirs, pixels = (on_itself(found, "transfer", attack) for attack in ("published", "pixels"))
    verdict: Verdict = "undecided"
    if len(theirs) >= ENOUGH:
        verdict = "holds" if theirs.max() < NONE else "does not hold" if theirs.min() > NONE else "undecided"
    return Claim(
        "No member resists attacks on its own.",
        "Accuracy of members on images made against themselves, by the attack as published. It holds where that is "
        f"below {NONE} for every seed.",
        verdict,
        f"{over_seeds(theirs)}. In pixel units, 0.1 of the range with pixels kept in it: {over_seeds(pixels)}.",
    )


def members_claim(evidence: Evidence) -> Claim:
    """Whether members resist attacks on other members."""
    members = every_seed(evidence, HORIZONTAL) + every_seed(evidence, VERTICAL)
    nets = every_seed(evidence, "baseline")
    found = {
        each: ratio(between(members, "transfer", each), between(nets, "transfer", each))
        for each in ("published", "pixels")
    }
    return Claim(
        "Attacks on one member work on the others: there is little resistance within the population.",
        "Accuracy of members on images made against other members, over that of independent nets on images made "
        "against each other. It does not hold where that is surely above 1 by both attacks, and holds where it is "
        f"surely below {ALIKE:g} by both.",
        _no_better(list(found.values())),
        f"As published: {found['published']}, {over_seeds(between(members, 'transfer', 'published'))} against "
        f"{over_seeds(between(nets, 'transfer', 'published'))}. In pixel units: {found['pixels']}, "
        f"{over_seeds(between(members, 'transfer', 'pixels'))} against "
        f"{over_seeds(between(nets, 'transfer', 'pixels'))}.",
    )


def _no_better(found: list[Ratio]) -> Verdict:
    if any(each.seeds < ENOUGH for each in found):
        return "undecided"
    if all(each.low > 1 for each in found):
        return "does not hold"
    return "holds" if all(each.high < ALIKE for each in found) else "undecided"


def children_claim(evidence: Evidence) -> Claim:
    """Whether children resist attacks on other children."""
    found, nets = every_seed(evidence, HORIZONTAL) + every_seed(evidence, VERTICAL), every_seed(evidence, "baseline")
    apart = between(nets, "transfer", "published")
    young, trained = (ratio(between(found, age, "transfer", "published"), apart) for age in ("young", "trained"))
    verdict: Verdict = "undecided"
    if young.seeds >= ENOUGH:
        better = (young.low > 1, trained.low > 1)
        verdict = "holds" if all(better) else "holds only if" if better[0] else verdict
        verdict = "does not hold" if young.high < 1 else verdict
    clean = {age: over_seeds(numbers(found, age, "accuracy")) for age in ("young", "trained")}
    return Claim(
        "Children of a diverse population resist attacks on their siblings somewhat (5 to 15 %, once 33 %).",
        "Accuracy of children on images made against other children, as published, over that of independent nets. It "
        "holds where that is surely above 1 before and after the children are trained, and only if they are left "
        "untrained where it is before alone.",
        verdict,
        f"Untrained, as in the text: {young}, {over_seeds(between(found, 'young', 'transfer', 'published'))}, of clean "
        f"images {clean['young']}. After an epoch of training: {trained}, "
        f"{over_seeds(between(found, 'trained', 'transfer', 'published'))}, of clean images {clean['trained']}.",
    )


def open_question(evidence: Evidence) -> Claim:
    """Whether an incentive to be different buys resistance."""
    judged = {name: every_seed(evidence, incentive_name(name)) for name in INCENTIVES if name != PLAIN}
    good = {name: found for name, found in judged.items() if found and numbers(found, "accuracy").min() >= CLEAN}
    apart = {name: between(_alone_as(evidence, name), "transfer", "pixels") for name in good}
    ratios = {name: ratio(between(found, "transfer", "pixels"), apart[name]) for name, found in good.items()}
    better = {name: each for name, each in ratios.items() if each.seeds >= ENOUGH and each.low > 1}
    verdict: Verdict = "undecided"
    if better:
        verdict = "holds only if"
    elif ratios and all(each.seeds >= ENOUGH and each.high < 1 for each in ratios.values()):
        verdict = "does not hold"
    return Claim(
        "The open question: some incentive to be different makes children resist attacks on their siblings.",
        f"Accuracy of trained children, which get at least {CLEAN:.0%} of clean images right with every seed, on "
        "images made against other children (0.1 of a pixel's range), over that of independent nets with the same "
        "learning rate. It holds only if members are given such an incentive where one is surely above 1, and does "
        "not hold where all are surely below.",
        verdict,
        _answer(evidence, good, apart, ratios, better),
    )


def _alone_as(evidence: Evidence, name: str) -> list[dict[str, Any]]:
    """Independent nets with the learning rate that comes with an incentive."""
    faster = "learning_rate" in INCENTIVES[name][1]
    return every_seed(evidence, "independent, learning rate 0.03" if faster else "independent")


def _answer(
    evidence: Evidence,
    good: dict[str, list[dict[str, Any]]],
    apart: dict[str, np.ndarray],
    ratios: dict[str, Ratio],
    better: dict[str, Ratio],
) -> str:
    if not ratios:
        return "No incentive leaves children that get enough clean images right."
    best = max(ratios, key=lambda name: ratios[name].middle)
    own = between(good[best], "transfer", "pixels")
    control = between(every_seed(evidence, "independent, mutation"), "transfer", "pixels")
    many = {each: over_seeds(numbers(good[best], "from_many", each)) for each in ("ensemble", "pgd")}
    sure = "; ".join(f"{name}, {each}" for name, each in better.items()) or "none"
    text = (
        f"Most with {best}: {over_seeds(own)} against {over_seeds(apart[best])}. Surely more than independent nets: "
        f"{sure}. An attack on all other children at once leaves {many['ensemble']} with {best}, in ten steps "
        f"{many['pgd']}."
    )
    if "mutation" in good:
        same = ratio(between(good["mutation"], "transfer", "pixels"), control)
        text += f" What recombination adds to mutation, over nets alone that are mutated as often: {same}."
    return text
