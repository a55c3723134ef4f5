"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.config_recognition import RESNET
from ontogeny.studies.architecture.published import ACCURACY
from ontogeny.studies.architecture.published import RESNET as PUBLISHED_RESNET
from ontogeny.studies.architecture.reading import TEXT, least, orders, share_worse
from ontogeny.studies.architecture.settings import FOUND, KNOWN, RANDOM, RANDOM_CELL, SEARCHES, TEXT_SCORES
from ontogeny.studies.architecture.tournaments import TOURNAMENTS
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
            _darts(evidence),
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
    text = next(iter(SEARCHES))
    found, control = (every_seed(evidence, f"by scores, {name}") for name in (text, RANDOM))
    (scored,) = every_seed(evidence, "scores")
    claim = "The three scores find good cells without training one."
    test = (
        "Accuracy on CIFAR-10, from the table, of the cell that the search keeps, beside the share of random cells "
        "that reach less. It holds where in all seeds it is better than nine of ten, and does not where in none it "
        "is better than half."
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
        f"{_percent(kept)}, better than {_percent(shares)} of {len(everyone)} random cells. What the same scores keep "
        f"of as many random cells as were searched: {_percent(chance)}."
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
            f"ResNet-18 {_percent(large)}, the cells kept {_percent(small)} with a {share:.0f}th of the weights, "
            f"random cells {_percent(chance)}; {seeds} seeds."
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


def _darts(evidence: Evidence) -> Claim:
    claim = "A tournament by gradients every third generation removes the bias of the scores."
    test = (
        "Four random cells compete in one net on 200 images, and the largest share is kept: as the program does it, "
        "nine passes for the weights and one for the choice, and by turns as DARTS does. Accuracy on CIFAR-10 of what "
        "is kept, in points above the mean of its four, and of what the three scores would keep of the same four, with "
        "95 % bootstrap intervals over tournaments. It holds where the program's surely keeps better cells than the "
        "scores, and does not where it surely keeps worse ones."
    )
    (scored,) = every_seed(evidence, "scores")
    found = {kind: every_seed(evidence, f"tournaments, {kind}") for kind in TOURNAMENTS}
    if not all(found.values()) or not scored["accuracy"] or not found[TOURNAMENTS[0]][0]["accuracy"]:
        return Claim(claim, test, "undecided", "Not done here.")
    place = {cell: number for number, cell in enumerate(scored["cells"])}
    order = orders(scored)[TEXT]
    said: list[str] = []
    verdict: Verdict = "undecided"
    for kind, (each,) in found.items():
        done = [number for number, group in enumerate(each["cells"]) if place.keys() >= set(group)]
        accuracy = 100 * np.asarray(each["accuracy"]["cifar10"])[done]
        rows = np.arange(len(accuracy))
        above = accuracy - accuracy.mean(1, keepdims=True)
        shares = np.asarray(each["shares"])[done]
        kept = above[rows, shares.argmax(1)]
        by_scores = above[rows, order[[[place[cell] for cell in each["cells"][number]] for number in done]].argmax(1)]
        low, high = _ends(kept - by_scores)
        if kind == TOURNAMENTS[0]:
            if accuracy.size >= _CELLS:
                verdict = "holds" if low > 0 else "does not hold" if high < 0 else "undecided"
            said.append(f"the best of four {above.max(1).mean():.2f}; by the three scores {_points(by_scores)}")
        said.append(f"{kind} {_points(kept)}, shares from {shares.min():.3f} to {shares.max():.3f}")
    return Claim(claim, test, verdict, "; ".join(said) + f"; {len(rows)} tournaments.")


def _ends(values: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean."""
    drawn = np.random.default_rng(0).choice(values, (2000, len(values)))
    low, high = np.quantile(drawn.mean(1), (0.025, 0.975))
    return float(low), float(high)


def _points(values: np.ndarray) -> str:
    low, high = _ends(values)
    return f"{values.mean():.2f} [{low:.2f}, {high:.2f}]".replace("-", "−")


def _digits(values: np.ndarray) -> str:
    low, middle, high = (f"{each:.3g}".replace("-", "−") for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} ({low} to {high})"


def _percent(values: np.ndarray) -> str:
    low, middle, high = (f"{100 * each:.1f}" for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} % ({low} to {high})"
