"""A trained cell taken out of its run: a Python file that needs no Ontogeny, and its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data import parse_cell
from ontogeny.errors import require
from ontogeny.nets.cell_net import Alone
from ontogeny.nets.plain_cells import moments_of, plain_program, plain_weights
from ontogeny.runs.config_recognition import RecognitionConfig
from ontogeny.runs.files import write_atomic
from ontogeny.runs.folder import RunFolder
from ontogeny.tasks import Recognition


def export_cell(run: Path, out: Path) -> dict[str, Any]:
    """Write the kept net of a run as plain Python.

    Args:
        run: folder of a run that trained a cell to recognise pictures.
        out: folder; `net.py` and `weights.safetensors` in it are replaced.

    Returns:
        `cell`, as NAS-Bench-201 writes it; `parameters`; `net` and `weights`, the files.

    Raises:
        InputError: where there is no such run.
        MachineError: where the folder cannot be written.
    """
    from safetensors.numpy import save

    folder = RunFolder.open(run)
    config = folder.config.task
    hint = "give a run of the task recognition whose net is a cell, such as `ontogeny train cell-digits` makes"
    require(isinstance(config, RecognitionConfig) and config.net.startswith("|"), "run", str(run), hint)
    assert isinstance(config, RecognitionConfig)
    task = config.build()
    assert isinstance(task, Recognition)
    found = folder.genome(eqx.filter_eval_shape(task.init, jax.random.key(0)))
    assert isinstance(found, Alone)
    settled = jnp.asarray(task.data.train.images[: task.settled])
    weights = plain_weights(found.net, moments_of(eqx.filter_jit(found.passage)(settled)))
    images = np.asarray(config.pictures().train.images, np.float32)
    images = images[..., None] if images.ndim == 3 else images
    ends = images.mean((0, 1, 2)), images.std((0, 1, 2)) + 1e-6
    program = plain_program(parse_cell(config.net), config.cells, *ends, classes=len(weights["bias"]))
    out.mkdir(parents=True, exist_ok=True)
    files = {"net": out / "net.py", "weights": out / "weights.safetensors"}
    write_atomic(files["weights"], save({name: np.ascontiguousarray(each) for name, each in weights.items()}))
    write_atomic(files["net"], program)
    count = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(found, eqx.is_inexact_array)))
    return {"cell": config.net, "parameters": count, **{name: str(path) for name, path in files.items()}}
