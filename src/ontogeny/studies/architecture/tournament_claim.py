"""What the text claims of its tournaments by gradients."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.architecture.reading import TEXT, ends_percent, orders
from ontogeny.studies.architecture.tournaments import TOURNAMENTS
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Claim, Verdict
from ontogeny.studies.seeds import every_seed

_CELLS = 100
"""Of fewer random cells nothing follows."""


def tournament_claim(evidence: Evidence) -> Claim:
    """Whether tournaments remove the bias of the scores."""
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
    kept = {
        name: np.asarray([each["accuracy"]["cifar10"][-1] for each in every_seed(evidence, f"by scores, {name}")])
        for name in ("text", "controlled")
    }
    inside = ""
    if all(each.size for each in kept.values()):
        with_them, without = (ends_percent(each) for each in kept.values())
        inside = f" The search that has them keeps {with_them}, the same without {without}."
    return Claim(claim, test, verdict, "; ".join(said) + f"; {len(rows)} tournaments." + inside)


def _ends(values: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean."""
    drawn = np.random.default_rng(0).choice(values, (2000, len(values)))
    low, high = np.quantile(drawn.mean(1), (0.025, 0.975))
    return float(low), float(high)


def _points(values: np.ndarray) -> str:
    low, high = _ends(values)
    return f"{values.mean():.2f} [{low:.2f}, {high:.2f}]".replace("-", "−")
