"""Which learner came out ahead, as far as the runs can tell, and no further."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from ontogeny.report.numbers import count, duration, number, times
from ontogeny.runs.statistics import FEWEST

_CLOSE = 1.15


@dataclasses.dataclass(frozen=True)
class Party:
    """Runs that differ in nothing but the seed.

    Attributes:
        task: what they learned.
        label: a short name.
        by: the learner.
        losses: held-out losses, one a run.
        evaluations: one a run.
        seconds: one a run.
        metrics: the metrics table of each.
    """

    task: str
    label: str
    by: str
    losses: list[float]
    evaluations: list[float]
    seconds: list[float]
    metrics: list[dict[str, np.ndarray]]

    @property
    def median(self) -> float:
        """The median loss; what is not a number counts as infinite."""
        return float(np.median([loss if not math.isnan(loss) else math.inf for loss in self.losses]))


def verdict(parties: Sequence[Party]) -> list[str]:
    """Sentences about the best of each task against the best learner of the other kind."""
    found = []
    for task in dict.fromkeys(party.task for party in parties):
        peers = sorted((party for party in parties if party.task == task), key=lambda party: party.median)
        if len(peers) > 1:
            best = peers[0]
            other = next((peer for peer in peers if (peer.by == "adam") != (best.by == "adam")), peers[1])
            found.append(_against(best, other))
        elif len(peers[0].losses) > 1:
            ends = [number(float(end)) for end in (min(peers[0].losses), max(peers[0].losses))]
            found.append(
                f"{peers[0].label}: median held-out loss {number(peers[0].median)} over {len(peers[0].losses)} seeds, "
                f"from {ends[0]} to {ends[1]}."
            )
        if len(peers) > 2:
            order = ", ".join(f"{peer.label} {number(peer.median)}" for peer in peers)
            found.append(f"In order of the held-out loss: {order}.")
    if len({party.task for party in parties}) > 1:
        found.append("The runs learned different tasks; losses of different tasks cannot be compared.")
    return found


def _against(best: Party, other: Party) -> str:
    low, high = best.median, other.median
    which = "median " if max(len(best.losses), len(other.losses)) > 1 else ""
    if not math.isfinite(low):
        return f"Neither {best.label} nor {other.label} ends with a finite loss."
    ratio = high / low if low > 0 else math.inf
    if high == low or ratio < _CLOSE:
        text = (
            f"{best.label} and {other.label} end within {_CLOSE - 1:.0%} of each other: {which}held-out loss "
            f"{number(low)} and {number(high)}. That is no difference to speak of."
        )
    else:
        more = f", {times(ratio)} as high" if math.isfinite(ratio) else ""
        losses = f"{which}held-out loss {number(high)} against {number(low)}{more}"
        text = f"{other.label} ends worse than {best.label}: {losses}."
    sentences = (text, _cost(best, other), _common(best, other), _caveat(best, other, ratio))
    return " ".join(sentence for sentence in sentences if sentence)


def _cost(best: Party, other: Party) -> str:
    parts = [
        f"{party.label} made {count(float(np.median(party.evaluations)))} evaluations"
        f"{', each with its gradient,' if party.by == 'adam' else ''} in {duration(float(np.median(party.seconds)))}"
        for party in (best, other)
    ]
    return f"{parts[0]}; {parts[1]}."


def _common(best: Party, other: Party) -> str:
    """When the better one passed what the other ended with; for single runs."""
    if len(best.losses) > 1 or len(other.losses) > 1 or not best.metrics or not math.isfinite(other.median):
        return ""
    column = best.metrics[0].get("loss", np.zeros(0))
    reached = np.flatnonzero(column <= other.median)
    if not len(reached):
        return ""
    row = reached[0]
    evaluations, seconds = (float(best.metrics[0][name][row]) for name in ("evaluations", "seconds"))
    return (
        f"{best.label} first measured a loss as low as the other's last one after {count(evaluations)} evaluations "
        f"and {duration(seconds)}."
    )


def _caveat(best: Party, other: Party, ratio: float) -> str:
    fewest = min(len(best.losses), len(other.losses))
    if fewest == 1:
        return "One seed is one seed: another may order them otherwise, and so may other settings or a longer run."
    if ratio < _CLOSE:
        return ""
    apart = max(best.losses) < min(other.losses)
    text = (
        f"Every run of {best.label} ends below every run of {other.label}"
        if apart
        else "But over the seeds their losses overlap"
    )
    few = f"; with {fewest} seeds that is a hint, no proof" if apart and fewest < FEWEST else ""
    return f"{text}{few}. It holds for these settings and this budget."
