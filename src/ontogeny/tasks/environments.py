"""Where a policy acts: environments of libraries, behind one interface."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key
from ontogeny.errors import InputError, refuse
from ontogeny.tasks.bodies import Body

HINT = "it needs a library that is not installed: pip install 'ontogeny[control]'"


class Outcome(NamedTuple):
    """What a step brings.

    Attributes:
        state: of the environment, begun anew where an episode ended.
        perceived: `(inputs,)`.
        reward: a number.
        ended: whether the episode ended by a fall or at a goal, 0 or 1.
    """

    state: Any
    perceived: jax.Array
    reward: jax.Array
    ended: jax.Array


class Environment(eqx.Module):
    """A body in its world.

    Attributes:
        inputs: numbers that are perceived.
        actions: numbers in an action.
    """

    inputs: eqx.AbstractVar[int]
    actions: eqx.AbstractVar[int]

    @property
    def parameters(self) -> Mapping[str, float]:
        """What a body may change, by name; nothing by default."""
        return {}

    @abc.abstractmethod
    def begin(self, key: Key, body: Body) -> tuple[Any, jax.Array]:
        """A first state, and what is perceived of it, `(inputs,)`."""

    @abc.abstractmethod
    def step(self, key: Key, state: Any, action: jax.Array, body: Body) -> Outcome:
        """One step.

        Args:
            key: random key.
            state: as `begin` or the step before returned it.
            action: `(actions,)` numbers from -1 to 1, before the body's gains.
            body: what there is to act with.
        """


_ORDERED = 3
"""Up to so many choices are taken to be in order, such as left, nothing, right."""


class GymnaxEnvironment(Environment):
    """One of gymnax (Lange 2022), such as CartPole-v1 or Pendulum-v1; episodes have no limit of time.

    Two or three choices are in order along one number; of more, the one with the largest number is taken.

    Args:
        name: as gymnax has it.

    Raises:
        InputError: for a name that gymnax does not know, and where it is not installed.
    """

    inputs: int = eqx.field(static=True)
    actions: int = eqx.field(static=True)
    game: Any = eqx.field(static=True)
    choices: int = eqx.field(static=True)
    most: float = eqx.field(static=True)

    def __init__(self, name: str) -> None:
        gymnax = _library(name)
        if name not in gymnax.registered_envs:
            refuse("environment", name, gymnax.registered_envs)
        self.game, _ = gymnax.make(name)
        self.inputs = int(np.prod(self.game.observation_space(self._default).shape))
        space = self.game.action_space(self._default)
        self.choices = int(getattr(space, "n", 0))
        if self.choices:
            self.actions = 1 if self.choices <= _ORDERED else self.choices
        else:
            self.actions = int(np.prod(space.shape))
        self.most = float(np.max(getattr(space, "high", 1.0)))

    @property
    def _default(self) -> Any:
        return self.game.default_params.replace(max_steps_in_episode=10**9)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Numbers that the environment is made with."""
        found = vars(self._default)
        return {name: float(value) for name, value in found.items() if name != "max_steps_in_episode"}

    def begin(self, key: Key, body: Body) -> tuple[Any, jax.Array]:
        """A first state."""
        perceived, state = self.game.reset(key, self._default.replace(**body.parameters))
        return state, jnp.ravel(perceived)

    def step(self, key: Key, state: Any, action: jax.Array, body: Body) -> Outcome:
        """One step."""
        given = self._given(action * body.gains)
        parameters = self._default.replace(**body.parameters)
        perceived, state, reward, ended, *_ = self.game.step(key, state, given, parameters)
        return Outcome(state, jnp.ravel(perceived), jnp.asarray(reward, jnp.float32).reshape(()), ended)

    def _given(self, action: jax.Array) -> jax.Array:
        if self.choices > _ORDERED:
            return jnp.argmax(action)
        if self.choices:
            return jnp.clip(jnp.floor((action[0] + 1) / 2 * self.choices), 0, self.choices - 1).astype(jnp.int32)
        return action * self.most


def _library(name: str) -> Any:
    try:
        import gymnax
    except ImportError:
        raise InputError("environment", name, HINT) from None
    return gymnax
