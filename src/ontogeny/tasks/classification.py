"""Recognise images: a multilayer perceptron that says what an image shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ontogeny.core import Key, Metrics, Task
from ontogeny.data import ImageSet, Labelled
from ontogeny.errors import refuse, require
from ontogeny.nets.mlp import MLP
from ontogeny.tasks.epochs import Epochs

Array: TypeAlias = jax.Array | np.ndarray
Criterion: TypeAlias = Callable[[jax.Array, Array], jax.Array]
"""From logits, `(count, classes)`, and labels, `(count,)`, to a scalar."""


class Classification(Task):
    """Recognise images: the loss is the mean over a batch of training images.

    Training images come in shuffled epochs, without replacement: the batch of a step is
    decided by where the epoch stands, so all members of a generation share it. Where each
    is to be evaluated on a batch of its own, draw with `replacement`.

    Attributes:
        data: images for training, validation and test, all of one shape.
        hidden: widths of the hidden layers; none for a linear classifier.
        batch: images in one evaluation.
        criterion: one of `CRITERIA`.
        replacement: whether each batch is drawn from all training images anew.
        classes: how many there are; labels are 0 to `classes - 1`.

    Raises:
        InputError: for a value out of range.
    """

    data: ImageSet = eqx.field(converter=lambda data: jax.tree.map(jnp.asarray, data))
    hidden: tuple[int, ...] = eqx.field(static=True, default=(128,), converter=tuple)
    batch: int = eqx.field(static=True, default=256)
    criterion: str = eqx.field(static=True, default="cross-entropy")
    replacement: bool = eqx.field(static=True, default=False)
    classes: int = eqx.field(static=True, default=10)

    def __check_init__(self) -> None:
        count = len(self.data.train.labels)
        require(all(width >= 1 for width in self.hidden), "hidden", self.hidden, "give 1 or more units a layer")
        require(1 <= self.batch <= count, "batch", self.batch, f"give 1 to {count:,}, the training images")
        if self.criterion not in CRITERIA:
            refuse("criterion", self.criterion, CRITERIA)
        for name, (images, labels) in zip(ImageSet._fields, self.data, strict=True):
            shape = (len(labels), *self.data.train.images.shape[1:])
            fits = images.shape == shape and images.ndim >= 2
            require(fits, f"data.{name}.images", images.shape, "give (count, height, width), an image for each label")
            whole = np.issubdtype(labels.dtype, np.integer)
            known = whole and set(np.unique(labels).tolist()) <= set(range(self.classes))
            hint = f"give whole numbers, 0 to {self.classes - 1}, or set classes"
            require(known, f"data.{name}.labels", f"{labels.dtype} up to {np.max(labels, initial=0)}", hint)

    def init(self, key: Key) -> MLP:
        """A new net."""
        return MLP.create(key, (math.prod(self.data.train.images.shape[1:]), *self.hidden, self.classes))

    @property
    def samples(self) -> int:
        """Images in one evaluation."""
        return self.batch

    def begin(self, key: Key) -> Epochs | None:
        """The first epoch; `None` where batches are drawn with replacement."""
        return None if self.replacement else Epochs.begin(key, len(self.data.train.labels))

    def draw(self, key: Key, world: Epochs | None) -> Labelled:
        """`batch` training images: the next of the epoch, or any with replacement."""
        images, labels = self.data.train
        chosen = world.batch(self.batch) if world else jax.random.randint(key, (self.batch,), 0, len(labels))
        return Labelled(images[chosen], labels[chosen])

    def loss(self, genome: MLP, batch: Labelled) -> tuple[jax.Array, None]:
        """The criterion on the batch."""
        return CRITERIA[self.criterion](_logits(genome, batch.images), batch.labels), None

    def outputs(self, genome: MLP, batch: Labelled) -> jax.Array:
        """The logits, `(batch, classes)`."""
        return _logits(genome, batch.images)

    def settle(self, world: Epochs | None, batch: Labelled, aux: None) -> Epochs | None:
        """The epoch, one batch further."""
        del batch, aux
        return world.after(self.batch) if world else None

    def measure(self, genome: MLP, key: Key) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all validation images."""
        del key
        return self._figures(genome, self.data.validation)

    def test(self, genome: MLP) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all test images: to be asked once, at the end."""
        return self._figures(genome, self.data.test)

    def _figures(self, genome: MLP, part: Labelled) -> Metrics:
        logits = _logits(genome, part.images)
        loss, wrong = CRITERIA[self.criterion](logits, part.labels), mistakes(logits, part.labels)
        return {"loss": loss, "accuracy": 1 - wrong}


def _logits(net: MLP, images: Array) -> jax.Array:
    return net(jnp.reshape(images, (len(images), -1)))


def cross_entropy(logits: jax.Array, labels: Array) -> jax.Array:
    """Mean negative logarithm of the probability of the right class, in nats."""
    losses: jax.Array = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(labels))
    return losses.mean()


def mistakes(logits: jax.Array, labels: Array) -> jax.Array:
    """Share of images whose highest logit is not that of the right class; it has no gradient."""
    return jnp.mean(jnp.argmax(logits, axis=-1) != labels)


CRITERIA: dict[str, Criterion] = {"cross-entropy": cross_entropy, "mistakes": mistakes}
"""Losses by name."""
