"""What the sections of the study are put together from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import jax
import numpy as np

from ontogeny.probes import frames
from ontogeny.probes.scene import Change
from ontogeny.runs.growing_models import Kind
from ontogeny.runs.statistics import FEWEST, interval_name
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Line

FIRST = "One rollout of the net of the first seed."
"""Under pictures."""


def interval_note(evidence: Evidence) -> str:
    """What the brackets of a table are, as the end of a sentence."""
    fewest, most = evidence.plan.seeds
    if most <= 1:
        return ""
    if fewest == most:
        return f", in brackets the {interval_name(most)}"
    return f", in brackets their range, or a 95 % bootstrap interval from {FEWEST} seeds on; without, one seed"


def title_of(kind: Kind) -> str:
    """Such as `carrot 9×9, Adam, pool`."""
    return f"{kind.target} {kind.size}×{kind.size}, {kind.label}"


def pictures(kinds: list[Kind]) -> list[tuple[str, list[Kind]]]:
    """The kinds by picture, in their order."""
    groups = itertools.groupby(kinds, key=lambda kind: (kind.target, kind.size))
    return [(f"{target} {size}×{size}", list(group)) for (target, size), group in groups]


def curve_line(kind: Kind, evidence: Evidence, measurement: str, curve: str) -> Line:
    """The loss over updates: the median over seeds, and all that lies between the outer deciles."""
    middle, low, high = (evidence.values(kind.name, measurement, curve, part) for part in ("median", "q10", "q90"))
    return Line(kind.label, kind.by, np.median(middle, axis=0), low.min(axis=0), high.max(axis=0))


def film_row(
    kind: Kind,
    evidence: Evidence,
    steps: Sequence[int],
    shape: tuple[int, int] | None = None,
    change: Change | None = None,
) -> tuple[str, tuple[tuple[str, np.ndarray], ...]]:
    """A row of pictures: the target, and one rollout of the first seed's net after some updates.

    Args:
        kind: whose net.
        evidence: where it is.
        steps: after which updates, in their order.
        shape: height and width of the canvas; `None` for that of training.
        change: what is done to the state after each update.
    """
    subject = evidence.trained[kind.name][0].subject
    height, width = subject.target.shape[:2]
    grown = frames(subject.net, shape or (height, width), steps[-1], jax.random.key(0), change)
    return kind.label, (("target", subject.target), *((f"{step:,}", grown[step]) for step in steps))
