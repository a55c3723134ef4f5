"""Probe a trained run, or a genome from a file, and keep what was found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ontogeny.nets import NCA
from ontogeny.probes import DISTURBANCES, Disturbance, Erase, Growth, Response, Wound, erase, growth, respond
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.genomes import load_nca, load_tensors
from ontogeny.runs.probe_fields import fields_of, name_of, read_fields


def _first_line(kind: type[Any]) -> str:
    return (kind.__doc__ or "").splitlines()[0].rstrip(".")


PROBES = {
    "growth": "the loss after each of many updates: does the image appear, does it stay?",
    "erase": "a part of the grown image is set to zero: does it grow back?",
    **{name: _first_line(kind) for name, kind in DISTURBANCES.items()},
}
"""What each probe asks, or does."""


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

    @property
    def arrays(self) -> Sequence[np.ndarray]:
        """The weights and the picture."""
        return [*map(np.asarray, jax.tree.leaves(self.net)), self.target]


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


def read_disturbance(kind: str, settings: Iterable[str]) -> Disturbance:
    """A disturbance from `field=value` texts; what is not given is as by default.

    Args:
        kind: the name of its probe.
        settings: texts such as `sigma=0.05`.

    Raises:
        InputError: for an unknown field, or a value of the wrong type.
    """
    return read_fields(DISTURBANCES[kind](), settings)


def defaults(kind: str) -> dict[str, Any]:
    """The fields of a disturbance with their values by default."""
    return fields_of(DISTURBANCES[kind]())


def probe_disturbance(
    subject: Subject, kind: str, disturbance: Disturbance, steps: int, rollouts: int, seed: int
) -> dict[str, Any]:
    """Grow many times under a disturbance; see `ontogeny.probes.respond`."""
    found = respond(kind, subject.net, subject.target, disturbance, steps=steps, rollouts=rollouts, seed=seed)
    return _keep(subject, disturbance_name(kind, disturbance), found)


def disturbance_name(kind: str, disturbance: Disturbance) -> str:
    """What its results are called: the probe's name, with the fields that are not as by default."""
    return name_of(kind, disturbance, DISTURBANCES[kind]())


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


def _keep(subject: Subject, name: str, found: Growth | Erase | Response) -> dict[str, Any]:
    if subject.folder is not None:
        subject.folder.write_probe(name, found.to_json())
    return {"run": subject.name, **found.summary()}
