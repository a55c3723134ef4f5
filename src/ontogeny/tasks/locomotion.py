"""Bodies that walk, in Brax."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import InputError
from ontogeny.tasks.bodies import Body
from ontogeny.tasks.environments import HINT, Environment, Outcome

WALKERS = ("ant", "hopper", "humanoid", "walker2d")
"""Names of bodies."""


class Walking(NamedTuple):
    """A state.

    Attributes:
        now: Brax's state.
        first: the one that the life began with, and that a fall leads back to.
    """

    now: Any
    first: Any


class BraxEnvironment(Environment):
    """A body that is rewarded for getting on, not for standing (Freeman et al. 2021).

    Joints are springs, the quickest of Brax's ways to compute them.

    Args:
        name: one of `WALKERS`.

    Raises:
        InputError: where Brax is not installed.
    """

    inputs: int = eqx.field(static=True)
    actions: int = eqx.field(static=True)
    world: Any = eqx.field(static=True)

    def __init__(self, name: str) -> None:
        try:
            from brax import envs
        except ImportError:
            raise InputError("environment", name, HINT) from None
        self.world = envs.get_environment(name, backend="spring", healthy_reward=0.0)
        self.inputs, self.actions = self.world.observation_size, self.world.action_size

    def begin(self, key: Key, body: Body) -> tuple[Walking, jax.Array]:
        """Standing still, a little off."""
        del body
        state = self.world.reset(key)
        return Walking(state, state), state.obs

    def step(self, key: Key, state: Walking, action: jax.Array, body: Body) -> Outcome:
        """One step; where the simulation breaks, the body has fallen."""
        del key
        found = self.world.step(state.now, action * body.gains)
        whole = jnp.isfinite(found.obs).all() & jnp.isfinite(found.reward)
        ended = (found.done > 0) | ~whole
        now = jax.tree.map(lambda first, found: jnp.where(ended, first, found), state.first, found)
        return Outcome(Walking(now, state.first), now.obs, jnp.where(whole, found.reward, 0.0), ended)
