"""The published attack: the sign of a state's own error is added, and the state is clamped."""

from __future__ import annotations

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import require
from ontogeny.nets.nca import NCA
from ontogeny.probes.scene import Change, Scene, plain_scene


@dataclasses.dataclass(frozen=True)
class SignAttack:
    """Move every channel away from its goal, then clamp all channels to 0…1.

    The goal of RGBA is the target, that of the hidden channels 0. No gradient goes through the
    automaton: this is the program of Hestmark & Luu (2022), who call it the fast gradient sign
    attack. With the strength 0 it is the clamp alone, which does nearly all of the harm.

    Attributes:
        strength: what is added to or taken from every channel, 0 or more.
        clamp: whether all channels are clamped to 0…1 after it.
        first: after which update it begins.
        last: after which update it ends; the same as `first` for a single attack.
    """

    strength: float = 7e-7
    clamp: bool = True
    first: int = 1
    last: int = 40

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth under the attack."""
        del key, rollouts
        require(self.strength >= 0, "strength", self.strength, "give 0 or more")
        require(self.first >= 1, "first", self.first, "give 1 or more updates")
        require(self.last >= self.first, "last", self.last, f"give {self.first} or more, when it begins")
        plain = plain_scene(net, target)
        goal = jnp.zeros_like(plain.start).at[..., :4].set(jnp.asarray(target, plain.start.dtype))
        bounds = jnp.asarray([self.first, self.last])
        change: Change = _Signs(goal, jnp.asarray(self.strength, goal.dtype), bounds, jnp.asarray(self.clamp))
        return dataclasses.replace(plain, change=change, at=self.first, once=self.first == self.last)


class _Signs(eqx.Module):
    goal: jax.Array
    strength: jax.Array
    bounds: jax.Array
    clamp: jax.Array

    def __call__(self, states: jax.Array, step: jax.Array, words: jax.Array) -> jax.Array:
        del words
        moved = states + self.strength * jnp.sign(states - self.goal)
        moved = jnp.where(self.clamp, jnp.clip(moved, 0, 1), moved)
        return jnp.where((step >= self.bounds[0]) & (step <= self.bounds[1]), moved, states)
