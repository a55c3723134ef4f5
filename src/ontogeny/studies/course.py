"""How a training went: what is measured at its milestones, or what it wrote down itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.studies.evidence import COURSE, fingerprint, once
from ontogeny.studies.plan import Follow, Take
from ontogeny.studies.training import Trained

_POINTS = 60


def at_milestones(take: Take, rollouts: int) -> Follow:
    """Measure at each milestone of a training and at its end.

    Args:
        take: what to measure.
        rollouts: how often a genome is grown.

    Returns:
        What gives a list for each number of `take`, beside `steps` and `evaluations`; what the study's folder holds
        already is not measured again.
    """

    def follow(one: Trained, out: Path) -> dict[str, Any]:
        stages = {**one.milestones, one.model.tree["until"]["steps"]: one.subject}
        mark = {"genomes": [fingerprint(subject) for subject in stages.values()], "rollouts": rollouts}
        # A training that diverged made fewer steps than it was to make.
        made = max(1, int(one.result["generations"]))
        each = one.result["evaluations"] / made

        def measure() -> dict[str, Any]:
            taken = [take(subject, rollouts) for subject in stages.values()]
            numbers = {name: [found[name] for found in taken] for name in taken[0]}
            return {"steps": list(stages), "evaluations": [min(step, made) * each for step in stages], **numbers}

        return once(out / "evidence" / f"{one.name}-{COURSE}.json", mark, measure)

    return follow


def as_logged(one: Trained, out: Path) -> dict[str, Any]:
    """The held-out `loss` while a training lasted, with its `evaluations` and `seconds` without compilation.

    Args:
        one: the training.
        out: not used: the run's folder holds all of it.

    Returns:
        Three lists, of 60 measurements or fewer; empty where only the genome was kept.
    """
    del out
    columns = {} if one.folder is None else one.folder.metrics()
    if not columns:
        return {}
    seconds = columns["seconds"] - columns["compile_seconds"]
    last = len(seconds) - 1
    places = np.unique(np.append(np.geomspace(1, last + 1, _POINTS).astype(int) - 1, last))
    found = {"evaluations": columns["evaluations"], "seconds": np.round(seconds, 3), "loss": columns["loss"]}
    return {name: values[places].tolist() for name, values in found.items()}
