"""How much the outputs of a net move with each weight, so that mutations can be made safe.

A mutation that is small in all weights may turn a net's outputs over by one of them. Divided by the sensitivity of
the outputs to its weight, each change moves the outputs alike (Lehman et al. 2018, arXiv 1712.06563, "SM-G").
"""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key
from ontogeny.errors import require


class Sensitivity(eqx.Module):
    """Estimate the root mean square derivative of the outputs by each weight.

    A vector-Jacobian product with random signs, squared, is the sum of the squared derivatives of all outputs on
    average (Hutchinson 1989), so a handful do, however many outputs there are.

    Attributes:
        products: vector-Jacobian products that are averaged; 0 to leave mutations as they are.
        floor: least sensitivity that counts, relative to the root mean square over all weights, above 0, so
            that a weight on which nothing depends does not run away.
    """

    products: int = eqx.field(static=True, default=0)
    floor: float = eqx.field(static=True, default=1e-3)

    def __check_init__(self) -> None:
        require(self.products >= 0, "safe", self.products, "give 1 or more products, or 0 for plain mutations")
        require(self.floor > 0, "floor", self.floor, "give a number above 0")

    def begin(self, weights: Genome) -> Genome:
        """Ones: all weights alike, each leaf a single number where mutations stay as they are."""
        return jax.tree.map(lambda leaf: jnp.ones(leaf.shape if self.products else (1,) * leaf.ndim), weights)

    def of(self, outputs: Callable[[Genome], jax.Array], key: Key, weights: Genome) -> Genome:
        """The sensitivity of the outputs to each weight, above 0.

        Args:
            outputs: from weights to an array of outputs.
            key: random key.
            weights: a pytree of floating-point arrays.

        Returns:
            A pytree like `weights`.
        """
        found, backwards = jax.vjp(outputs, weights)

        def squares(key: Key) -> Genome:
            signs = jax.random.rademacher(key, found.shape, found.dtype)
            return jax.tree.map(jnp.square, backwards(signs)[0])

        sums = jax.lax.map(squares, jax.random.split(key, self.products))
        means = jax.tree.map(lambda leaf: leaf.mean(0) / found.size, sums)
        leaves = jax.tree.leaves(means)
        usual = sum(leaf.sum() for leaf in leaves) / sum(leaf.size for leaf in leaves)
        # Where nothing depends on any weight, all count alike.
        least = jnp.where(usual > 0, self.floor**2 * usual, 1.0)
        return jax.tree.map(lambda leaf: jnp.sqrt(jnp.maximum(leaf, least)), means)
