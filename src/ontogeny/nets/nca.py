"""A neural cellular automaton (Mordvintsev et al. 2020, distill.pub/2020/growing-ca)."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.core.generator import random_bits
from ontogeny.errors import require

ALIVE = 0.1
"""A cell lives where some alpha in its 3×3 neighbourhood is above this."""

_ALPHA = 3
_FILTERS = 3


class Dense(eqx.Module):
    """A layer applied to each cell: `x @ weight.T + bias`.

    Attributes:
        weight: `(outputs, inputs)`.
        bias: `(outputs,)`, or `None`.
    """

    weight: jax.Array
    bias: jax.Array | None

    def __call__(self, x: jax.Array) -> jax.Array:
        """Apply the layer to the last axis."""
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class NCA(eqx.Module):
    """One rule for all cells of a grid; the module itself is the genome.

    A cell sees itself and its neighbours through three filters (identity, Sobel along x,
    Sobel along y, both divided by 8, zeros outside the grid), asks a network of one hidden
    layer for a change, and takes the change if it fires. A cell stays only if some alpha in
    its 3×3 neighbourhood exceeds 0.1 both before and after the update.

    Attributes:
        hidden: first layer, weight `(hidden, 3 * channels)`; its inputs are channel-major:
            identity, Sobel x and Sobel y of channel 0, then of channel 1, and so on.
        output: second layer, weight `(channels, hidden)`, zero at the start.
        fire_rate: probability that a cell takes its change in a step.
    """

    hidden: Dense
    output: Dense
    fire_rate: float = eqx.field(static=True)

    @classmethod
    def create(
        cls,
        key: Key,
        *,
        channels: int = 16,
        hidden: int = 32,
        bias: bool = False,
        fire_rate: float = 0.5,
        dtype: str = "float32",
    ) -> NCA:
        """A new net: first layer uniform in ±1/√inputs, second layer zero.

        Args:
            key: random key.
            channels: state channels, 4 or more (RGBA and hidden ones).
            hidden: width of the hidden layer, 1 or more.
            bias: whether the first layer has a bias.
            fire_rate: above 0, at most 1.
            dtype: `float32`, or `float64` where JAX has it enabled.

        Raises:
            InputError: for a value out of range.
        """
        check_nca(channels, hidden, fire_rate)
        inputs = _FILTERS * channels
        bound = 1 / np.sqrt(inputs)
        key_weight, key_bias = jax.random.split(key)
        weight = jax.random.uniform(key_weight, (hidden, inputs), dtype, -bound, bound)
        biases = jax.random.uniform(key_bias, (hidden,), dtype, -bound, bound) if bias else None
        return cls(Dense(weight, biases), Dense(jnp.zeros((channels, hidden), dtype), None), fire_rate)

    @property
    def channels(self) -> int:
        """State channels."""
        return self.output.weight.shape[0]

    def step(self, state: jax.Array, fire: jax.Array) -> jax.Array:
        """One update of the whole grid.

        Args:
            state: `(height, width, channels)`; RGB premultiplied by alpha, unclipped.
            fire: `(height, width)`, which cells take their change: booleans, or 1 and 0.

        Returns:
            The next state, `(height, width, channels)`.
        """
        return self.stepper()(state, fire)

    def stepper(self) -> Callable[[jax.Array, jax.Array], jax.Array]:
        """`step` for many updates: what depends on the weights alone is done once."""
        # From channel-major to the filter-major order of `perceive`.
        weight = self.hidden.weight.reshape(-1, self.channels, _FILTERS)
        weight = weight.swapaxes(1, 2).reshape(-1, _FILTERS * self.channels)
        hidden = Dense(weight, self.hidden.bias)

        def step(state: jax.Array, fire: jax.Array) -> jax.Array:
            cells = perceive(state).reshape(-1, weight.shape[1])
            change = self.output(jax.nn.relu(hidden(cells))).reshape(state.shape)
            new = state + change * fire[..., None].astype(state.dtype)
            return new * (alive(state) & alive(new))[..., None].astype(state.dtype)

        return step

    def fires(self, words: jax.Array, step: jax.Array, shape: tuple[int, int]) -> jax.Array:
        """Which cells take their change in an update: `shape` booleans, true with probability `fire_rate`.

        Args:
            words: `(2,)`, the key of a rollout (`core.generator.key_words`).
            step: unsigned 32-bit scalar, the number of the update.
            shape: height and width.
        """
        cells = jnp.arange(shape[0] * shape[1], dtype=jnp.uint32)
        return (random_bits(words, step, cells) <= self.fire_threshold).reshape(shape)

    @property
    def fire_threshold(self) -> np.uint32:
        """A cell fires where its random bits are at most this: `fire_rate` to 2⁻³²."""
        return np.uint32(round(self.fire_rate * (2**32 - 1)))


def check_nca(channels: int, hidden: int, fire_rate: float) -> None:
    """Refuse sizes that no automaton can have.

    Raises:
        InputError: for a value out of range.
    """
    require(channels >= 4, "channels", channels, "give 4 or more (RGBA and hidden channels)")
    require(hidden >= 1, "hidden", hidden, "give 1 or more")
    require(0 < fire_rate <= 1, "fire_rate", fire_rate, "give a probability above 0, at most 1")


def perceive(state: jax.Array) -> jax.Array:
    """What each cell sees: identity, Sobel x and Sobel y of all channels, filter-major.

    Shifted sums, since a depthwise convolution is several times slower on a CPU.

    Args:
        state: `(height, width, channels)`.

    Returns:
        `(height, width, 3 * channels)`.
    """
    padded = jnp.pad(state, ((1, 1), (1, 1), (0, 0)))
    along_x = padded[:, 2:] - padded[:, :-2]
    along_y = padded[2:] - padded[:-2]
    sobel_x = (along_x[:-2] + 2 * along_x[1:-1] + along_x[2:]) / 8
    sobel_y = (along_y[:, :-2] + 2 * along_y[:, 1:-1] + along_y[:, 2:]) / 8
    return jnp.concatenate([state, sobel_x, sobel_y], axis=-1)


def alive(state: jax.Array) -> jax.Array:
    """Which cells have an alpha above 0.1 in their 3×3 neighbourhood: `(height, width)`."""
    # Zeros outside the grid are below the threshold: as good as nothing.
    alpha = jnp.pad(state[..., _ALPHA], 1)
    rows = jnp.maximum(jnp.maximum(alpha[:-2], alpha[1:-1]), alpha[2:])
    return jnp.maximum(jnp.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:]) > ALIVE


def seed_cell(height: int, width: int, channels: int, dtype: str = "float32") -> jax.Array:
    """The state that growth starts from: one central cell, RGB 0, all other channels 1."""
    state = jnp.zeros((height, width, channels), dtype)
    return state.at[height // 2, width // 2, _ALPHA:].set(1)
