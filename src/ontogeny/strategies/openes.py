"""Evolution strategies as a gradient estimator (Salimans et al. 2017, arXiv 1703.03864)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import equinox as eqx
import jax
import optax

from ontogeny.core import Batch, Genome, Key, State, Strategy, overall, sum_members
from ontogeny.errors import require
from ontogeny.lowrank import call
from ontogeny.lowrank.array import is_low_rank
from ontogeny.strategies.lowrank_noise import (
    Noises,
    choose_ranks,
    forced_ranks,
    formed,
    noise_size,
    perturbed,
    split_noise,
    summed,
)  # fmt: skip
from ontogeny.strategies.noise import Noise, byte_sums
from ontogeny.strategies.shaping import Shaping, centred_ranks, raw


class OpenESState(eqx.Module):
    """The state of one generation.

    Attributes:
        mean: the genome that the members surround.
        optimizer: the optimizer's state.
        key: from which the generation's noise comes.
        ranks: rank of the noise of each floating-point leaf, 0 where it is full.
    """

    mean: Genome
    optimizer: optax.OptState
    key: Key
    ranks: tuple[int, ...] = eqx.field(static=True)

    def weights(self) -> tuple[list[jax.Array], Any]:
        """The floating-point leaves of the mean, and the structure that they belong to."""
        return jax.tree.flatten(eqx.filter(self.mean, eqx.is_inexact_array))


class OpenES(Strategy):
    """Estimate the gradient of the loss from perturbed genomes, and follow it.

    The estimate is `1 / (n sigma) * sum_i w_i noise_i`, where `w` are the shaped losses and
    the members `mean + sigma * noise_i`. With raw losses it is an unbiased estimate of the
    gradient of the loss smoothed by the noise.

    Attributes:
        popsize: members of a generation, 2 or more; even with antithetic pairs.
        sigma: standard deviation of the noise, above 0.
        optimizer: any optax optimizer, applied to the estimated gradient. It is given the
            generation's mean loss as `value`, which `decay_on_loss` uses.
        shaping: from losses to weights.
        noise: what the members are perturbed with, of mean 0 and variance 1.
        rank: rank of the noise of weights with two axes or more: `W + sigma / sqrt(rank) A B^T`,
            never formed. 0 for full noise, `None` for what is cheaper, layer by layer (rank 1
            or full, see `lowrank_noise.choose_ranks`).
        antithetic: whether members come in pairs of opposite noise.
        weight_decay: times the mean, added to the estimate; 0 or more.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=64)
    sigma: float = eqx.field(static=True, default=0.01)
    optimizer: optax.GradientTransformation = eqx.field(static=True, default=optax.adam(3e-3, b2=0.99))
    shaping: Shaping = eqx.field(static=True, default=centred_ranks)
    noise: Noise = eqx.field(static=True, default=byte_sums)
    rank: int | None = eqx.field(static=True, default=None)
    antithetic: bool = eqx.field(static=True, default=True)
    weight_decay: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        even = not self.antithetic or self.popsize % 2 == 0
        require(even, "popsize", self.popsize, f"antithetic pairs need an even number: give {self.popsize + 1}")
        require(self.sigma > 0, "sigma", self.sigma, "give a standard deviation above 0")
        require(self.rank is None or self.rank >= 0, "rank", self.rank, "give 1 or more, 0 for full noise, or none")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "give 0 or more")

    def init(self, genome: Genome, key: Key) -> OpenESState:
        """The state before the first generation, around `genome`."""
        weights = eqx.filter(genome, eqx.is_inexact_array)
        ranks = forced_ranks(jax.tree.leaves(weights), self.rank or 0)
        return OpenESState(genome, self.optimizer.init(weights), key, ranks)

    def prepare(self, state: OpenESState, loss: Callable[[Genome, Batch], jax.Array], batch: Batch) -> OpenESState:
        """Choose full or low-rank noise for each layer by what it costs, unless `rank` says."""
        if self.rank is not None:
            return state

        def losses(ranks: tuple[int, ...], indices: jax.Array, state: OpenESState, batch: Batch) -> jax.Array:
            state = dataclasses.replace(state, ranks=ranks)
            return jax.vmap(lambda index: call(loss, self.member(state, index), batch))(indices)

        leaves, _ = state.weights()
        return dataclasses.replace(state, ranks=choose_ranks(leaves, losses, state, batch))

    def parts(self, state: OpenESState, number: jax.Array) -> list[Noises]:
        """The noise of each floating-point leaf: an array, or two factors.

        Args:
            state: the state of this generation.
            number: integer scalar of a direction; a pair shares one.
        """
        leaves, _ = state.weights()
        # Not from the state's key itself: its other half becomes the next generation's key.
        key = jax.random.split(state.key)[0]
        return split_noise(self.noise(key, number, noise_size(leaves, state.ranks)), leaves, state.ranks)

    def direction(self, state: OpenESState, number: jax.Array) -> Genome:
        """`parts` as a genome of arrays, its floating-point leaves alone."""
        leaves, tree = state.weights()
        return jax.tree.unflatten(tree, list(map(formed, self.parts(state, number), leaves)))

    def member(self, state: OpenESState, index: jax.Array) -> Genome:
        """The mean plus noise; with antithetic pairs, odd members have the noise of the one before, negated."""
        number, sign = (index // 2, 1 - 2 * (index % 2)) if self.antithetic else (index, 1)
        leaves, tree = state.weights()
        moved = [perturbed(*pair, self.sigma * sign) for pair in zip(leaves, self.parts(state, number), strict=True)]
        rest = eqx.filter(state.mean, eqx.is_inexact_array, inverse=True)
        return eqx.combine(jax.tree.unflatten(tree, moved), rest, is_leaf=is_low_rank)

    def gradient(self, state: OpenESState, losses: jax.Array) -> Genome:
        """The estimated gradient of the loss, without weight decay.

        Args:
            state: the state of this generation.
            losses: `(popsize,)` or `(popsize, objectives)`, of which the mean counts.
        """
        weights = self.shaping(overall(losses)) / (self.popsize * self.sigma)
        if self.antithetic:
            weights = weights[0::2] - weights[1::2]
        leaves, tree = state.weights()
        total = sum_members(lambda number: self.parts(state, number), weights, partial(summed, leaves))
        return jax.tree.unflatten(tree, total)

    def tell(self, state: OpenESState, losses: jax.Array) -> OpenESState:
        """Follow the estimated gradient."""
        weights = eqx.filter(state.mean, eqx.is_inexact_array)
        gradient = jax.tree.map(lambda g, w: g + self.weight_decay * w, self.gradient(state, losses), weights)
        optimizer = optax.with_extra_args_support(self.optimizer)
        updates, optimizer_state = optimizer.update(
            gradient, state.optimizer, weights, value=raw(overall(losses)).mean()
        )
        mean = eqx.apply_updates(state.mean, updates)
        return OpenESState(mean, optimizer_state, jax.random.split(state.key)[1], state.ranks)

    def genome(self, state: State) -> Genome:
        """The mean."""
        return state.mean
