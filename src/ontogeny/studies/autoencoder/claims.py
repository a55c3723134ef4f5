"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.autoencoder.settings import BY_LAYER, BY_WEIGHT, SEVERAL_PARENTS
from ontogeny.studies.autoencoder.sweep import Sweep
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.ratio import Ratio, ratio
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.verdicts import ENOUGH

CHOOSING = 3
"""Seeds by which the best setting is chosen; the others judge it."""

ALIKE = 0.1
"""Outputs are all alike where they differ by less than this share of what the pictures differ by."""

GAIN = 0.95
"""A change matters where it multiplies the error by less than this."""


def claims_section(evidence: Evidence) -> Section:
    """All claims, in the order of the text."""
    one, ten = Sweep(evidence.experiments["one"]), Sweep(evidence.experiments["ten"])
    parts = (
        _ten_and_ten(one),
        _small_populations(one),
        _collapse(ten),
        _differentiate(ten),
        _out_of_reach(evidence),
        _crossover(evidence),
        _limits(evidence),
    )
    words = (
        "A verdict follows from the printed interval: the 95 % percentile bootstrap over seeds, or the full range "
        f"where there are fewer than five; with fewer than {ENOUGH} seeds nothing is judged. Where a best setting "
        f"is chosen among many, {CHOOSING} seeds choose it and the others judge it, so that the choice does not "
        "flatter it.",
    )
    return Section("What the text claims", words, parts)


def _ten_and_ten(one: Sweep) -> Claim:
    text = "For one picture about ten members and ten changed weights are best."
    choosing = min(CHOOSING, one.seeds - 1)
    best = one.best(choosing)
    found = ratio(one.errors(10, 10)[choosing:], one.errors(*best)[choosing:])
    verdict: Verdict = "undecided"
    if found.seeds >= ENOUGH and found.excludes_one:
        verdict = "does not hold" if found.low > 1 else "holds"
    test = (
        f"The error of that setting over the best one's, {best[0]} members and {best[1]} changed weights, after "
        f"{one.evaluations:,} evaluations of each of {one.seeds} seeds."
    )
    return Claim(text, test, "holds" if best == (10, 10) and found.seeds >= ENOUGH else verdict, f"{found}.")


def _small_populations(one: Sweep) -> Claim:
    found = ratio(one.errors(2, 10), one.errors(10, 10))
    return Claim(
        "With one picture, small populations (2 to 5) end in dead ends or take long.",
        f"The error of 2 members over that of 10, ten changed weights, after {one.evaluations:,} evaluations: with as "
        "many evaluations the smaller population makes more generations.",
        _surely_above(found),
        f"{found}. With 5 members: {ratio(one.errors(5, 10), one.errors(10, 10))}.",
    )


def _collapse(ten: Sweep) -> Claim:
    shares = ten.variety(20, 10)
    low, high = float(shares.min()), float(shares.max())
    verdict: Verdict = "undecided"
    if len(shares) >= ENOUGH:
        verdict = "holds" if high < ALIKE else "does not hold" if low > ALIKE else "undecided"
    return Claim(
        "With many changed weights all outputs collapse to the average of the pictures.",
        f"How much ten outputs differ from each other, as a share of how much the pictures do: 20 members, ten changed "
        f"weights, {ten.evaluations:,} evaluations. It holds where that is below {ALIKE} for every seed.",
        verdict,
        f"{np.median(shares):.2g}, from {low:.2g} to {high:.2g} over {len(shares)} seeds. The error is "
        f"{np.median(ten.errors(20, 10)):.3f}.",
    )


def _differentiate(ten: Sweep) -> Claim:
    found = ratio(ten.variety(100, 1) + _TINY, ten.variety(20, 10) + _TINY)
    apart = ten.told_apart(100, 1)
    return Claim(
        "One changed weight and a larger population tell the pictures apart.",
        "How much the ten outputs of 100 members with one changed weight differ, over the same of 20 members with ten.",
        _surely_above(found),
        f"{found}. Told apart: {np.median(apart) * 10:.0f} of 10, from {apart.min() * 10:.0f} to "
        f"{apart.max() * 10:.0f}.",
    )


_TINY = 1e-4
"""Added to how much outputs differ, since nothing at all can be divided by."""


def _out_of_reach(evidence: Evidence) -> Claim:
    claim = "Ten pictures are out of reach of evolution."
    median = evidence.experiments["pictures"]["median"]
    test = (
        f"The error over that of answering the median picture every time, {median:.3f}, and how many are told apart: "
        "evolution strategies, and the published algorithm with 20 members and one changed weight. It does not hold "
        "where an error is surely below 0.85 and all ten are told apart for every seed; it holds only of the published "
        "algorithm where that does so for no seed."
    )
    if not evidence.has("ten-es"):
        return Claim(claim, test, "undecided", "nothing to compare.")
    errors, apart = (evidence.values("ten-es", "reconstruct", each) for each in ("mean_absolute", "told_apart"))
    if evidence.has("ten-ga"):
        genetic, few = (evidence.values("ten-ga", "reconstruct", each) for each in ("mean_absolute", "told_apart"))
        after = max(float(one.result["evaluations"]) for one in evidence.trained["ten-ga"])
    else:
        found = evidence.experiments["ten"]["20-1"]
        genetic, few = np.asarray(found["mean_absolute"]), np.asarray(found["told_apart"])
        after = found["evaluations"][-1]
    ours, theirs = (ratio(each, np.full(len(each), median)) for each in (errors, genetic))
    verdict: Verdict = "undecided"
    if ours.seeds >= ENOUGH and ours.high < 0.85 and bool((apart == 1).all()):
        verdict = "holds only if" if theirs.seeds >= ENOUGH and bool((few < 1).all()) else "does not hold"
    return Claim(
        claim,
        test,
        verdict,
        f"Evolution strategies: {ours}; told apart {_of_ten(apart)}. The published algorithm after {after:,.0f} "
        f"evaluations: {theirs}; told apart {_of_ten(few)}.",
    )


def _of_ten(shares: np.ndarray) -> str:
    low, high = (f"{each * 10:.0f}" for each in (shares.min(), shares.max()))
    return f"{low} of 10" if low == high else f"{low} to {high} of 10"


def _crossover(evidence: Evidence) -> Claim:
    found = evidence.experiments["variants"]
    without = np.asarray(found[SEVERAL_PARENTS]["mean_absolute"])
    ratios = {name: ratio(np.asarray(found[name]["mean_absolute"]), without) for name in (BY_WEIGHT, BY_LAYER)}
    verdict: Verdict = "undecided"
    if all(each.seeds >= ENOUGH for each in ratios.values()):
        if all(each.low > GAIN for each in ratios.values()):
            verdict = "holds"
        elif any(each.high < GAIN for each in ratios.values()):
            verdict = "does not hold"
    return Claim(
        "Crossover is not needed.",
        "The error with crossover over that without, ten pictures, a quarter of the members as parents. It holds where "
        f"no kind of it surely multiplies the error by less than {GAIN}, and surely not where one does.",
        verdict,
        "; ".join(f"{name.removeprefix('and ')}: {each}" for name, each in ratios.items()) + ".",
    )


def _limits(evidence: Evidence) -> Claim:
    found = evidence.experiments["limits"]
    scaled = {name: np.asarray(found[name]["mean_absolute"]) / width for name, width in LIMIT_WIDTHS.items()}
    whole, narrow = (scaled[name] for name in LIMIT_WIDTHS)
    how = ratio(whole, narrow)
    return Claim(
        "Pictures have to be normalised to 0.1 to 0.9.",
        "The error with pictures from 0 to 1 over that with 0.1 to 0.9, in units of the range from black to white; one "
        "picture, ten members, ten changed weights.",
        _surely_above(how),
        f"{how}.",
    )


LIMIT_WIDTHS = {"0 to 1": 1.0, "0.1 to 0.9": 0.8}
"""What is tried out, with the range from black to white."""


def _surely_above(found: Ratio) -> Verdict:
    if found.seeds < ENOUGH or not found.excludes_one:
        return "undecided"
    return "holds" if found.low > 1 else "does not hold"
