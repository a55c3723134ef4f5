"""Watch many rollouts of a trained automaton."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.kernels.nca import rollout
from ontogeny.nets.nca import NCA, seed_cell
from ontogeny.tasks.images import image_error

Change = Callable[[jax.Array, jax.Array], jax.Array]
"""What is done to the states, `(rollouts, height, width, channels)`, after update number `step`.

An Equinox module is compiled once for all its instances; a plain function each time anew.
"""


class _Error(eqx.Module):
    """The image error of all states."""

    target: jax.Array

    def __call__(self, states: jax.Array) -> jax.Array:
        return image_error(states, self.target)


class _Picture(eqx.Module):
    """The RGBA channels of the first rollout."""

    def __call__(self, states: jax.Array) -> jax.Array:
        return states[0, ..., :4]


@dataclasses.dataclass(frozen=True)
class Curve:
    """The loss after each update, over many rollouts.

    Attributes:
        losses: `(rollouts, updates)`; column k is the loss after update k + 1.
    """

    losses: np.ndarray

    def quantile(self, q: float) -> np.ndarray:
        """A quantile over the rollouts, `(updates,)`; what is not finite counts as infinite."""
        known = np.where(np.isfinite(self.losses), self.losses, np.inf)
        return np.quantile(known, q, axis=0, method="inverted_cdf")

    def at(self, step: int) -> dict[str, float]:
        """Median, deciles and mean of the loss after an update (1 is the first)."""
        column = slice(step - 1, step)
        part = Curve(self.losses[:, column])
        return {
            "median": float(part.quantile(0.5)[0]),
            "q10": float(part.quantile(0.1)[0]),
            "q90": float(part.quantile(0.9)[0]),
            "mean": float(np.mean(self.losses[:, column])),
        }

    def to_json(self) -> dict[str, Any]:
        """Median and deciles by update, as lists."""
        return {name: self.quantile(q).tolist() for name, q in (("median", 0.5), ("q10", 0.1), ("q90", 0.9))}


def watch(net: NCA, target: np.ndarray, steps: int, rollouts: int, key: Key, change: Change | None = None) -> Curve:
    """Grow many times from the seed and record the loss after each update.

    Args:
        net: the automaton.
        target: `(height, width, 4)`, premultiplied RGBA.
        steps: updates, 1 or more.
        rollouts: how many, 1 or more.
        key: random key; the same key gives the same fire masks, with and without a change.
        change: what is done to the states after each update, before the loss is taken.
    """
    goal = jnp.asarray(target, net.output.weight.dtype)
    height, width, _ = goal.shape
    losses = _run(net, (height, width), steps, rollouts, key, _Error(goal), change)
    return Curve(np.asarray(losses).T)


def frames(net: NCA, shape: tuple[int, int], steps: int, key: Key, change: Change | None = None) -> np.ndarray:
    """The RGBA channels of one rollout: `(steps + 1, height, width, 4)`, the seed first.

    Args:
        net: the automaton.
        shape: height and width of the canvas.
        steps: updates.
        key: random key.
        change: what is done to the state after each update.
    """
    states = _run(net, shape, steps, 1, key, _Picture(), change)
    seed = seed_cell(*shape, net.channels)[..., :4]
    return np.concatenate([np.asarray(seed)[None], np.asarray(states)])


@eqx.filter_jit
def _run(
    net: NCA,
    shape: tuple[int, int],
    steps: int,
    rollouts: int,
    key: Key,
    look: Callable[[jax.Array], jax.Array],
    change: Change | None,
) -> jax.Array:
    height, width = shape
    dtype = str(net.output.weight.dtype)
    start = jnp.broadcast_to(seed_cell(height, width, net.channels, dtype), (rollouts, height, width, net.channels))
    words = jax.random.bits(key, (rollouts, 2), "uint32")

    def once(states: jax.Array, step: jax.Array) -> tuple[jax.Array, jax.Array]:
        states = jax.vmap(lambda state, words: rollout(net, state, words, 1, longest=1, first=step))(states, words)
        if change is not None:
            states = change(states, step)
        return states, look(states)

    _, seen = jax.lax.scan(once, start, jnp.arange(1, steps + 1))
    return seen
