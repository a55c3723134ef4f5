"""What the text claims, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.architecture.published import ACCURACY, RESNET
from ontogeny.studies.architecture.reading import least, share_worse
from ontogeny.studies.architecture.settings import KNOWN, RANDOM, SEARCHES, TEXT_SCORES
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.seeds import every_seed
from ontogeny.studies.verdicts import ENOUGH

_CELLS = 100
"""Of fewer random cells nothing follows."""


def claims_section(evidence: Evidence) -> Section:
    """All claims."""
    words = (
        "Reolon's (2021). A verdict follows from the printed numbers: shares of random cells, or the least and "
        f"greatest of seeds. With fewer than {ENOUGH} seeds, or {_CELLS} cells, nothing is judged.",
    )
    return Section("What the text claims", words, (_known(evidence), _fall(evidence), _found(evidence), _darts()))


def _known(evidence: Evidence) -> Claim:
    (found,) = every_seed(evidence, "scores")
    drawn = list(KNOWN)[:2]
    shares = {name: {score: share_worse(found, found["known"][name], score) for score in TEXT_SCORES} for name in drawn}
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
        f"is better than half. (Published: {ACCURACY:.0%} after 20 epochs, a ResNet-18 with twenty times the weights "
        f"{RESNET:.0%}; those cells are of another space, and are not trained here yet.)"
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


def _darts() -> Claim:
    return Claim(
        "A tournament by gradients every third generation removes the bias of the scores.",
        "Not re-done yet.",
        "undecided",
        "In the text's program the weights of the choice are trained for one pass over 200 images, after which they "
        "are hardly different from where they began.",
    )


def _digits(values: np.ndarray) -> str:
    low, middle, high = (f"{each:.3g}".replace("-", "−") for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} ({low} to {high})"


def _percent(values: np.ndarray) -> str:
    low, middle, high = (f"{100 * each:.1f}" for each in np.quantile(values, (0, 0.5, 1)))
    return f"{middle} % ({low} to {high})"
