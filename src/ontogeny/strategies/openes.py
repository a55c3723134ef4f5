"""Evolution strategies as a gradient estimator (Salimans et al. 2017, arXiv 1703.03864)."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree

from ontogeny.core import Genome, Key, State, Strategy, sum_members
from ontogeny.errors import require
from ontogeny.strategies.noise import Noise, byte_sums
from ontogeny.strategies.shaping import Shaping, centred_ranks, raw


class OpenESState(NamedTuple):
    """The state of one generation.

    Attributes:
        mean: the genome that the members surround.
        optimizer: the optimizer's state.
        key: from which the generation's noise comes.
    """

    mean: Genome
    optimizer: optax.OptState
    key: Key


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
    antithetic: bool = eqx.field(static=True, default=True)
    weight_decay: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        even = not self.antithetic or self.popsize % 2 == 0
        require(even, "popsize", self.popsize, f"antithetic pairs need an even number: give {self.popsize + 1}")
        require(self.sigma > 0, "sigma", self.sigma, "give a standard deviation above 0")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "give 0 or more")

    def init(self, genome: Genome, key: Key) -> OpenESState:
        """The state before the first generation, around `genome`."""
        weights = eqx.filter(genome, eqx.is_inexact_array)
        return OpenESState(genome, self.optimizer.init(weights), key)

    def direction(self, state: OpenESState, number: jax.Array) -> Genome:
        """Noise in the shape of the genome's floating-point leaves.

        Args:
            state: the state of this generation.
            number: integer scalar; a pair shares one.
        """
        flat, unravel = ravel_pytree(eqx.filter(state.mean, eqx.is_inexact_array))
        # Not from the state's key itself: its other half becomes the next generation's key.
        noise: Genome = unravel(self.noise(jax.random.split(state.key)[0], number, flat.size).astype(flat.dtype))
        return noise

    def member(self, state: OpenESState, index: jax.Array) -> Genome:
        """The mean plus noise; with antithetic pairs, odd members have the noise of the one before, negated."""
        number, sign = (index // 2, 1 - 2 * (index % 2)) if self.antithetic else (index, 1)
        noise = self.direction(state, number)
        return eqx.apply_updates(state.mean, jax.tree.map(lambda n: (self.sigma * sign * n).astype(n.dtype), noise))

    def gradient(self, state: OpenESState, losses: jax.Array) -> Genome:
        """The estimated gradient of the loss, without weight decay.

        Args:
            state: the state of this generation.
            losses: `(popsize,)`.
        """
        weights = self.shaping(losses) / (self.popsize * self.sigma)
        if self.antithetic:
            weights = weights[0::2] - weights[1::2]
        return sum_members(lambda number: self.direction(state, number), weights)

    def tell(self, state: OpenESState, losses: jax.Array) -> OpenESState:
        """Follow the estimated gradient."""
        weights = eqx.filter(state.mean, eqx.is_inexact_array)
        gradient = jax.tree.map(lambda g, w: g + self.weight_decay * w, self.gradient(state, losses), weights)
        optimizer = optax.with_extra_args_support(self.optimizer)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer, weights, value=raw(losses).mean())
        mean = eqx.apply_updates(state.mean, updates)
        return OpenESState(mean, optimizer_state, jax.random.split(state.key)[1])

    def genome(self, state: State) -> Genome:
        """The mean."""
        return state.mean


def published_update(
    learning_rate: float, sigma: float, thresholds: tuple[float, ...], factors: tuple[float, ...], every: int
) -> optax.GradientTransformation:
    """The step of Hestmark & Luu's program: `learning_rate / n * sum_i w_i noise_i`.

    Its noise was scaled by sigma already and divided by sigma once more, so relative to the
    estimate of `OpenES` the step is `sigma * learning_rate`.

    Args:
        learning_rate: theirs was 0.005.
        sigma: standard deviation of the noise; theirs was 0.01.
        thresholds: mean losses that lower the rate; theirs were 0.03 and 0.01.
        factors: what each multiplies it by; theirs were 0.3 and 0.5.
        every: generations between two tests; theirs was 1,000.
    """
    return optax.chain(optax.sgd(sigma * learning_rate), decay_on_loss(thresholds, factors, every))


class DecayState(NamedTuple):
    """Updates so far, and how many thresholds were passed."""

    updates: jax.Array
    passed: jax.Array


def decay_on_loss(
    thresholds: tuple[float, ...], factors: tuple[float, ...], every: int = 1
) -> optax.GradientTransformationExtraArgs:
    """Scale updates down for good as the loss passes thresholds, one at a time.

    Args:
        thresholds: losses, from high to low.
        factors: what each multiplies the updates by.
        every: updates between two tests, 1 or more.

    Raises:
        InputError: where the two lists differ in length.
    """
    require(len(factors) == len(thresholds), "decay_factors", factors, "give one for each threshold")
    require(every >= 1, "decay_every", every, "give 1 or more")
    scales = jnp.cumprod(jnp.asarray((1.0, *factors)))
    # The last threshold can never be passed: there is nothing behind it.
    lines = jnp.asarray((*thresholds, -jnp.inf))

    def init(params: optax.Params) -> DecayState:
        del params
        return DecayState(jnp.int32(0), jnp.int32(0))

    def update(
        updates: optax.Updates,
        state: DecayState,
        params: optax.Params | None = None,
        *,
        value: jax.Array,
        **extra: object,
    ) -> tuple[optax.Updates, DecayState]:
        del params, extra
        count = state.updates + 1
        passes = (count % every == 0) & (value <= lines[state.passed])
        scale = scales[state.passed]
        updates = jax.tree.map(lambda u: (u * scale).astype(u.dtype), updates)
        return updates, DecayState(count, state.passed + passes)

    return optax.GradientTransformationExtraArgs(init, update)
