"""A white-box attack: gradients through the updates to come say what to add to the picture."""

from __future__ import annotations

import dataclasses
from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import refuse, require
from ontogeny.nets.nca import NCA
from ontogeny.probes.erase import PUBLISHED_STEP
from ontogeny.probes.rollouts import update
from ontogeny.probes.scene import Scene, plain_scene
from ontogeny.tasks.images import image_error

Method = Literal["fgsm", "pgd", "random"]
Norm = Literal["linf", "l2"]

_VISIBLE = 4


@dataclasses.dataclass(frozen=True)
class Attack:
    """Add to RGBA, once, what raises the loss some updates later the most.

    The attacker knows the weights and the fire masks to come. `fgsm` is one step along the
    gradient (Goodfellow et al. 2015, arXiv 1412.6572); `pgd` climbs in rounds and is projected
    back (Madry et al. 2018, arXiv 1706.06083), from a random start; `random` knows nothing and is the control.

    Attributes:
        method: `fgsm`, `pgd` or `random`.
        norm: what is bounded, for each rollout: `linf` the largest change of a value, `l2` the Euclidean
            norm of all, divided by the square root of their number (so that both are per value).
        strength: the bound, above 0.
        horizon: updates after which the loss is to be high, 1 to 200.
        rounds: of `pgd`, 1 or more.
        at: after how many updates it happens.
    """

    method: Method = "fgsm"
    norm: Norm = "linf"
    strength: float = 0.05
    horizon: int = 20
    rounds: int = 10
    at: int = PUBLISHED_STEP

    def scene(self, net: NCA, target: np.ndarray, key: Key, rollouts: int) -> Scene:
        """Growth with the attack in it."""
        del rollouts
        if self.method not in get_args(Method):
            refuse("method", self.method, get_args(Method))
        if self.norm not in get_args(Norm):
            refuse("norm", self.norm, get_args(Norm))
        require(self.strength > 0, "strength", self.strength, "give a number above 0")
        require(1 <= self.horizon <= 200, "horizon", self.horizon, "give 1 to 200 updates")
        require(self.rounds >= 1, "rounds", self.rounds, "give 1 or more")
        require(self.at >= 1, "at", self.at, "give 1 or more updates")
        plain = plain_scene(net, target)
        goal = jnp.asarray(target, plain.start.dtype)
        strength = jnp.asarray(self.strength, goal.dtype)
        # What is an array there must not be compiled in.
        how = dataclasses.replace(self, strength=0.0, at=0)
        attacker = _Attacker(net, goal, strength, jnp.int32(self.at), key, how)
        return dataclasses.replace(plain, change=attacker, at=self.at, once=True)


class _Attacker(eqx.Module):
    net: NCA
    goal: jax.Array
    strength: jax.Array
    at: jax.Array
    key: Key
    how: Attack = eqx.field(static=True)

    def __call__(self, states: jax.Array, step: jax.Array, words: jax.Array) -> jax.Array:
        attacked: jax.Array = jax.lax.cond(step == self.at, lambda: self._attacked(states, step, words), lambda: states)
        return attacked

    def _attacked(self, states: jax.Array, step: jax.Array, words: jax.Array) -> jax.Array:
        shape = (*states.shape[:-1], _VISIBLE)

        def add(change: jax.Array) -> jax.Array:
            return states.at[..., :_VISIBLE].add(change)

        def harm(change: jax.Array) -> jax.Array:
            later = update(self.net, add(change), words, self.how.horizon, self.how.horizon, step + 1)
            return image_error(later, self.goal).sum()

        start = self._ascent(jax.random.normal(self.key, shape, states.dtype))
        if self.how.method == "random":
            return add(start)
        if self.how.method == "fgsm":
            return add(self._ascent(jax.grad(harm)(jnp.zeros(shape, states.dtype))))

        def climb(change: jax.Array, _: None) -> tuple[jax.Array, None]:
            step_size = 2.5 / self.how.rounds
            return self._project(change + step_size * self._ascent(jax.grad(harm)(change))), None

        change, _ = jax.lax.scan(climb, start, length=self.how.rounds)
        return add(change)

    def _ascent(self, gradient: jax.Array) -> jax.Array:
        """The change within the bound that goes furthest along a gradient."""
        if self.how.norm == "linf":
            return self.strength * jnp.sign(gradient)
        return self.strength * gradient / jnp.maximum(_size(gradient), 1e-30)

    def _project(self, change: jax.Array) -> jax.Array:
        """The nearest change within the bound."""
        if self.how.norm == "linf":
            return jnp.clip(change, -self.strength, self.strength)
        return change * jnp.minimum(1, self.strength / jnp.maximum(_size(change), 1e-30))


def _size(change: jax.Array) -> jax.Array:
    """The root mean square of each rollout's change."""
    return jnp.sqrt(jnp.mean(change**2, axis=(1, 2, 3), keepdims=True))
