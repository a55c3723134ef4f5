"""Pictures and what an autoencoder made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.errors import OntogenyError
from ontogeny.kernels.layers import reconstruct
from ontogeny.nets.autoencoder import Autoencoder, to_pictures, to_signal
from ontogeny.report.material import Material
from ontogeny.report.pictures import address, grey
from ontogeny.tasks import Reconstruction

_SHOWN = 20


def reconstructions(runs: Sequence[Material]) -> list[dict[str, Any]]:
    """For each run that reconstructs pictures: some of them, what became of each, and its mean absolute error.

    They are pictures that were held back, where there are such.
    """
    return [_pairs(run) for run in runs if run.folder.config.task.name == "reconstruction"]


def _pairs(run: Material) -> dict[str, Any]:
    try:
        task = run.folder.config.task.build()
        net = run.folder.genome(eqx.filter_eval_shape(task.init, jax.random.key(0)))
    except OntogenyError as error:
        return {"label": run.label, "tone": run.tone.name, "pairs": [], "problem": str(error)}
    assert isinstance(task, Reconstruction)
    held_back = task.data.test is not None
    originals = np.asarray(task.data.test if held_back else task.data.train)[:_SHOWN]
    # As one program: each operation by itself would be compiled too.
    outputs = np.asarray(eqx.filter_jit(_outputs)(net, jax.numpy.asarray(originals)))
    limits = run.folder.config.task.limits  # type: ignore[attr-defined]

    def shown(picture: np.ndarray) -> str:
        return address(grey(picture, limits))

    pairs = [
        {"original": shown(one), "output": shown(other), "error": float(np.abs(one - other).mean())}
        for one, other in zip(originals, outputs, strict=True)
    ]
    return {"label": run.label, "tone": run.tone.name, "pairs": pairs, "held_back": held_back, "problem": ""}


def _outputs(net: Autoencoder, images: jax.Array) -> jax.Array:
    return to_pictures(reconstruct(net, to_signal(images)))
