"""Which probes the run of each task has."""

from __future__ import annotations

from ontogeny.errors import InputError
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.image_probes import IMAGE_PROBES
from ontogeny.runs.probing import PROBES
from ontogeny.runs.probing_lives import LIFE_PROBES

TASK_PROBES = {
    "growing": PROBES,
    "classification": {name: probe.about for name, probe in IMAGE_PROBES.items()},
    "plasticity": LIFE_PROBES,
}
"""What each probe asks or does, by the name of the task."""

ALL_PROBES = {name: about for probes in TASK_PROBES.values() for name, about in probes.items()}
"""Those of all tasks."""


def check_probe(kind: str, folder: RunFolder) -> None:
    """Refuse a probe that the task of a run does not have.

    Args:
        kind: the name of a probe.
        folder: of the run.

    Raises:
        InputError: it names those that there are.
    """
    task = folder.config.task
    own = TASK_PROBES.get(task.name, {})
    if kind not in own:
        learned = f"it learned {task.label}, " + ("an image that grows" if own is PROBES else "which grows no image")
        raise InputError("probe", kind, f"{learned}; choose from {', '.join(own)}" if own else learned)
