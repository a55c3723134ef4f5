"""Reconstruct pictures from a few numbers: an autoencoder (Váradi 2021)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key, Metrics, Task
from ontogeny.data.pictures import Pictures
from ontogeny.errors import refuse, require
from ontogeny.kernels.layers import COMPARED, reconstruct, reconstruction_errors
from ontogeny.kernels.native import why_plain
from ontogeny.nets.autoencoder import PUBLISHED, Autoencoder, to_signal
from ontogeny.nets.layer_text import read_layers
from ontogeny.nets.layers import STARTS
from ontogeny.nets.variational import Variational, divergence
from ontogeny.tasks.epochs import Epochs

Criterion: TypeAlias = Callable[[jax.Array, jax.Array], jax.Array]
"""From pictures and what they should be, both `(pixels, samples)`, to an error each, `(samples,)`."""

Array: TypeAlias = jax.Array | np.ndarray

_COMPARED = 256


class Originals(NamedTuple):
    """The pictures of one evaluation.

    Attributes:
        images: `(batch, height, width)`.
        noise: `(batch, units)`, what a variational latent is drawn with; no units for others.
    """

    images: jax.Array
    noise: jax.Array


class Reconstruction(Task):
    """Reconstruct pictures: the loss is the mean error over a batch of training pictures.

    Attributes:
        data: pictures of one size; where none are held back, it is measured on those that it learns.
        layers: of the net, as `nets.layer_text` says how to write them.
        start: how its weights begin, one of `nets.layers.STARTS`.
        criterion: one of `CRITERIA`.
        batch: pictures in one evaluation, dealt in shuffled epochs; `None` for all of them every time.
        diversity: what the error to the mean of the *other* pictures of the batch counts for: it is taken off the
            loss, so that all outputs alike pay less. 0 or more.
        divergence: what the divergence of a variational latent from the standard normal distribution counts for,
            in nats a pixel. 0 or more.
        by_sample: whether each picture is an objective of its own: the loss is then the vector of their errors.

    Raises:
        InputError: for a value out of range.
    """

    data: Pictures = eqx.field(converter=lambda data: jax.tree.map(jnp.asarray, data))
    layers: tuple[str, ...] = eqx.field(static=True, default=PUBLISHED, converter=tuple)
    start: str = eqx.field(static=True, default="uniform")
    criterion: str = eqx.field(static=True, default="mean-absolute")
    batch: int | None = eqx.field(static=True, default=None)
    diversity: float = eqx.field(static=True, default=0.0)
    divergence: float = eqx.field(static=True, default=0.0)
    by_sample: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        shape = self.data.train.shape
        for name, part in self.data.parts.items():
            good = part.ndim == 3 and part.size > 0 and part.shape[1:] == shape[1:]
            require(good, f"data.{name}", part.shape, "give (count, height, width), one size for all parts")
            real = jnp.issubdtype(part.dtype, jnp.floating)
            require(real, f"data.{name}", str(part.dtype), "give floating-point numbers, as load_pictures does")
        count = len(self.data.train)
        require(self.batch is None or 1 <= self.batch <= count, "batch", self.batch, f"give 1 to {count:,}")
        for name, choice, choices in (("start", self.start, STARTS), ("criterion", self.criterion, CRITERIA)):
            if choice not in choices:
                refuse(name, choice, choices)
        several = self.diversity == 0 or self.samples > 1
        require(self.diversity >= 0, "diversity", self.diversity, "give 0 or more")
        require(several, "diversity", self.diversity, "one picture has no others: give 0")
        require(self.divergence >= 0, "divergence", self.divergence, "give 0 or more")
        eqx.filter_eval_shape(self.init, jax.random.key(0))  # refuses layers that do not fit
        hint = "it is for a variational layer: give 0, or write one"
        require(self.divergence == 0 or self._units > 0, "divergence", self.divergence, hint)

    @property
    def _units(self) -> int:
        """Dimensions of a variational latent; 0 for another."""
        return next((layer.units for layer in read_layers(self.layers) if isinstance(layer, Variational)), 0)

    @property
    def threaded(self) -> bool:
        """Whether the compiled version does the work."""
        return not self._units and not why_plain()

    def init(self, key: Key) -> Autoencoder:
        """A new net."""
        _, height, width = self.data.train.shape
        return Autoencoder.create(key, (height, width), self.layers, STARTS[self.start])

    @property
    def samples(self) -> int:
        """Pictures in one evaluation."""
        return self.batch or len(self.data.train)

    def begin(self, key: Key) -> Epochs | None:
        """The first epoch; `None` where all pictures come every time."""
        return None if self.batch is None else Epochs.begin(key, len(self.data.train))

    def draw(self, key: Key, world: Epochs | None) -> Originals:
        """The next pictures of the epoch, or all."""
        images = jnp.asarray(self.data.train)
        chosen = images if world is None or self.batch is None else images[world.batch(self.batch)]
        return Originals(chosen, jax.random.normal(key, (len(chosen), self._units)))

    def loss(self, genome: Autoencoder, batch: Originals) -> tuple[jax.Array, None]:
        """The mean error, and what `diversity` and `divergence` add; by sample that of each picture, `(batch,)`."""
        errors = self.errors(genome, batch)
        return (errors if self.by_sample else errors.mean()), None

    def errors(self, genome: Autoencoder, batch: Originals) -> jax.Array:
        """The loss of each picture: `(batch,)`."""
        images = batch.images
        if not self._units and self.diversity == 0 and self.criterion in COMPARED:
            signal = to_signal(images)
            return reconstruction_errors(genome, signal, signal, self.criterion)
        wanted = _columns(to_signal(images))
        if self._units:
            means, logarithms = genome.distribution(images)
            outputs = _columns(to_signal(genome.decode(means + batch.noise * jnp.exp(logarithms / 2))))
            apart = divergence(means.T, logarithms.T) / len(wanted)
        else:
            outputs, apart = _columns(reconstruct(genome, to_signal(images))), jnp.zeros(len(images))
        measure = CRITERIA[self.criterion]
        errors = measure(outputs, wanted) + self.divergence * apart
        if self.diversity == 0:
            return errors
        others = (wanted.sum(1, keepdims=True) - wanted) / (len(images) - 1)
        return errors - self.diversity * measure(outputs, others)

    def outputs(self, genome: Autoencoder, batch: Originals) -> jax.Array:
        """What becomes of the pictures, `(batch, height, width)`, by the plain version and by the means of a latent."""
        return genome(batch.images)

    def settle(self, world: Epochs | None, batch: Originals, aux: None) -> Epochs | None:
        """The epoch, one batch further."""
        del batch, aux
        return None if world is None or self.batch is None else world.after(self.batch)

    def measure(self, genome: Autoencoder, key: Key) -> Metrics:
        """`loss` (the criterion alone) and `mean_absolute` on all pictures for validation.

        Where they are several, but few, also `told_apart`, the share of them whose reconstruction is nearer to them
        than to any other, 0 to 1.
        """
        del key
        return self._figures(genome, self.data.train if self.data.validation is None else self.data.validation)

    def test(self, genome: Autoencoder) -> Metrics:
        """The figures of `measure` on all test pictures; none where none were held back."""
        return {} if self.data.test is None else self._figures(genome, self.data.test)

    def _figures(self, genome: Autoencoder, images: Array) -> Metrics:
        images = jnp.asarray(images)
        signal = to_signal(images)
        outputs, wanted = _columns(reconstruct(genome, signal)), _columns(signal)
        found = {
            "loss": CRITERIA[self.criterion](outputs, wanted).mean(),
            "mean_absolute": mean_absolute(outputs, wanted).mean(),
        }
        return found | ({"told_apart": told_apart(outputs, wanted)} if 1 < len(images) <= _COMPARED else {})


def _columns(signal: jax.Array) -> jax.Array:
    """A signal as `(pixels, samples)`: the layout that nets work in."""
    return signal.reshape(-1, signal.shape[-1])


def told_apart(outputs: jax.Array, wanted: jax.Array) -> jax.Array:
    """The share of outputs that are nearest to what they should be, by the mean absolute error: 0 to 1.

    Args:
        outputs: `(pixels, samples)`.
        wanted: of the same shape.
    """
    distances = jax.vmap(lambda output: mean_absolute(output[:, None], wanted), 1)(outputs)
    others = jnp.where(jnp.eye(wanted.shape[1], dtype=bool), jnp.inf, distances).min(1)
    return jnp.mean(jnp.diagonal(distances) < others)


def mean_absolute(outputs: jax.Array, wanted: jax.Array) -> jax.Array:
    """Mean absolute difference: the published fitness."""
    return jnp.abs(outputs - wanted).mean(0)


def mean_square(outputs: jax.Array, wanted: jax.Array) -> jax.Array:
    """Mean square difference."""
    return jnp.square(outputs - wanted).mean(0)


def root_mean_square(outputs: jax.Array, wanted: jax.Array) -> jax.Array:
    """Root of the mean square difference; its gradient is finite where the outputs are right."""
    return jnp.sqrt(mean_square(outputs, wanted) + 1e-12)


def decorrelation(outputs: jax.Array, wanted: jax.Array) -> jax.Array:
    """One less the correlation of pixels: 0 to 2, blind to brightness and contrast."""
    left, right = (each - each.mean(0) for each in (outputs, wanted))
    norms = jnp.sqrt((jnp.square(left).sum(0) + 1e-12) * (jnp.square(right).sum(0) + 1e-12))
    return 1 - (left * right).sum(0) / norms


CRITERIA: dict[str, Criterion] = {
    "mean-absolute": mean_absolute,
    "mean-square": mean_square,
    "root-mean-square": root_mean_square,
    "decorrelation": decorrelation,
}
"""Errors by name."""
