"""Checkpoints: everything that a run goes on from, in one file, written atomically."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.core import Cost
from ontogeny.core.steps import Training
from ontogeny.errors import MachineError
from ontogeny.runs.files import write_atomic

_KEPT = 3
_NAME = re.compile(r"step-(\d+)\.npz")


def save_checkpoint(folder: Path, training: Training, cost: Cost) -> Path:
    """Write a checkpoint and remove all but the newest three.

    Args:
        folder: of the checkpoints.
        training: the state.
        cost: so far.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """
    arrays = {f"{index:05d}": _plain(leaf) for index, leaf in enumerate(_arrays(training))}
    header = json.dumps(dataclasses.asdict(cost)).encode()
    buffer = io.BytesIO()
    np.savez(buffer, header=np.frombuffer(header, np.uint8), **arrays)  # type: ignore[arg-type]
    path = folder / f"step-{cost.steps:010d}.npz"
    write_atomic(path, buffer.getvalue())
    for old in list_checkpoints(folder)[_KEPT:]:
        old.unlink(missing_ok=True)
    return path


def list_checkpoints(folder: Path) -> list[Path]:
    """The checkpoints of a folder, newest first."""
    found = [path for path in folder.glob("step-*.npz") if _NAME.fullmatch(path.name)]
    return sorted(found, reverse=True)


def load_checkpoint(folder: Path, template: Training) -> tuple[Training, Cost] | None:
    """The newest checkpoint that is whole; `None` where there never was one.

    Args:
        folder: of the checkpoints.
        template: a state of the same run, for the structure.

    Raises:
        MachineError: where there are checkpoints, but none is whole and fits.
    """
    paths = list_checkpoints(folder)
    for path in paths:
        try:
            return _load(path, template)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            continue
    if paths:
        raise MachineError(f"no checkpoint in {folder} is whole and fits this configuration")
    return None


def _load(path: Path, template: Training) -> tuple[Training, Cost]:
    leaves = _arrays(template)
    with np.load(path) as file:
        cost = Cost(**json.loads(file["header"].tobytes()))
        saved = [file[f"{index:05d}"] for index in range(len(leaves))]
        if len(file.files) != len(leaves) + 1:
            raise ValueError("another number of arrays")
    restored = [_like(value, leaf) for value, leaf in zip(saved, leaves, strict=True)]
    arrays, static = eqx.partition(template, eqx.is_array)
    return eqx.combine(jax.tree.unflatten(jax.tree.structure(arrays), restored), static), cost


def _arrays(training: Training) -> list[Any]:
    return jax.tree.leaves(eqx.filter(training, eqx.is_array))


def _is_key(leaf: Any) -> bool:
    return bool(jax.numpy.issubdtype(leaf.dtype, jax.dtypes.prng_key))


def _plain(leaf: Any) -> np.ndarray:
    return np.asarray(jax.random.key_data(leaf) if _is_key(leaf) else leaf)


def _like(value: np.ndarray, leaf: Any) -> jax.Array:
    like = _plain(leaf)
    if value.shape != like.shape or value.dtype != like.dtype:
        raise ValueError("another shape or type")
    return jax.random.wrap_key_data(jax.numpy.asarray(value)) if _is_key(leaf) else jax.numpy.asarray(value)
