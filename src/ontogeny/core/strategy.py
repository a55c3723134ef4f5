"""An evolutionary algorithm: a population is a function from an index to a genome."""

from __future__ import annotations

import abc
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core.types import Batch, Genome, Key, State
from ontogeny.lowrank.array import dense, is_low_rank


def overall(losses: jax.Array) -> jax.Array:
    """One number for each member: the mean over its objectives.

    Args:
        losses: `(popsize,)` or `(popsize, objectives)`.

    Returns:
        `(popsize,)`; not finite where an objective is not.
    """
    return losses.reshape(losses.shape[0], -1).mean(1)


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

    def prepare(self, state: State, loss: Callable[[Genome, Batch], jax.Array], batch: Batch) -> State:
        """Fit the first state to what will be evaluated; by default it stays as it is.

        Args:
            state: what `init` returned.
            loss: of a genome on a batch; only to be traced, to see what it costs.
            batch: the shapes of a batch (`jax.ShapeDtypeStruct`).
        """
        del loss, batch
        return state

    def look(self, state: State, outputs: Callable[[Genome, Batch], jax.Array], batch: Batch) -> State:
        """See what genomes put out, once a generation before its members are made; by default nothing comes of it.

        Args:
            state: the state of this generation.
            outputs: of a genome on a batch, an array; it raises an `InputError` where the task has none.
            batch: what the generation is evaluated on, or, where each member has a batch of its own, one like it.
        """
        del outputs, batch
        return state

    @abc.abstractmethod
    def member(self, state: State, index: jax.Array) -> Genome:
        """One member of this generation; pure.

        Args:
            state: the state of this generation.
            index: integer scalar from 0 to `popsize - 1`.

        Returns:
            A genome; leaves may be `LowRank`, which `ontogeny.lowrank.call` evaluates.
        """

    @abc.abstractmethod
    def tell(self, state: State, losses: jax.Array) -> State:
        """The state of the next generation.

        Args:
            state: the state of this generation.
            losses: `(popsize,)`, or `(popsize, objectives)` where the loss is a vector; lower is better, NaN
                counts as worst. What needs one number a member takes `overall` of them.
        """

    @abc.abstractmethod
    def genome(self, state: State) -> Genome:
        """The genome to keep: the mean of the search distribution, or the best member."""

    def ask(self, state: State) -> Genome:
        """All members at once, stacked along a new first axis of length `popsize`.

        For objectives that are not JAX functions: turn the leaves into numpy arrays,
        evaluate, and give the losses to `tell`.
        """

        def member(index: jax.Array) -> Genome:
            return jax.tree.map(dense, self.member(state, index), is_leaf=is_low_rank)

        return eqx.filter_vmap(member)(jnp.arange(self.popsize))
