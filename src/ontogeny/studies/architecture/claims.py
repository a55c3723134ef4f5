"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.config_recognition import RESNET
from ontogeny.studies.architecture.published import ACCURACY
from ontogeny.studies.architecture.published import RESNET as PUBLISHED_RESNET
from ontogeny.studies.architecture.reading import ends_percent, least, share_worse
from ontogeny.studies.architecture.settings import FOUND, KNOWN, RANDOM, RANDOM_CELL, SEARCHES, TEXT_SCORES
from ontogeny.studies.architecture.tournament_claim import tournament_claim
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.verdicts import ENOUGH

_CELLS = 100
"""Of fewer random cells nothing follows."""

_FINAL = "cifar10"


def claims_section(evidence: Evidence) -> Section:
    """All claims."""
    words = (
        "Reolon's (2021). A verdict follows from the printed numbers: shares of random cells, or the least and "
        f"greatest of seeds. With fewer than {ENOUGH} seeds, or {_CELLS} cells, nothing is judged.",
    )
    return Section(
        "What the text claims",
        words,
        (
            _known(evidence),
            _fall(evidence),
            _found(evidence),
            _small(evidence),
            tournament_claim(evidence),
        ),
    )


def _known(evidence: Evidence) -> Claim:
    (found,), (known,) = (every_seed(evidence, name) for name in ("scores", "known cells"))
    drawn = list(KNOWN)[:2]
    shares = {name: {score: share_worse(found, known[name], score) for score in TEXT_SCORES} for name in drawn}
    every = [share for each in shares.values() for share in each.values()]
    verdict: Verdict = "undecided"
    if len(found["cells"]) >= _CELLS:
        verdict = "holds" if min(every) > 0.75 else "does not hold" if min(every) < 0.5 else "undecided"
    said = "; ".join(
        f"{name}: " + ", ".join(f"{score} {share:.0%}" for score, share in each.items())
        for name, each in shares.items()
    )
    return Claim(
        "Nets that people designed lie near the origin of the three scores, random ones far from it.",
        f"The share of {len(found['cells'])} random cells that a residual cell and a chain of convolutions are better "
        "than, for each score. It holds where all are above 75 %, and does not where one is below 50 %.",
        verdict,
        f"Better than: {said}.",
    )


def _fall(evidence: Evidence) -> Claim:
    text = next(iter(SEARCHES))
    found, control = every_seed(evidence, f"by scores, {text}"), every_seed(evidence, f"by scores, {RANDOM}")
    verdict: Verdict = "undecided"
    said = []
    falls = []
    for place, score in enumerate(TEXT_SCORES):
        first, *_, last = least(found, place).T
        falls.append(last < first)
        chance = least(control, place).min(1)
        sign = "−" if score == "naswot" else ""
        said.append(
            f"{sign}{score} from {_digits(first)} to {_digits(last)}, least of as many random cells {_digits(chance)}"
        )
    if len(found) >= ENOUGH:
        together = np.all(falls, 0)
        verdict = "holds" if together.all() else "does not hold" if not together.any() else "undecided"
    return Claim(
        "The three scores fall together from generation to generation.",
        "The least of each score in the last generation and in the first, (μ + λ). It holds where in all seeds all "
        "three are less, and does not where in none they are.",
        verdict,
        "; ".join(said) + ".",
    )


def _found(evidence: Evidence) -> Claim:
    found, control = (every_seed(evidence, f"by scores, {name}") for name in ("controlled", RANDOM))
    (scored,) = every_seed(evidence, "scores")
    claim = "The three scores find good cells without training one."
    test = (
        "Accuracy on CIFAR-10, from the table, of the cell that (μ + λ) by the three scores alone keeps, beside the "
        "share of random cells that reach less. It holds where in all seeds it is better than nine of ten, and does "
        "not where in none it is better than half."
    )
    if not found or not found[0]["accuracy"] or not scored["accuracy"]:
        return Claim(claim, test, "undecided", "The table is not to be had here.")
    kept, chance = (np.asarray([each["accuracy"]["cifar10"][-1] for each in one]) for one in (found, control))
    everyone = np.asarray(scored["accuracy"]["cifar10"])
    shares = np.asarray([np.mean(everyone < each) for each in kept])
    verdict: Verdict = "undecided"
    if len(kept) >= ENOUGH:
        verdict = "holds" if shares.min() > 0.9 else "does not hold" if shares.max() < 0.5 else "undecided"
    because = (
        f"{ends_percent(kept)}, better than {ends_percent(shares)} of {len(everyone)} random cells. What the same "
        f"scores keep of as many random cells as were searched: {ends_percent(chance)}."
    )
    return Claim(claim, test, verdict, because)


def _small(evidence: Evidence) -> Claim:
    name = next(iter(FOUND))
    nets = (RESNET, name, RANDOM_CELL)
    resnet, kept, drawn = (every_seed(evidence, f"trained on {_FINAL}, {each}") for each in nets)
    seeds = min(map(len, (resnet, kept, drawn)))
    large, small, chance = (numbers(each, "accuracy")[:seeds] for each in (resnet, kept, drawn))
    gap = large - small
    verdict: Verdict = "undecided"
    if seeds >= ENOUGH:
        allowed = PUBLISHED_RESNET - ACCURACY
        verdict = "holds" if gap.max() <= allowed else "does not hold" if gap.min() > allowed else "undecided"
    because = "Not trained here."
    if seeds:
        share = np.median(numbers(resnet, "parameters")[:seeds] / numbers(kept, "parameters")[:seeds])
        because = (
            f"ResNet-18 {ends_percent(large)}, the cells kept {ends_percent(small)} with a {share:.0f}th of the "
            f"weights, random cells {ends_percent(chance)}; {seeds} seeds."
        )
    return Claim(
        f"Trained alike, a found cell has {ACCURACY:.0%} where a ResNet-18 has {PUBLISHED_RESNET:.0%}, with a "
        "twentieth of the weights.",
        "Accuracy on test pictures of CIFAR-10 of the cells that the text's search keeps, of ResNet-18 and of random "
        "cells, trained alike for a short time. It holds where the gap is at most the published one with every seed, "
        "and does not where it is larger with every seed. Other cells, fewer pictures and epochs than the text's.",
        verdict,
        because,
    )


def _digits(values: np.ndarray) -> str:
    low, middle, high = (f"{each:.3g}".replace("-", "−") for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} ({low} to {high})"
