"""Evolution strategies as a gradient estimator (Salimans et al. 2017, arXiv 1703.03864)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import equinox as eqx
import jax
import optax

from ontogeny.core import Batch, Genome, Key, State, Strategy, sum_members
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
            state = OpenESState(state.mean, state.optimizer, state.key, ranks)
            return jax.vmap(lambda index: call(loss, self.member(state, index), batch))(indices)

        ranks = choose_ranks(jax.tree.leaves(eqx.filter(state.mean, eqx.is_inexact_array)), losses, state, batch)
        return OpenESState(state.mean, state.optimizer, state.key, ranks)

    def parts(self, state: OpenESState, number: jax.Array) -> list[Noises]:
        """The noise of each floating-point leaf: an array, or two factors.

        Args:
            state: the state of this generation.
            number: integer scalar of a direction; a pair shares one.
        """
        leaves = jax.tree.leaves(eqx.filter(state.mean, eqx.is_inexact_array))
        # Not from the state's key itself: its other half becomes the next generation's key.
        key = jax.random.split(state.key)[0]
        return split_noise(self.noise(key, number, noise_size(leaves, state.ranks)), leaves, state.ranks)

    def direction(self, state: OpenESState, number: jax.Array) -> Genome:
        """`parts` as a genome of arrays, its floating-point leaves alone."""
        weights = eqx.filter(state.mean, eqx.is_inexact_array)
        full = [
            formed(part, leaf) for part, leaf in zip(self.parts(state, number), jax.tree.leaves(weights), strict=True)
        ]
        return jax.tree.unflatten(jax.tree.structure(weights), full)

    def member(self, state: OpenESState, index: jax.Array) -> Genome:
        """The mean plus noise; with antithetic pairs, odd members have the noise of the one before, negated."""
        number, sign = (index // 2, 1 - 2 * (index % 2)) if self.antithetic else (index, 1)
        weights, rest = eqx.partition(state.mean, eqx.is_inexact_array)
        leaves, parts = jax.tree.leaves(weights), self.parts(state, number)
        moved = [perturbed(leaf, part, self.sigma * sign) for leaf, part in zip(leaves, parts, strict=True)]
        return eqx.combine(jax.tree.unflatten(jax.tree.structure(weights), moved), rest, is_leaf=is_low_rank)

    def gradient(self, state: OpenESState, losses: jax.Array) -> Genome:
        """The estimated gradient of the loss, without weight decay.

        Args:
            state: the state of this generation.
            losses: `(popsize,)`.
        """
        weights = self.shaping(losses) / (self.popsize * self.sigma)
        if self.antithetic:
            weights = weights[0::2] - weights[1::2]
        leaves, tree = jax.tree.flatten(eqx.filter(state.mean, eqx.is_inexact_array))
        total = sum_members(lambda number: self.parts(state, number), weights, partial(summed, leaves))
        return jax.tree.unflatten(tree, total)

    def tell(self, state: OpenESState, losses: jax.Array) -> OpenESState:
        """Follow the estimated gradient."""
        weights = eqx.filter(state.mean, eqx.is_inexact_array)
        gradient = jax.tree.map(lambda g, w: g + self.weight_decay * w, self.gradient(state, losses), weights)
        optimizer = optax.with_extra_args_support(self.optimizer)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer, weights, value=raw(losses).mean())
        mean = eqx.apply_updates(state.mean, updates)
        return OpenESState(mean, optimizer_state, jax.random.split(state.key)[1], state.ranks)

    def genome(self, state: State) -> Genome:
        """The mean."""
        return state.mean
