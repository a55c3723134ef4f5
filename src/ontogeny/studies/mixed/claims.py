"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.attack_claims import alone_claim, children_claim, members_claim, open_question
from ontogeny.studies.mixed.published import TIMES
from ontogeny.studies.mixed.reading import likeness
from ontogeny.studies.mixed.settings import CONTROLLED, HORIZONTAL, VERTICAL
from ontogeny.studies.ratio import ratio
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.seeds import every_seed, numbers, over_seeds
from ontogeny.studies.verdicts import ENOUGH

GAIN = 0.9
"""A smaller error is a gain where it is surely less than so many times the other one."""

HALF = 0.5
"""A layer clusters when the mean cosine similarity of two members passes this."""

GONE = 0.95
"""Variety is gone where the mean cosine similarity of every layer is above this."""


def claims_section(evidence: Evidence) -> Section:
    """All claims, in the order of the text, and its open question."""
    parts = (
        _accuracy(evidence),
        _time(evidence),
        _variety(evidence),
        _output_layer(evidence),
        alone_claim(evidence),
        members_claim(evidence),
        children_claim(evidence),
        open_question(evidence),
    )
    words = (
        "A verdict follows from the printed interval: the 95 % percentile bootstrap over seeds, or the full range "
        f"where there are fewer than five; with fewer than {ENOUGH} seeds nothing is judged. Intervals do not allow "
        "for their number: about one in twenty excludes what is true.",
    )
    return Section("What the text claims", words, parts)


def _errors(accuracies: np.ndarray) -> np.ndarray:
    return np.asarray(1 - accuracies)


def _accuracy(evidence: Evidence) -> Claim:
    population, nets = every_seed(evidence, CONTROLLED), every_seed(evidence, "baseline")
    best = np.asarray([each["accuracy"][0] for each in population])
    one = np.asarray([each["accuracy"][0] for each in nets])
    long, many = numbers(nets, "long"), numbers(nets, "mixtures", "ensemble")
    gained = ratio(_errors(best), _errors(one))
    verdict: Verdict = "undecided"
    if gained.seeds >= ENOUGH:
        verdict = "does not hold" if gained.high < GAIN else "holds" if gained.low > GAIN else "undecided"
    return Claim(
        "Recombination gains no accuracy over one net trained as usual.",
        "The test error of the member that is best on images held back (controlled preset), over that of one net after "
        f"as many epochs. It holds where that is surely above {GAIN}.",
        verdict,
        f"{gained}. For the same arithmetic as the population, one net trained on: "
        f"{ratio(_errors(long), _errors(best))} times the population's error; independent nets that answer together: "
        f"{ratio(_errors(many), _errors(best))}.",
    )


def _time(evidence: Evidence) -> Claim:
    population, nets = every_seed(evidence, HORIZONTAL), every_seed(evidence, "baseline")
    each = np.asarray([np.median(one["seconds"][1:]) for one in population])
    count = len(nets[0]["accuracy"])
    # Of nets alone the seconds hold compilation, which is the smaller part the longer they learn.
    alone = np.asarray([one["long_seconds"] / count for one in nets]) / _generations(evidence)
    found = ratio(each, alone)
    verdict: Verdict = "undecided"
    if found.seeds >= ENOUGH:
        alike = found.low > TIMES / 2 and found.high < TIMES * 2
        verdict = "holds" if alike else "does not hold" if found.high < TIMES / 2 or found.low > TIMES * 2 else verdict
    return Claim(
        "A population takes 30 times as long as one net.",
        "Seconds of a generation, judging included, over those of an epoch of one net. It holds within a factor of 2.",
        verdict,
        f"{found}. It trains {count} nets.",
    )


def _generations(evidence: Evidence) -> int:
    return len(every_seed(evidence, VERTICAL)[0]["judged"])


def _variety(evidence: Evidence) -> Claim:
    found = every_seed(evidence, HORIZONTAL)
    known = likeness(found)
    middle, last = (known[:, place].min(1) for place in (_generations(evidence), -1))
    verdict: Verdict = "undecided"
    if len(last) >= ENOUGH:
        verdict = "holds" if last.min() > GONE else "does not hold" if last.max() < GONE else "undecided"
    layers = ", ".join(f"layer {number + 1} {value:.2f}" for number, value in enumerate(np.median(known[:, -1], 0)))
    return Claim(
        "Beyond six generations variety disappears: all members become nearly the same.",
        "The mean cosine similarity of two members, of the layer in which they are least alike, after "
        f"{known.shape[1] - 1} generations of the published preset. It holds if that is above {GONE} for every seed.",
        verdict,
        f"{over_seeds(last)}; after {_generations(evidence)} generations {over_seeds(middle)}. By layer, median: "
        f"{layers}.",
    )


def _output_layer(evidence: Evidence) -> Claim:
    known = likeness(every_seed(evidence, HORIZONTAL))
    half = np.asarray([[_first_above(layer, HALF) for layer in seed.T] for seed in known])
    ahead = half[:, :-1].min(1) - half[:, -1]
    verdict: Verdict = "undecided"
    if len(ahead) >= ENOUGH:
        verdict = "holds" if ahead.min() > 0 else "does not hold" if ahead.max() < 0 else "undecided"
    return Claim(
        "The output layer clusters first.",
        f"By how many generations the mean similarity of two members passes {HALF:g} earlier in the output layer than "
        "in the layer that is next (published preset, between generations along a line). It holds where that is above "
        "0 for every seed.",
        verdict,
        f"{over_seeds(ahead)}. Layers pass it, medians from the first to the output, after "
        f"{', '.join(f'{value:.1f}' for value in np.median(half, 0))} generations.",
    )


def _first_above(values: np.ndarray, limit: float) -> float:
    """Where a line through values first passes a limit; behind the last if it does not."""
    above = np.flatnonzero(values > limit)
    if not len(above):
        return float(len(values))
    place = above[0]
    return float(place - (values[place] - limit) / (values[place] - values[place - 1])) if place else 0.0
