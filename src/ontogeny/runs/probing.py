"""Probe a trained run, or a genome from a file, and keep what was found."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.nets import NCA
from ontogeny.probes import Erase, Growth, Wound, erase, growth
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.genomes import load_nca, load_tensors

PROBES = {
    "growth": "the loss after each of many updates: does the image appear, does it stay?",
    "erase": "a part of the grown image is set to zero: does it grow back?",
}
"""What each probe asks."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is probed.

    Attributes:
        net: the automaton.
        target: `(height, width, 4)`, premultiplied RGBA.
        folder: the run that it comes from; `None` for a genome file.
        name: the folder or the file.
    """

    net: NCA
    target: np.ndarray
    folder: RunFolder | None
    name: str


def subject_of_run(path: Path) -> Subject:
    """The kept genome of a run with the picture that it learned.

    Raises:
        InputError: where there is no run, it has not ended, or it grows no image.
    """
    folder = RunFolder.open(path)
    net = folder.nca()
    return Subject(net, folder.config.task.picture(), folder, str(path))  # type: ignore[attr-defined]


def subject_of_genome(
    path: Path, target: str | None, size: int | None, padding: int | None, fire_rate: float | None
) -> Subject:
    """A genome from a file with the picture to compare it with.

    Args:
        path: a safetensors file.
        target: a picture, as `load_target` takes it; `None` for what the file says.
        size: side of the picture; `None` for what the file says, or else 9.
        padding: empty cells around it; `None` for what the file says, or else none.
        fire_rate: probability that a cell fires; `None` for what the file says, or else 0.5.

    Raises:
        InputError: for a file or a picture that cannot be used.
    """
    from ontogeny.data import load_target
    from ontogeny.errors import require

    net = load_nca(path, fire_rate)
    about = load_tensors(path)[1]
    target = target or about.get("target")
    require(target is not None, "target", target, "name the picture that it grows: --target 🥕 --size 9")
    assert target is not None
    size = size if size is not None else int(about.get("size", 9))
    padding = padding if padding is not None else int(about.get("padding", 0))
    return Subject(net, load_target(target, size, padding), None, str(path))


def probe_growth(subject: Subject, steps: int, rollouts: int, seed: int) -> dict[str, Any]:
    """Grow many times; see `ontogeny.probes.growth`."""
    return _keep(subject, "growth", growth(subject.net, subject.target, steps=steps, rollouts=rollouts, seed=seed))


def probe_erase(subject: Subject, wound: Wound, steps: int, rollouts: int, seed: int) -> dict[str, Any]:
    """Grow many times and erase a part; see `ontogeny.probes.erase`."""
    found = erase(subject.net, subject.target, wound, steps=steps, rollouts=rollouts, seed=seed)
    return _keep(subject, erase_name(wound), found)


def erase_name(wound: Wound) -> str:
    """What the results of an erasure are called: `erase`, or `erase-bottom-4-at-60`."""
    plain = Wound()
    if wound == plain:
        return "erase"
    parts = ["erase", wound.shape]
    parts += [f"{wound.size}"] if wound.size is not None else []
    parts += [f"row-{wound.row}"] if wound.row is not None else []
    parts += [f"column-{wound.column}"] if wound.column is not None else []
    parts += [f"at-{wound.at}"] if wound.at != plain.at else []
    return "-".join(parts)


def _keep(subject: Subject, name: str, found: Growth | Erase) -> dict[str, Any]:
    if subject.folder is not None:
        subject.folder.write_probe(name, found.to_json())
    return {"run": subject.name, **found.summary()}
