"""Act in an environment while the body changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, Metrics, Task
from ontogeny.errors import refuse, require
from ontogeny.nets.policies import HebbianPolicy, Policy, RecurrentPolicy, StaticPolicy
from ontogeny.nets.sharing import SHARINGS
from ontogeny.tasks.bodies import Body, named_bodies
from ontogeny.tasks.environments import Environment


class ActingLives(NamedTuple):
    """The lives of one evaluation.

    Attributes:
        keys: `(lives,)`.
        bodies: `(lives, turns)`, which body there is in each part of a life.
    """

    keys: Key
    bodies: jax.Array


class _Acting(NamedTuple):
    """What goes from one step to the next."""

    state: Any
    memory: Any
    perceived: jax.Array
    action: jax.Array
    reward: jax.Array


class Control(Task):
    """Lives of a policy in a body that changes without notice; the loss is minus the mean reward of a step.

    Weights that change, and what neurons remember, are kept through changes of the body and through falls.

    Attributes:
        environment: where it acts.
        bodies: that there are, each one of: `whole`; `reversed`, all actions have the opposite effect; `without 0 1`,
            those actions have none; `length=1.5`, a parameter of the environment is another.
        policy: one of `POLICIES`.
        width: hidden neurons, 1 or more.
        steps: in a life, 1 or more.
        turns: parts of a life, of equal length, each with another body than the one before; 1 or more.
        lives: in one evaluation, 1 or more; their first bodies take turns.
        fall: reward that is taken off where an episode ends.
        sharing: which synapses share a Hebbian rule, one of `nets.sharing.SHARINGS`.
        clusters: of synapses, where those share.
        start: standard deviation of first weights where rules evolve.
        rate: what their changes are multiplied by.
        feedback: whether a policy perceives its last action and its last reward beside what the environment shows.
        measured_lives: lives that `measure` looks at; `test` at four times as many.

    Raises:
        InputError: for a value out of range.
    """

    environment: Environment
    bodies: tuple[str, ...] = eqx.field(static=True, default=("whole", "reversed"), converter=tuple)
    policy: str = eqx.field(static=True, default="hebbian")
    width: int = eqx.field(static=True, default=16)
    steps: int = eqx.field(static=True, default=400)
    turns: int = eqx.field(static=True, default=2)
    lives: int = eqx.field(static=True, default=16)
    fall: float = eqx.field(static=True, default=0.0)
    sharing: str = eqx.field(static=True, default="synapse")
    clusters: int = eqx.field(static=True, default=16)
    start: float = eqx.field(static=True, default=0.1)
    rate: float = eqx.field(static=True, default=0.1)
    feedback: bool = eqx.field(static=True, default=True)
    measured_lives: int = eqx.field(static=True, default=64)

    def __check_init__(self) -> None:
        for name in ("width", "steps", "turns", "lives", "clusters", "measured_lives"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give 1 or more")
        hint = f"give a multiple of the {self.turns} turns"
        require(self.steps % self.turns == 0, "steps", self.steps, hint)
        for name, choices in (("policy", POLICIES), ("sharing", SHARINGS)):
            if getattr(self, name) not in choices:
                refuse(name, getattr(self, name), choices)
        require(self.start >= 0, "start", self.start, "give 0 or more")
        require(self.rate > 0, "rate", self.rate, "give a number above 0")
        require(bool(self.bodies), "bodies", self.bodies, "give one or more, such as whole")
        named_bodies(self.bodies, self.environment)

    def init(self, key: Key) -> Policy:
        """A new policy."""
        return POLICIES[self.policy](key, self)

    @property
    def episodes(self) -> int:
        """Lives in one evaluation."""
        return self.lives

    @property
    def samples(self) -> int:
        """Steps in one evaluation."""
        return self.lives * self.steps

    def draw(self, key: Key, world: None) -> ActingLives:
        """Lives, with the bodies that they have one after the other."""
        del world
        return self.drawn(key, self.lives)

    def loss(self, genome: Policy, batch: ActingLives) -> tuple[jax.Array, None]:
        """Minus the mean reward of a step."""
        return -self.rewards(genome, batch).mean(), None

    @eqx.filter_jit  # Step by step, what an environment keeps on one device would not go with a genome on several.
    def rewards(self, genome: Policy, batch: ActingLives) -> jax.Array:
        """Of each step, `(lives, steps)`."""
        every = named_bodies(self.bodies, self.environment)

        def life(key: Key, had: jax.Array) -> jax.Array:
            first, second, third = jax.random.split(key, 3)
            body = jax.tree.map(lambda leaf: leaf[had], every)
            state, perceived = self.environment.begin(first, jax.tree.map(lambda leaf: leaf[0], body))
            still = jnp.zeros(self.environment.actions)
            begun = _Acting(state, genome.begin(second), perceived, still, jnp.zeros(()))
            keys = jax.random.split(third, self.steps).reshape(self.turns, -1)

            def turn(acting: _Acting, given: tuple[Key, Body]) -> tuple[_Acting, jax.Array]:
                keys, body = given
                return jax.lax.scan(partial(self._step, genome, body), acting, keys)

            return jax.lax.scan(turn, begun, (keys, body))[1].ravel()

        found: jax.Array = jax.vmap(life)(batch.keys, batch.bodies)
        return found

    def measure(self, genome: Policy, key: Key) -> Metrics:
        """`loss`; `reward`, the mean of a step; `adapted`, the same in the second half of each part of a life."""
        return self._figures(genome, self.drawn(key, self.measured_lives))

    def test(self, genome: Policy) -> Metrics:
        """The same in other lives."""
        return self._figures(genome, self.drawn(jax.random.key(0x7E57), 4 * self.measured_lives))

    def _figures(self, genome: Policy, lives: ActingLives) -> Metrics:
        rewards = self.rewards(genome, lives).reshape(len(lives.keys), self.turns, -1)
        late = rewards[:, :, rewards.shape[2] // 2 :].mean()
        return {"loss": -rewards.mean(), "reward": rewards.mean(), "adapted": late}

    def drawn(self, key: Key, lives: int) -> ActingLives:
        """So many lives."""
        key_lives, key_bodies = jax.random.split(key)
        count = len(self.bodies)
        further = jax.random.randint(key_bodies, (lives, self.turns), 1, max(2, count)).at[:, 0].set(0)
        first = jnp.arange(lives)[:, None]
        return ActingLives(jax.random.split(key_lives, lives), (first + further.cumsum(1)) % count)

    def _step(self, genome: Policy, body: Body, acting: _Acting, key: Key) -> tuple[_Acting, jax.Array]:
        perceived = acting.perceived
        if self.feedback:
            perceived = jnp.concatenate([perceived, acting.action, acting.reward[None]])
        memory, action = genome.act(acting.memory, perceived)
        found = self.environment.step(key, acting.state, action, body)
        reward = found.reward - self.fall * found.ended
        return _Acting(found.state, memory, found.perceived, action, reward), reward


def _hebbian(key: Key, task: Control) -> Policy:
    ways = {name: getattr(task, name) for name in ("sharing", "clusters", "start", "rate")}
    return HebbianPolicy.create(key, *_shape(task), **ways)


def _shape(task: Control) -> tuple[int, int, int]:
    place = task.environment
    inputs = place.inputs + (place.actions + 1 if task.feedback else 0)
    return inputs, task.width, place.actions


POLICIES: dict[str, Callable[[Key, Control], Policy]] = {
    "static": lambda key, task: StaticPolicy.create(key, *_shape(task)),
    "recurrent": lambda key, task: RecurrentPolicy.create(key, *_shape(task)),
    "hebbian": _hebbian,
}
"""New policies by name."""
