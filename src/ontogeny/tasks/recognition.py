"""Recognise pictures with a net that normalises by batches, as found cells are trained in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key, Metrics, Task
from ontogeny.data import ImageSet, Labelled
from ontogeny.errors import require
from ontogeny.nets.passage import Passed
from ontogeny.tasks.classification import cross_entropy, mistakes
from ontogeny.tasks.epochs import Epochs

_AT_ONCE = 250
"""Images that pass together where a trained net is measured."""


class Recognition(Task):
    """Recognise pictures: the loss is the mean cross-entropy over a batch, whose norms are the batch's own.

    Training pictures come in shuffled epochs. Each may be mirrored and shifted, anew each time it comes (He et al.
    2016, section 4.2). A trained net is measured with the means and variances of `settled` training pictures, so that
    an answer does not depend on the pictures beside it (Wu & Johnson 2021, section 3).

    Attributes:
        data: pictures for training, validation and test, `(count, height, width, channels)`.
        make: from a key to a new net.
        batch: pictures in one evaluation.
        flip: whether half of them are mirrored.
        shift: by how many pixels each is shifted at most, zeros around; 0 for none.
        settled: training pictures that give the means and variances of a trained net.
        tested: whether there are test pictures that nothing was chosen by; if not, `test` finds nothing.

    Raises:
        InputError: for a value out of range.
    """

    data: ImageSet = eqx.field(converter=lambda data: jax.tree.map(jnp.asarray, data))
    make: Callable[[Key], Passed] = eqx.field(static=True)
    batch: int = eqx.field(static=True, default=64)
    flip: bool = eqx.field(static=True, default=True)
    shift: int = eqx.field(static=True, default=4)
    settled: int = eqx.field(static=True, default=500)
    tested: bool = eqx.field(static=True, default=True)

    def __check_init__(self) -> None:
        shape, count = self.data.train.images.shape, len(self.data.train.labels)
        require(len(shape) == 4, "data.train.images", shape, "give (count, height, width, channels)")
        require(2 <= self.batch <= count, "batch", self.batch, f"give 2 to {count:,}, the training images")
        require(0 <= self.shift < min(shape[1:3]), "shift", self.shift, f"give 0 to {min(shape[1:3]) - 1} pixels")
        require(self.settled >= 2, "settled", self.settled, "give 2 or more")

    @property
    def samples(self) -> int:
        """Pictures in one evaluation."""
        return self.batch

    def init(self, key: Key) -> Genome:
        """A new net."""
        return self.make(key)

    def begin(self, key: Key) -> Epochs:
        """The first epoch."""
        return Epochs.begin(key, len(self.data.train.labels))

    def draw(self, key: Key, world: Epochs) -> Labelled:
        """The next `batch` of the epoch, mirrored and shifted."""
        images, labels = self.data.train
        chosen = world.batch(self.batch)
        moved = images[chosen]
        key_flip, key_shift = jax.random.split(key)
        if self.flip:
            mirrored = jax.random.bernoulli(key_flip, shape=(self.batch, 1, 1, 1))
            moved = jnp.where(mirrored, moved[:, :, ::-1], moved)
        if self.shift:
            starts = jax.random.randint(key_shift, (self.batch, 2), 0, 2 * self.shift + 1)
            around = jnp.pad(moved, ((0, 0), (self.shift, self.shift), (self.shift, self.shift), (0, 0)))
            shape = moved.shape[1:]

            def cut(image: jax.Array, at: jax.Array) -> jax.Array:
                return jax.lax.dynamic_slice(image, (at[0], at[1], 0), shape)

            moved = jax.vmap(cut)(around, starts)
        return Labelled(moved, labels[chosen])

    def loss(self, genome: Genome, batch: Labelled) -> tuple[jax.Array, None]:
        """Mean cross-entropy, in nats."""
        net = cast(Passed, genome)
        return cross_entropy(net.passage(jnp.asarray(batch.images)).logits, batch.labels).mean(), None

    def settle(self, world: Epochs, batch: Labelled, aux: None) -> Epochs:
        """The epoch, one batch further."""
        del batch, aux
        return world.after(self.batch)

    def measure(self, genome: Genome, key: Key) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all validation pictures."""
        del key
        return self._figures(genome, self.data.validation)

    def test(self, genome: Genome) -> Metrics:
        """`loss` and `accuracy` (0 to 1) on all test pictures: to be asked once, at the end; see `tested`."""
        return self._figures(genome, self.data.test) if self.tested else {}

    def answers(self, genome: Genome, images: Any) -> jax.Array:
        """Logits of a trained net, `(count, classes)`, each by its own picture and the settled means and variances."""
        net, images = cast(Passed, genome), jnp.asarray(images)
        moments = net.passage(jnp.asarray(self.data.train.images[: self.settled])).moments
        spare = -len(images) % _AT_ONCE
        padded = jnp.concatenate([images, jnp.zeros((spare, *images.shape[1:]), images.dtype)])
        groups = padded.reshape(-1, _AT_ONCE, *images.shape[1:])
        found: jax.Array = jax.lax.map(lambda group: net.passage(group, moments).logits, groups)
        return found.reshape(len(padded), -1)[: len(images)]

    def _figures(self, genome: Genome, part: Labelled) -> Metrics:
        found = self.answers(genome, part.images)
        loss, wrong = (criterion(found, part.labels).mean() for criterion in (cross_entropy, mistakes))
        return {"loss": loss, "accuracy": 1 - wrong}
