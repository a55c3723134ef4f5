"""The latent of a variational autoencoder (Kingma & Welling 2014, arxiv.org/abs/1312.6114)."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp

from ontogeny.errors import require
from ontogeny.nets.layers import Dense, Layer, Shape, Start, Take, Weights


@dataclasses.dataclass(frozen=True)
class Variational(Layer):
    """Each sample becomes a normal distribution; what passes on is its mean, or a draw from it.

    Attributes:
        units: dimensions of the latent, 1 or more.
    """

    units: int

    @property
    def _sums(self) -> Dense:
        return Dense(2 * self.units, "linear")

    def after(self, shape: Shape) -> Shape:
        """`units` channels of one pixel."""
        require(self.units >= 1, self.name, self.units, "give 1 or more units")
        self._sums.after(shape)
        return (self.units, 1, 1)

    def init(self, take: Take, shape: Shape, start: Start) -> Weights:
        """`(2 * units, inputs)` and `(2 * units,)`: means, then logarithms of variances."""
        return self._sums.init(take, shape, start)

    def __call__(self, weights: Weights | None, x: jax.Array) -> jax.Array:
        """The means."""
        return self.distribution(weights, x)[0]

    def distribution(self, weights: Weights | None, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Means and logarithms of variances, `(units, 1, 1, samples)` each."""
        means, logarithms = jnp.split(self._sums(weights, x), 2)
        return means, logarithms


def divergence(means: jax.Array, logarithms: jax.Array) -> jax.Array:
    """How far normal distributions are from the standard one (Kullback-Leibler), in nats.

    Args:
        means: `(units, ..., samples)`.
        logarithms: of the variances, of the same shape.

    Returns:
        `(samples,)`, 0 or more.
    """
    each = 0.5 * (means**2 + jnp.exp(logarithms) - logarithms - 1)
    total: jax.Array = each.reshape(-1, each.shape[-1]).sum(0)
    return total
