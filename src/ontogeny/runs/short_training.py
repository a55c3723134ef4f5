"""What cells learn in a short training, one compiled program for all of them."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ontogeny.core import Genome
from ontogeny.data import Labelled
from ontogeny.errors import require
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.runs.scoring import shown_images
from ontogeny.tasks.classification import cross_entropy, mistakes

_IMAGES = 768
_RATE = 2e-3
_BATCH = 64


class ShortTraining:
    """The share of held-back images that a cell's net gets right after a few epochs on others.

    Of every three images two are for training. Adam, whose learning rate comes down from 2e-3 along a cosine; the same
    first weights of each operation and the same batches for every cell. Nothing is mirrored or shifted.

    Args:
        net: that has all operations, with its first weights.
        data: as `scoring.shown_images` has it; 768 images, or as many as there are.
        seed: of the order of images.
        epochs: 1 or more.

    Raises:
        InputError: for a value out of range.
        MachineError: where images are not to be had.
    """

    def __init__(self, net: CellNet, data: str, seed: int, epochs: int = 3) -> None:
        require(epochs >= 1, "epochs", epochs, "give 1 or more")
        shown = shown_images(data, _IMAGES, enough=False)
        held = np.arange(len(shown.labels)) % 3 == 2
        self.train, self.held = (
            Labelled(jnp.asarray(shown.images[part]), jnp.asarray(shown.labels[part])) for part in (~held, held)
        )
        count = len(self.train.labels)
        batch = min(_BATCH, count)
        rng = np.random.default_rng(seed)
        order = [rng.permutation(count)[: count // batch * batch].reshape(-1, batch) for _ in range(epochs)]
        self.batches = jnp.asarray(np.concatenate(order))
        self.net = net

    def __call__(self, genotype: np.ndarray) -> float:
        """The share that is right, 0 to 1, of a cell, `(6,)` numbers of operations."""
        chosen = jnp.asarray(genotype, jnp.int32)
        return float(_right(self.net, chosen, self.train, self.held, self.batches))


@eqx.filter_jit
def _right(net: CellNet, genotype: jax.Array, train: Labelled, held: Labelled, batches: jax.Array) -> jax.Array:
    optimizer = optax.adam(optax.cosine_decay_schedule(_RATE, len(batches)))
    images = jnp.asarray(train.images)
    weights, rest = eqx.partition(net, eqx.is_inexact_array)

    def loss(weights: Genome, batch: jax.Array) -> jax.Array:
        logits = Chosen(eqx.combine(weights, rest), genotype).passage(images[batch]).logits
        return cross_entropy(logits, train.labels[batch]).mean()

    def update(carry: Any, batch: jax.Array) -> tuple[Any, None]:
        weights, state = carry
        updates, state = optimizer.update(jax.grad(loss)(weights, batch), state, weights)
        return (optax.apply_updates(weights, updates), state), None

    (weights, _), _ = jax.lax.scan(update, (weights, optimizer.init(weights)), batches)
    trained = Chosen(eqx.combine(weights, rest), genotype)
    # By moments of training images, so that an answer does not depend on the images beside it.
    moments = trained.passage(images).moments
    return 1 - mistakes(trained.passage(jnp.asarray(held.images), moments).logits, held.labels).mean()
