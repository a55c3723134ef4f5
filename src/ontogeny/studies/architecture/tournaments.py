"""Tournaments by gradients: a few cells in one net, and the weights between them say which is kept."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ontogeny.data import cell_number
from ontogeny.nets.forked_net import ForkedNet
from ontogeny.runs.scoring import shown_images
from ontogeny.studies.architecture.scoring import accuracies, random_cells
from ontogeny.tasks.classification import cross_entropy

CELLS = 4
"""That compete."""

TOURNAMENTS = ("published", "by turns")
"""Nine passes for the weights and one for the choice, as the text's program; or both by turns, on halves of the images,
as DARTS."""

_SHOWN = 200
_BATCH = 50
_PASSES = 10


def tournaments(kind: str, data: str, images: int, contests: int, count: int, seed: int) -> dict[str, Any]:
    """Contests between cells that are drawn at random.

    Args:
        kind: one of `TOURNAMENTS`.
        data: of which images are shown.
        images: how many, a multiple of 100; the text's program has 200.
        contests: each of `CELLS` cells.
        count: random cells that these are the first of, as `scoring.measured` draws them.
        seed: of cells, weights and the order of images.

    Returns:
        For each contest `cells`, their numbers; `shares`, what each has in the end, a mean over stages; and
        `accuracy` of all by data set, from the table, where that is to be had.
    """
    shown = shown_images(data, images)
    pictures, labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
    cells = random_cells(count, seed)[: CELLS * contests].reshape(contests, CELLS, -1)
    shares = [
        np.asarray(_run(kind, jnp.asarray(each, jnp.int32), pictures, labels, jax.random.key(1000 * seed + number)))
        for number, each in enumerate(cells)
    ]
    found = accuracies(cells.reshape(-1, cells.shape[2]))
    return {
        "cells": [[cell_number(cell) for cell in each] for each in cells],
        "shares": [[round(float(share), 5) for share in each] for each in shares],
        "accuracy": {name: np.reshape(values, (contests, CELLS)).tolist() for name, values in found.items()},
    }


def winners(contests: np.ndarray, data: str, seed: int) -> np.ndarray:
    """Which cell of each contest has the largest share in the end, as the program does it.

    Args:
        contests: `(contests, cells, 6)` numbers of operations.
        data: of which 200 images are shown.
        seed: of weights and the order of images.

    Returns:
        `(contests,)` places among all cells of all contests, one after the other.
    """
    shown = shown_images(data, _SHOWN)
    pictures, labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
    keys = jax.random.split(jax.random.key(seed), len(contests))
    shares = [
        np.asarray(_run(TOURNAMENTS[0], jnp.asarray(each, jnp.int32), pictures, labels, key))
        for each, key in zip(contests, keys, strict=True)
    ]
    won: np.ndarray = np.argmax(shares, 1) + np.arange(len(contests)) * contests.shape[1]
    return won


def _contest(kind: str, genotypes: jax.Array, images: jax.Array, labels: jax.Array, key: jax.Array) -> jax.Array:
    """The shares of the cells in the end, `(cells,)`."""
    key_net, key_order = jax.random.split(key)
    net = ForkedNet(key_net, 10, len(genotypes), inputs=images.shape[-1])
    # As the program: Adam at 0.004, a weight decay of 1e-5, gradients of a norm of 2 at most.
    optimizer = optax.chain(optax.clip_by_global_norm(2.0), optax.adamw(4e-3, weight_decay=1e-5))
    weights, rest = eqx.partition(net, eqx.is_inexact_array)
    choosing = jax.tree.map(lambda _: False, weights)
    choosing = eqx.tree_at(lambda net: net.alpha, choosing, True)

    def loss(weights: ForkedNet, batch: jax.Array) -> jax.Array:
        logits = eqx.combine(weights, rest)(genotypes, images[batch])
        return cross_entropy(logits, labels[batch]).mean()

    def update(carry: Any, given: tuple[jax.Array, jax.Array]) -> tuple[Any, None]:
        weights, state = carry
        batch, choice = given
        gradient = jax.grad(loss)(weights, batch)
        # The choice moves, or all else does.
        updates, state = optimizer.update(gradient, state, weights)
        updates = jax.tree.map(lambda each, is_choice: jnp.where(choice == is_choice, each, 0.0), updates, choosing)
        return (optax.apply_updates(weights, updates), state), None

    batches, choices = _schedule(kind, len(labels), key_order)
    (weights, _), _ = jax.lax.scan(update, (weights, optimizer.init(weights)), (batches, choices))
    trained: ForkedNet = eqx.combine(weights, rest)
    return trained.shares().mean(0)


_run = eqx.filter_jit(_contest)


def _schedule(kind: str, count: int, key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Batches of places, and whether each is for the choice."""
    if kind == "published":
        orders = jax.vmap(lambda key: jax.random.permutation(key, count))(jax.random.split(key, _PASSES))
        batches = orders.reshape(_PASSES, -1, _BATCH)
        choices = jnp.broadcast_to(jnp.arange(_PASSES)[:, None] == _PASSES - 1, batches.shape[:2])
        return batches.reshape(-1, _BATCH), choices.reshape(-1)
    half = count // 2
    orders = jax.vmap(lambda key: jax.random.permutation(key, half))(jax.random.split(key, 2 * _PASSES))
    batches = orders.reshape(2, -1, _BATCH) + jnp.asarray([0, half])[:, None, None]
    choices = jnp.broadcast_to(jnp.asarray([False, True])[:, None], batches.shape[:2])
    return batches.swapaxes(0, 1).reshape(-1, _BATCH), choices.swapaxes(0, 1).reshape(-1)
