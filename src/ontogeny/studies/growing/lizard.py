"""The 40×40 lizard that evolution grew: its loss, and how it heals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.probes import Wound, erase
from ontogeny.probes.rollouts import Curve
from ontogeny.runs.genomes import load_tensors
from ontogeny.runs.probing import subject_of_genome

_ROLLOUTS = 16
_HEALING = 60


def grow_lizard(path: Path) -> dict[str, Any]:
    """Grow a kept genome, erase the bottom half, and wait.

    Args:
        path: of the genome, as `studies.kept` keeps it.

    Returns:
        `loss` after the `updates` of training, fewest to most; `healed`, the loss `healing` updates after the bottom
        half was erased, and `untouched`, as late without that; each by quantile. The loss of an `empty` canvas, the
        `fire_rate`, and what the training cost.
    """
    subject = subject_of_genome(path, None, None, None, None)
    about = load_tensors(path)[1]
    result, task = json.loads(about["result"]), json.loads(about["config"])["task"]
    fewest, most = task["steps"]
    found = erase(subject.net, subject.target, Wound("bottom", at=most), steps=most + _HEALING, rollouts=_ROLLOUTS)
    trained = Curve(found.untouched.losses[:, fewest - 1 : most].reshape(-1, 1))
    return {
        "updates": [fewest, most],
        "rollouts": _ROLLOUTS,
        "fire_rate": subject.net.fire_rate,
        "loss": trained.at(1),
        "healing": _HEALING,
        "healed": found.damaged.at(most + _HEALING),
        "untouched": found.untouched.at(most + _HEALING),
        "empty": float(np.mean(subject.target**2)),
        "evaluations": result["evaluations"],
        "seconds": result["seconds"],
    }
