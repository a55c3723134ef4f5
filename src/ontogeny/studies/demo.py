"""The demonstration: one picture by evolution and by Adam, both damaged, side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ontogeny.data import load_target
from ontogeny.errors import MachineError
from ontogeny.probes import Wound
from ontogeny.runs.config import RunConfig
from ontogeny.runs.growing import growing_learner, growing_limits, growing_tree
from ontogeny.runs.launch import Callbacks, start
from ontogeny.runs.probing import probe_erase, probe_growth, subject_of_run

_SIZE = 9
LIMITS: dict[str, dict[str, float]] = {"es": growing_limits("es", _SIZE, {}), "adam": {"steps": 1000}}
"""When each learner of the demonstration stops."""


def demo_target() -> tuple[str, str]:
    """The carrot, or where it cannot be had a picture that the package draws; and why."""
    try:
        load_target("🥕", _SIZE)
    except MachineError as error:
        return "heart", f"growing a heart instead of the carrot: {error}"
    return "🥕", ""


def demo(
    target: str,
    out: Path,
    watch: Callable[[str], Callbacks],
    limits: dict[str, dict[str, float]] = LIMITS,
) -> list[Path]:
    """Grow a 9×9 picture by evolution and by Adam, then erase part of each.

    Args:
        target: the picture.
        out: folder in which the two runs are made.
        watch: gives the callbacks of a run, by its learner's name.
        limits: when each learner stops, by its name.

    Returns:
        The folders of the two runs.
    """
    folders = []
    for by, until in limits.items():
        tree = growing_tree(target, _SIZE, by, 0, 0)
        tree["learner"] = growing_learner(by, until, tree["task"])
        start(RunConfig.parse({**tree, "until": until}), out / by, watch(by))
        folders.append(out / by)
    for folder in folders:
        subject = subject_of_run(folder)
        probe_growth(subject, 2000, 64, 0)
        probe_erase(subject, Wound(), 200, 64, 0)
        probe_erase(subject, Wound("bottom"), 200, 64, 0)
    return folders
