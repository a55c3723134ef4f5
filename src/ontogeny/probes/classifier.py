"""A classifier as a function of a genome and images, asked about many images a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome
from ontogeny.errors import require

Array: TypeAlias = jax.Array | np.ndarray

Logits: TypeAlias = Callable[[Genome, jax.Array], jax.Array]
"""From a genome and images, `(count, ...)`, to logits, `(count, classes)`; each image is answered for itself.

Programs are compiled once for each such function: keep the function, and give another genome.
"""

TOGETHER = 250
"""Images that are computed at once: their activations, and not those of all, have to fit into memory."""


@partial(jax.jit, static_argnums=0)
def answers(logits: Logits, genome: Genome, images: Array) -> jax.Array:
    """The logits of any number of images, `(count, classes)`.

    Args:
        logits: of the net.
        genome: one net.
        images: `(count, ...)`.
    """

    def answer(image: jax.Array) -> jax.Array:
        return logits(genome, image[None])[0]

    found: jax.Array = jax.lax.map(answer, jnp.asarray(images), batch_size=TOGETHER)
    return found


@partial(jax.jit, static_argnums=0)
def predictions(logits: Logits, members: Genome, images: Array) -> jax.Array:
    """The class with the highest logit, for each member and image, `(members, count)`.

    Args:
        logits: of the net.
        members: nets, stacked along a first axis; they are asked one after the other.
        images: `(count, ...)`.
    """
    found: jax.Array = jax.lax.map(lambda genome: jnp.argmax(answers(logits, genome, images), 1), members)
    return found


def accuracies(logits: Logits, members: Genome, images: Array, labels: Array) -> jax.Array:
    """The share of images that each member gets right, `(members,)`, 0 to 1.

    Args:
        logits: of the net.
        members: nets, stacked along a first axis.
        images: `(count, ...)`.
        labels: `(count,)`, from 0.
    """
    return jnp.mean(predictions(logits, members, images) == jnp.asarray(labels), axis=1)


def accuracy(logits: Logits, genome: Genome, images: Array, labels: Array) -> jax.Array:
    """The share of images that a net gets right, a scalar, 0 to 1.

    Args:
        logits: of the net.
        genome: one net.
        images: `(count, ...)`.
        labels: `(count,)`, from 0.
    """
    return jnp.mean(jnp.argmax(answers(logits, genome, images), 1) == jnp.asarray(labels))


def check_labelled(images: Array, labels: Array) -> None:
    """Refuse images without a label each, or none at all.

    Raises:
        InputError: for another number of labels.
    """
    fits = np.shape(labels) == np.shape(images)[:1] and len(images) > 0
    require(fits, "labels", np.shape(labels), f"give one for each image, of which there are {len(images)}, 1 or more")
