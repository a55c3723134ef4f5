"""Mutation rates: what the scale of a child's mutation is multiplied with, and how it adapts.

A fixed scale is too large near an optimum and too small far from it. Rates that are inherited, or evolved beside
the population, follow the loss down.
"""

from __future__ import annotations

import abc
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import require

_LEAST, _MOST = 1e-9, 1e9  # a rate that is rounded to 0 could never grow again


class Rates(eqx.Module):
    """How fast children mutate."""

    def check(self, children: int) -> None:
        """Refuse a population that is too small; none by default.

        Args:
            children: members of a generation that are not carried over.

        Raises:
            InputError: naming the field, its value and what to give instead.
        """
        del children

    def begin(self) -> Any:
        """What is kept besides the rate that each parent carries; nothing by default."""
        return None

    @abc.abstractmethod
    def rate(self, state: Any, key: Key, index: jax.Array, inherited: jax.Array) -> jax.Array:
        """The rate of one child, a scalar above 0.

        Args:
            state: what `begin` or `tell` returned last.
            key: random key of this child.
            index: its number in the generation, an integer scalar.
            inherited: the rate that its parent came from.
        """

    def tell(self, state: Any, key: Key, improvements: jax.Array) -> Any:
        """What is kept for the next generation; by default what was.

        Args:
            state: what `begin` or `tell` returned last.
            key: random key.
            improvements: `(popsize,)`, the parents' loss less the child's; minus infinity for what was
                carried over, and for children that failed.
        """
        del key, improvements
        return state


class Fixed(Rates):
    """The scale of the mutation as it is."""

    def rate(self, state: Any, key: Key, index: jax.Array, inherited: jax.Array) -> jax.Array:
        """One."""
        del state, key, index, inherited
        return jnp.ones(())


class SelfAdaptive(Rates):
    """Each child changes its parent's rate before it mutates by it (Bäck & Schwefel 1993).

    Rates are selected with the weights that they made. Only ranks matter, but a rate so small that nothing
    changes does little harm to its owner: rates may fall too far where improvements are rare.

    Attributes:
        learning_rate: standard deviation of the change of a rate's logarithm, above 0.
    """

    learning_rate: float = eqx.field(static=True, default=0.2)

    def __check_init__(self) -> None:
        require(self.learning_rate > 0, "learning_rate", self.learning_rate, "give a standard deviation above 0")

    def rate(self, state: Any, key: Key, index: jax.Array, inherited: jax.Array) -> jax.Array:
        """The parent's, times a log-normal number."""
        del state, index
        return jnp.clip(inherited * jnp.exp(self.learning_rate * jax.random.normal(key)), _LEAST, _MOST)


class GroupElite(Rates):
    """Rates evolve beside the population, each for a group of children (Kumar et al. 2022, arXiv 2204.04817).

    A rate is as good as the best improvement in its group. A mean would favour rates that change nothing, since
    most changes do harm. The better half of the rates has children, times or over `factor` at most; the best stays.

    Attributes:
        groups: how many rates, 2 or more; members are dealt to them in turn.
        factor: most that a rate is multiplied with or divided by in a generation, above 1.
    """

    groups: int = eqx.field(static=True, default=8)
    factor: float = eqx.field(static=True, default=2.0)

    def __check_init__(self) -> None:
        require(self.groups >= 2, "groups", self.groups, "give 2 or more")
        require(self.factor > 1, "factor", self.factor, "give a number above 1")

    def check(self, children: int) -> None:
        """Refuse a population without a child for each group."""
        hint = f"give 2 to {children}, the children of a generation"
        require(self.groups <= children, "groups", self.groups, hint)

    def begin(self) -> jax.Array:
        """The rates, `(groups,)`, around 1."""
        return jnp.geomspace(1 / self.factor, self.factor, self.groups)

    def rate(self, state: jax.Array, key: Key, index: jax.Array, inherited: jax.Array) -> jax.Array:
        """That of the child's group."""
        del key, inherited
        found: jax.Array = state[index % self.groups]
        return found

    def tell(self, state: jax.Array, key: Key, improvements: jax.Array) -> jax.Array:
        """The best rate, then children of the better half."""
        groups = jnp.arange(improvements.shape[0]) % self.groups
        best = jax.ops.segment_max(improvements, groups, self.groups)
        ordered = state[jnp.argsort(-best, stable=True)]
        key_parent, key_change = jax.random.split(key)
        parents = ordered[jax.random.randint(key_parent, (self.groups,), 0, max(1, self.groups // 2))]
        change = jnp.float32(self.factor) ** jax.random.uniform(key_change, (self.groups,), minval=-1, maxval=1)
        return jnp.clip((parents * change).at[0].set(ordered[0]), _LEAST, _MOST)
