"""An evolutionary algorithm: a population is a function from an index to a genome."""

from __future__ import annotations

import abc

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core.types import Genome, Key, State


class Strategy(eqx.Module):
    """An evolutionary algorithm.

    Members are never stored: `member(state, index)` rebuilds one where it is evaluated, so
    that only keys go out and only losses come back (Salimans et al. 2017, algorithm 2).
    """

    popsize: eqx.AbstractVar[int]

    @abc.abstractmethod
    def init(self, genome: Genome, key: Key) -> State:
        """The state before the first generation.

        Args:
            genome: where the search starts.
            key: random key; all randomness of the search comes from it.
        """

    @abc.abstractmethod
    def member(self, state: State, index: jax.Array) -> Genome:
        """One member of this generation; pure.

        Args:
            state: the state of this generation.
            index: integer scalar from 0 to `popsize - 1`.
        """

    @abc.abstractmethod
    def tell(self, state: State, losses: jax.Array) -> State:
        """The state of the next generation.

        Args:
            state: the state of this generation.
            losses: `(popsize,)`, lower is better; NaN counts as worst.
        """

    @abc.abstractmethod
    def genome(self, state: State) -> Genome:
        """The genome to keep: the mean of the search distribution, or the best member."""

    def ask(self, state: State) -> Genome:
        """All members at once, stacked along a new first axis of length `popsize`.

        For objectives that are not JAX functions: turn the leaves into numpy arrays,
        evaluate, and give the losses to `tell`.
        """
        return eqx.filter_vmap(self.member, in_axes=(None, 0))(state, jnp.arange(self.popsize))
