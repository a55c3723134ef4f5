"""Nets that are trained: cells that searches keep, random ones, and ResNet-18."""

from __future__ import annotations

import time
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core.cost import flops
from ontogeny.data.cells import cell_text
from ontogeny.learners import Descent
from ontogeny.runs.config_recognition import RESNET, RecognitionConfig
from ontogeny.studies.architecture.scoring import random_cells
from ontogeny.studies.architecture.settings import CHANNELS, FOUND, RANDOM_CELL
from ontogeny.tasks import Recognition

_RATE = 2e-3
_MIRRORED = ("cifar10", "fashion-mnist")


def _net(name: str, seed: int) -> str:
    """The cell, as its benchmark or the text writes it, or the name of another net."""
    if name in FOUND:
        return FOUND[name][seed % len(FOUND[name])]
    if name == RANDOM_CELL:
        return cell_text(random_cells(1, 9000 + seed)[0])
    return name


def trained(name: str, data: str, images: int, epochs: int, tested: int, seed: int) -> dict[str, Any]:
    """Train a net and test it once, at the end.

    Adam, whose learning rate comes down from 2e-3 along a cosine, batches of 64, pictures shifted, and mirrored where
    they may be: the same for all nets.

    Args:
        name: one of `TRAINED`.
        data: `cifar10`, `mnist`, `fashion-mnist` or `digits`.
        images: for training.
        epochs: of them.
        tested: test pictures.
        seed: of weights and batches, and of a random cell.

    Returns:
        `accuracy` and `loss` on test pictures, `course`, the loss on batches, a mean for each epoch; `net`;
        `parameters`, `flops` of a picture, `seconds` of training without compilation.
    """
    net = _net(name, seed)
    fields = {"data": data, "net": net, "images": images, "tested": tested, "flip": data in _MIRRORED}
    config = RecognitionConfig.model_validate(fields | ({} if net == RESNET else {"channels": CHANNELS}))
    task = config.build()
    assert isinstance(task, Recognition)
    steps = len(task.data.train.labels) // task.batch
    learner = Descent(optax.adam(optax.cosine_decay_schedule(_RATE, epochs * steps)))
    state = learner.init(task, jax.random.key(seed))
    step = eqx.filter_jit(learner.step)
    # Compiled before the clock starts.
    step(task, state)
    start, course = time.perf_counter(), []
    for _ in range(epochs):
        losses = []
        for _ in range(steps):
            state, metrics = step(task, state)
            losses.append(float(metrics["population_loss"]))
        course.append(round(sum(losses) / steps, 4))
    spent = time.perf_counter() - start
    found = eqx.filter_jit(task.test)(state.genome)
    weights = eqx.filter(state.genome, eqx.is_inexact_array)
    picture = jnp.asarray(task.data.train.images[:1])
    return {
        "accuracy": round(float(found["accuracy"]), 5),
        "loss": round(float(found["loss"]), 5),
        "course": course,
        "net": net,
        "parameters": sum(leaf.size for leaf in jax.tree.leaves(weights)),
        "flops": flops(lambda net, picture: net.passage(picture).logits, state.genome, picture),
        "seconds": round(spent, 1),
    }
