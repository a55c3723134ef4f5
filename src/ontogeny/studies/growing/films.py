"""Figures 18, 19, 21 and 23: what larger canvases, erasing and the attack do, in pictures."""

from __future__ import annotations

import jax
import numpy as np

from ontogeny.probes import Wound
from ontogeny.probes.erase import PUBLISHED_STEP
from ontogeny.probes.scene import Change
from ontogeny.runs.growing_models import Kind
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.measurements import CANVAS, SIGNS
from ontogeny.studies.growing.parts import film_row, pictures
from ontogeny.studies.section import Part, Section, Strip

_CANVAS_STEPS = (4, 10, 30, 40, 100, 1000)
_ATTACKED = 100
_ERASE_STEPS = (PUBLISHED_STEP - 1, PUBLISHED_STEP, 60, 80, 100)


def film_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """Strips of each picture: a large canvas, a small one, the bottom erased, the attack."""
    parts: list[Part] = []
    for title, group in pictures(kinds):
        for side in (CANVAS, group[0].size - 2):
            rows = [film_row(kind, evidence, _CANVAS_STEPS, (side, side)) for kind in group]
            parts.append(Strip(f"{title} on {side}×{side} cells (figure 18)", tuple(rows)))
        rows = [film_row(kind, evidence, _ERASE_STEPS, None, _erased(kind)) for kind in group]
        parts.append(Strip(f"{title}: bottom erased after update {PUBLISHED_STEP} (figure 19)", tuple(rows)))
        rows = [_attacked(kind, evidence) for kind in group]
        parts.append(Strip(f"{title}: {_ATTACKED} updates under the published attack (figures 21, 23)", tuple(rows)))
    words = ("One rollout of the net of the first seed each, so these show what the curves mean and prove nothing.",)
    return Section("In pictures", words, tuple(parts))


def _erased(kind: Kind) -> Change:
    return Wound("bottom").change(kind.size, kind.size)


def _attacked(kind: Kind, evidence: Evidence) -> tuple[str, tuple[tuple[str, np.ndarray], ...]]:
    subject = evidence.trained[kind.name][0].subject
    cells = []
    for name, caption in (("signs-growing", "while growing"), ("signs-after", f"once, after {PUBLISHED_STEP}")):
        change = SIGNS[name].scene(subject.net, subject.target, jax.random.key(0), 1).change
        cells.append((caption, film_row(kind, evidence, (_ATTACKED,), None, change)[1][-1][1]))
    return kind.label, (("target", subject.target), *cells)
