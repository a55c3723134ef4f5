"""40×40 lizards: grown by evolution alone, and trained to heal (the third experiment of Mordvintsev et al. 2020)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ontogeny.probes import Wound, erase, frames
from ontogeny.probes.rollouts import Curve
from ontogeny.runs.genomes import load_tensors
from ontogeny.runs.probing import subject_of_genome
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.kept import GENOMES
from ontogeny.studies.growing.parts import FIRST
from ontogeny.studies.plan import Experiment
from ontogeny.studies.section import Row, Section, Strip, Table

EVOLVED = "lizard-40-es"
"""The preset of the lizard that evolution grew."""

LIZARDS = {
    EVOLVED: "evolution, never damaged",
    "lizard-40-es-damage": "evolution, damaged in training",
    "lizard-40-muon-damage": "gradients with Muon, damaged in training",
}
"""How each was trained, by preset."""

_ROLLOUTS = 16
_HEALING = 60


def lizard_file(preset: str) -> Path:
    """Where the lizard of a preset is kept, or would be."""
    return GENOMES / f"{preset}-seed0.safetensors"


def lizard_experiments() -> list[Experiment]:
    """One for each lizard that comes with the package, named as its preset."""
    here = {preset: lizard_file(preset) for preset in LIZARDS if lizard_file(preset).exists()}
    how = {"rollouts": _ROLLOUTS, "healing": _HEALING}
    return [
        Experiment(preset, partial(grow_lizard, path), {**how, "genome": hashlib.sha256(path.read_bytes()).hexdigest()})
        for preset, path in here.items()
    ]


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


def lizard_section(evidence: Evidence) -> Section:
    """How they grow and heal, in numbers and pictures."""
    known = [preset for preset in LIZARDS if preset in evidence.experiments]
    rows: list[Row] = []
    for preset in known:
        found = evidence.experiments[preset]
        loss, healed, untouched = (found[name]["median"] for name in ("loss", "healed", "untouched"))
        minutes = found["seconds"] / 60
        rows.append(
            (LIZARDS[preset], found["fire_rate"], loss, untouched, healed, healed / loss, found["evaluations"], minutes)
        )
    columns = (
        "trained by",
        "fire rate",
        "loss",
        "later",
        "cut, later",
        "over the loss",
        "episodes",
        "minutes",
    )
    words = (
        "A 40×40 lizard, one training each. Damaged in training: before an episode about half of the picture, on one "
        "side of a random line, is erased from some states of the pool. The text left damage during training, and "
        f"pictures of this size, to others. The loss as late as in training, {_HEALING} updates later, and as late "
        "where the bottom half was erased between; the last over the first. Where all cells fire there is no chance, "
        f"else these are medians over {_ROLLOUTS} rollouts. An episode with its gradient costs about three times as "
        "much as one without.",
    )
    films = tuple(_film(preset, evidence.experiments[preset]["updates"][1]) for preset in known)
    return Section("Lizards that heal", words, (Table(columns, tuple(rows)), Strip("Cut in half", films, FIRST)))


def _film(preset: str, cut: int) -> tuple[str, tuple[tuple[str, np.ndarray], ...]]:
    subject = subject_of_genome(lizard_file(preset), None, None, None, None)
    shape = subject.target.shape[0], subject.target.shape[1]
    steps: Sequence[int] = (cut // 2, cut - 1, cut, cut + 5, cut + 10, cut + 20, cut + _HEALING)
    grown = frames(subject.net, shape, steps[-1], jax.random.key(0), Wound("bottom", at=cut).change(*shape))
    return LIZARDS[preset], (("target", subject.target), *((f"{step}", grown[step]) for step in steps))
