"""Watch many rollouts of a trained automaton."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.kernels.nca import rollout
from ontogeny.nets.nca import NCA
from ontogeny.probes.scene import Change, Scene, plain_scene
from ontogeny.tasks.images import image_error


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
    return observe(dataclasses.replace(plain_scene(net, target), change=change), steps, rollouts, key)


def observe(scene: Scene, steps: int, rollouts: int, key: Key) -> Curve:
    """Grow a scene many times and record the loss after each update.

    Args:
        scene: what is grown, for as many rollouts.
        steps: updates of the undisturbed, 1 or more; the scene's pace says how many stand for one.
        rollouts: how many, 1 or more.
        key: random key of the fire masks.
    """
    goal = jnp.asarray(scene.target, scene.net.output.weight.dtype)
    made = max(1, math.ceil(steps * scene.pace))
    losses = np.asarray(_run(scene.net, scene.start, made, rollouts, key, _Error(goal), scene.change)).T * scene.scale
    kept = np.maximum(np.rint(np.arange(1, steps + 1) * scene.pace).astype(int), 1) - 1
    return Curve(losses[:, np.minimum(kept, made - 1)])


def frames(net: NCA, shape: tuple[int, int], steps: int, key: Key, change: Change | None = None) -> np.ndarray:
    """The RGBA channels of one rollout: `(steps + 1, height, width, 4)`, the seed first.

    Args:
        net: the automaton.
        shape: height and width of the canvas.
        steps: updates.
        key: random key.
        change: what is done to the state after each update.
    """
    return film(dataclasses.replace(plain_scene(net, np.zeros((*shape, 4))), change=change), steps, key)


def film(scene: Scene, steps: int, key: Key) -> np.ndarray:
    """The RGBA channels of the first rollout of a scene: `(steps + 1, height, width, 4)`, the start first.

    Args:
        scene: what is grown, for one rollout.
        steps: updates.
        key: random key of the fire masks.
    """
    states = _run(scene.net, scene.start, steps, 1, key, _Picture(), scene.change)
    return np.concatenate([np.asarray(scene.start[..., :4])[None], np.asarray(states)])


@eqx.filter_jit
def _run(
    net: NCA,
    start: jax.Array,
    steps: int,
    rollouts: int,
    key: Key,
    look: Callable[[jax.Array], jax.Array],
    change: Change | None,
) -> jax.Array:
    states = jnp.broadcast_to(start, (rollouts, *start.shape))
    words = jax.random.bits(key, (rollouts, 2), "uint32")

    def once(states: jax.Array, step: jax.Array) -> tuple[jax.Array, jax.Array]:
        states = update(net, states, words, 1, 1, step)
        if change is not None:
            states = change(states, step, words)
        return states, look(states)

    _, seen = jax.lax.scan(once, states, jnp.arange(1, steps + 1))
    return seen


def update(
    net: NCA, states: jax.Array, words: jax.Array, steps: jax.Array | int, longest: int, first: jax.Array
) -> jax.Array:
    """Many states some updates later: `(rollouts, height, width, channels)`.

    Args:
        net: the automaton, or one for each rollout.
        states: `(rollouts, height, width, channels)`.
        words: `(rollouts, 2)`, what the fire masks come from.
        steps: how many updates, at most `longest`.
        longest: the most that `steps` can be.
        first: the number of the first update.
    """
    arrays, static = eqx.partition(net, eqx.is_array)
    own = 0 if net.output.weight.ndim == 3 else None

    def one(arrays: NCA, state: jax.Array, words: jax.Array) -> jax.Array:
        return rollout(eqx.combine(arrays, static), state, words, steps, longest=longest, first=first)

    grown: jax.Array = jax.vmap(one, (own, 0, 0))(arrays, states, words)
    return grown
