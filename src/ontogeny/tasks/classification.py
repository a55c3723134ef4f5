"""Recognise images: a multilayer perceptron that says what an image shows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from functools import partial
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
from ontogeny.tasks.attacked import fast_gradient_sign
from ontogeny.tasks.epochs import Epochs

Array: TypeAlias = jax.Array | np.ndarray
Criterion: TypeAlias = Callable[[jax.Array, Array], jax.Array]
"""From logits, `(count, classes)`, and labels, `(count,)`, to a loss for each image, `(count,)`."""


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
        shuffled: whether an epoch deals images in a random order; if not, as they stand.
        start: one of `STARTS`, how a new net's weights are drawn.
        view: share of the pixels that a new net looks at, drawn for each net, above 0, at most 1.
        adversarial: by how much of a pixel's range the training images are attacked (`fast_gradient_sign`, the net's
            own gradient); the loss is then the mean of the attacked and of the clean. 0 for clean images alone.
        judged: one of `CRITERIA`, what members of a population are chosen by, image by image.
        judged_attack: as `adversarial`, for the images that members are judged on: each is attacked by the gradient
            of another member.
        tested: whether there are test images that nothing was chosen by; if not, `test` finds nothing.

    Raises:
        InputError: for a value out of range.
    """

    data: ImageSet = eqx.field(converter=lambda data: jax.tree.map(jnp.asarray, data))
    hidden: tuple[int, ...] = eqx.field(static=True, default=(128,), converter=tuple)
    batch: int = eqx.field(static=True, default=256)
    criterion: str = eqx.field(static=True, default="cross-entropy")
    replacement: bool = eqx.field(static=True, default=False)
    classes: int = eqx.field(static=True, default=10)
    shuffled: bool = eqx.field(static=True, default=True)
    start: str = eqx.field(static=True, default="normal")
    view: float = eqx.field(static=True, default=1.0)
    adversarial: float = eqx.field(static=True, default=0.0)
    judged: str = eqx.field(static=True, default="mistakes")
    judged_attack: float = eqx.field(static=True, default=0.0)
    tested: bool = eqx.field(static=True, default=True)

    def __check_init__(self) -> None:
        count = len(self.data.train.labels)
        require(all(width >= 1 for width in self.hidden), "hidden", self.hidden, "give 1 or more units a layer")
        require(1 <= self.batch <= count, "batch", self.batch, f"give 1 to {count:,}, the training images")
        for name, names in (("criterion", CRITERIA), ("judged", CRITERIA), ("start", STARTS)):
            if getattr(self, name) not in names:
                refuse(name, getattr(self, name), names)
        require(0 < self.view <= 1, "view", self.view, "give a share above 0, at most 1")
        for name in ("adversarial", "judged_attack"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "give a share of a pixel's range, 0 to 1")
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
        pixels = math.prod(self.data.train.images.shape[1:])
        net = STARTS[self.start](key, (pixels, *self.hidden, self.classes))
        if self.view == 1:
            return net
        # Beside the keys of the layers, which are split from the same.
        order = jax.random.permutation(jax.random.fold_in(key, pixels), pixels)
        return dataclasses.replace(net, seen=order < max(1, round(self.view * pixels)))

    @property
    def samples(self) -> int:
        """Images in one evaluation."""
        return self.batch

    def begin(self, key: Key) -> Epochs | None:
        """The first epoch; `None` where batches are drawn with replacement."""
        count = len(self.data.train.labels)
        return None if self.replacement else Epochs.begin(key if self.shuffled else None, count)

    def draw(self, key: Key, world: Epochs | None) -> Labelled:
        """`batch` training images: the next of the epoch, or any with replacement."""
        images, labels = self.data.train
        chosen = world.batch(self.batch) if world else jax.random.randint(key, (self.batch,), 0, len(labels))
        return Labelled(images[chosen], labels[chosen])

    def loss(self, genome: MLP, batch: Labelled) -> tuple[jax.Array, None]:
        """The criterion on the batch; with `adversarial`, its mean on the clean and on the attacked images."""
        criterion = CRITERIA[self.criterion]
        loss = criterion(logits(genome, batch.images), batch.labels).mean()
        if not self.adversarial:
            return loss, None
        images, labels = map(jnp.asarray, batch)
        attacked = fast_gradient_sign(partial(logits, genome), images, labels, self.adversarial)
        return (loss + criterion(logits(genome, attacked), batch.labels).mean()) / 2, None

    def outputs(self, genome: MLP, batch: Labelled) -> jax.Array:
        """The logits, `(batch, classes)`."""
        return logits(genome, batch.images)

    def settle(self, world: Epochs | None, batch: Labelled, aux: None) -> Epochs | None:
        """The epoch, one batch further."""
        del batch, aux
        return world.after(self.batch) if world else None

    def measure(self, genome: MLP, key: Key) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all validation images."""
        del key
        return self._figures(genome, self.data.validation)

    def test(self, genome: MLP) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all test images: to be asked once, at the end; see `tested`."""
        return self._figures(genome, self.data.test) if self.tested else {}

    def judge(self, genomes: MLP) -> jax.Array:
        """`judged` on each validation image, of each member; see `judged_attack`.

        Args:
            genomes: nets, stacked along a new first axis.

        Returns:
            `(members, validation images)`; infinite of a net that diverged.
        """
        images, labels = map(jnp.asarray, self.data.validation)
        following = jax.tree.map(lambda leaf: jnp.roll(leaf, -1, axis=0), genomes)

        def cases(pair: tuple[MLP, MLP]) -> jax.Array:
            net, other = pair
            shown = images
            if self.judged_attack:
                shown = fast_gradient_sign(partial(logits, other), images, labels, self.judged_attack)
            found = logits(net, shown)
            # Of no number the highest is the first: a net that diverged would be right about a class.
            return jnp.where(jnp.isfinite(found).all(1), CRITERIA[self.judged](found, labels), jnp.inf)

        found: jax.Array = jax.lax.map(cases, (genomes, following))
        return found

    def _figures(self, genome: MLP, part: Labelled) -> Metrics:
        found = logits(genome, part.images)
        loss, wrong = (criterion(found, part.labels).mean() for criterion in (CRITERIA[self.criterion], mistakes))
        return {"loss": loss, "accuracy": 1 - wrong}


def logits(net: MLP, images: Array) -> jax.Array:
    """What a net says of images, `(count, classes)`: the highest is its answer.

    Args:
        net: that reads a row of numbers.
        images: `(count, ...)`.
    """
    return net(jnp.reshape(images, (len(images), -1)))


def cross_entropy(logits: jax.Array, labels: Array) -> jax.Array:
    """Negative logarithm of the probability of each image's right class, `(count,)`, in nats."""
    losses: jax.Array = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(labels))
    return losses


def mistakes(logits: jax.Array, labels: Array) -> jax.Array:
    """1 for each image whose highest logit is not that of the right class, else 0; it has no gradient."""
    return (jnp.argmax(logits, axis=-1) != jnp.asarray(labels)).astype(logits.dtype)


CRITERIA: dict[str, Criterion] = {"cross-entropy": cross_entropy, "mistakes": mistakes}
"""Losses of each image by name."""

STARTS: dict[str, Callable[[Key, tuple[int, ...]], MLP]] = {"normal": MLP.create, "uniform": MLP.create_uniform}
"""How a new net's weights are drawn, by name."""
