import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Until, train
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.nets.policies import HebbianPolicy, RecurrentPolicy, StaticPolicy
from ontogeny.nets.sharing import ByAll
from ontogeny.strategies import OpenES
from ontogeny.tasks import Control
from ontogeny.tasks.bodies import Body, named_bodies
from ontogeny.tasks.environments import Environment, GymnaxEnvironment, Outcome
from ontogeny.tasks.locomotion import BraxEnvironment

KEY = jax.random.key(0)


class Steering(Environment):
    """A point on a line that is rewarded for going right, and falls, back to 0, beyond 3 or below -3."""

    inputs: int = eqx.field(static=True, default=1)
    actions: int = eqx.field(static=True, default=1)

    def begin(self, key, body):
        return jnp.zeros(()), jnp.zeros(1)

    def step(self, key, state, action, body):
        moved = (action * body.gains)[0]
        ended = jnp.abs(state + moved) > 3
        state = jnp.where(ended, 0.0, state + moved)
        return Outcome(state, state[None], moved, ended)


@pytest.fixture(scope="module")
def task():
    return Control(Steering(), policy="static", width=4, steps=40, turns=4, lives=6, measured_lives=8)


def test_lives_change_their_body_in_every_part_and_begin_with_each(task):
    three = dataclasses.replace(task, bodies=("whole", "reversed", "without 0"), lives=60)
    bodies = np.asarray(three.draw(KEY, None).bodies)
    assert bodies.shape == (60, 4)
    assert (np.diff(bodies) != 0).all()
    assert np.bincount(bodies[:, 0]).tolist() == [20, 20, 20]
    assert np.bincount(bodies[:, 1], minlength=3).min() > 8
    alone = dataclasses.replace(task, bodies=("whole",))
    assert (np.asarray(alone.draw(KEY, None).bodies) == 0).all()


def constant(value):
    zero = (jnp.zeros((4, 4)), jnp.zeros((5, 1)))
    return StaticPolicy((zero[0], zero[1].at[-1, 0].set(jnp.arctanh(value))))


def test_rewards_are_those_of_the_body_that_there_is(task):
    batch = task.draw(KEY, None)
    rewards = np.asarray(task.rewards(constant(0.5), batch)).reshape(6, 4, 10)
    expected = np.where(np.asarray(batch.bodies)[:, :, None] == 0, 0.5, -0.5)
    np.testing.assert_allclose(rewards, np.broadcast_to(expected, rewards.shape), atol=1e-6)
    assert abs(float(task.loss(constant(0.5), batch)[0])) < 1e-6
    falling = dataclasses.replace(task, bodies=("whole",), fall=7.0)
    # 0.5 a step passes 3 with every seventh step.
    rewards = np.asarray(falling.rewards(constant(0.5), falling.draw(KEY, None)))
    np.testing.assert_allclose(rewards[:, 6::7], -6.5, atol=1e-6)
    np.testing.assert_allclose(np.delete(rewards, slice(6, None, 7), 1), 0.5, atol=1e-6)


def test_hebbian_synapses_change_by_what_they_join():
    rules = (ByAll(jnp.zeros((2, 2))), ByAll(jnp.asarray([[1.0, 2.0], [3.0, 4.0]])))
    policy = HebbianPolicy(rules, ((3, 2), (3, 1)), start=0.5, rate=0.01)
    weights = policy.begin(KEY)
    perceived = jnp.asarray([0.3, -0.2])
    hidden = np.tanh(np.append(perceived, 1) @ np.asarray(weights[0]))
    action = np.tanh(np.append(hidden, 1) @ np.asarray(weights[1]))
    after, acted = policy.act(weights, perceived)
    np.testing.assert_allclose(acted, action, rtol=1e-5)
    np.testing.assert_array_equal(after[0], weights[0])
    sender, receiver = np.append(hidden, 1)[:, None], action[None]
    expected = weights[1] + 0.01 * (sender * receiver + 2 * sender + 3 * receiver + 4)
    np.testing.assert_allclose(after[1], expected, rtol=1e-5)
    # Nothing grows without end.
    for _ in range(200):
        after, _ = policy.act(after, perceived)
    assert float(jnp.abs(after[1]).max()) == 3.0


def test_recurrent_nets_remember_and_static_ones_do_not():
    perceived = jnp.asarray([1.0, -1.0])
    for made, remembers in ((RecurrentPolicy, True), (StaticPolicy, False)):
        policy = made.create(KEY, 2, 5, 3)
        memory, first = policy.act(policy.begin(KEY), perceived)
        _, second = policy.act(memory, perceived)
        assert first.shape == (3,)
        assert np.allclose(first, second) != remembers


def test_rules_evolve_that_find_out_which_way_is_right(task):
    made = dataclasses.replace(task, policy="hebbian", turns=2, lives=8, measured_lives=32)
    learner = Evolution(OpenES(popsize=64, sigma=0.3, optimizer=optax.adam(0.1)))
    rules = train(made, learner, seed=0, until=Until(steps=80)).genome
    # Whoever does not find out gets 0 in the mean of both bodies.
    assert float(made.test(rules)["adapted"]) > 0.5
    assert abs(float(made.test(made.init(KEY))["adapted"])) < 0.3


@pytest.mark.parametrize("name", ["Pendulum-v1", "CartPole-v1", "Acrobot-v1", "Catch-bsuite"])
def test_environments_of_gymnax_run(name):
    environment = GymnaxEnvironment(name)
    task = Control(environment, policy="static", steps=30, turns=2, lives=4, width=3)
    rewards = task.rewards(task.init(KEY), task.draw(KEY, None))
    assert rewards.shape == (4, 30)
    assert np.isfinite(rewards).all()


def test_actions_reach_gymnax_with_their_size_and_sign():
    pendulum = GymnaxEnvironment("Pendulum-v1")
    body = Body(jnp.asarray([-1.0]), {})
    state, _ = pendulum.begin(KEY, body)
    stepped = pendulum.step(KEY, state, jnp.asarray([0.5]), body)
    plain, *_ = pendulum.game.step_env(KEY, state, jnp.asarray([-1.0]), pendulum.game.default_params)
    np.testing.assert_allclose(stepped.perceived, plain, rtol=1e-6)
    pole = GymnaxEnvironment("CartPole-v1")
    whole = Body(jnp.asarray([1.0]), {})
    state, _ = pole.begin(KEY, whole)
    for action, choice in ((-0.4, 0), (0.4, 1), (1.0, 1), (-1.0, 0)):
        stepped = pole.step(KEY, state, jnp.asarray([action]), whole)
        plain, *_ = pole.game.step_env(KEY, state, choice, pole.game.default_params)
        np.testing.assert_allclose(stepped.perceived, plain, rtol=1e-6)


def test_a_longer_pole_falls_otherwise():
    environment = GymnaxEnvironment("CartPole-v1")
    bodies = named_bodies(("whole", "length=1.5"), environment)
    np.testing.assert_allclose(bodies.parameters["length"], [0.5, 1.5])
    ends = []
    for number in range(2):
        body = jax.tree.map(lambda leaf, number=number: leaf[number], bodies)
        state, _ = environment.begin(KEY, body)
        for _ in range(5):
            state, perceived, *_ = environment.step(KEY, state, jnp.ones(1), body)
        ends.append(float(perceived[2]))
    assert abs(ends[1]) < abs(ends[0])


def test_brax_walks():
    pytest.importorskip("brax")
    environment = BraxEnvironment("ant")
    assert (environment.inputs, environment.actions) == (27, 8)
    task = Control(environment, ("whole", "without 0 1"), "static", steps=4, lives=2)
    rewards = task.rewards(task.init(KEY), task.draw(KEY, None))
    assert rewards.shape == (2, 4)
    assert np.isfinite(rewards).all()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bodies": ("hole",)}, "bodies: 'hole'.*whole, reversed"),
        ({"bodies": ("without 3",)}, "its actions are 0 to 0"),
        ({"bodies": ("length=1",)}, "bodies: 'length'.*no parameters"),
        ({"bodies": ()}, "bodies"),
        ({"steps": 41}, "steps: 41.*multiple of the 4"),
        ({"policy": "hebian"}, "policy: 'hebian'.*hebbian"),
        ({"lives": 0}, "lives: 0"),
        ({"rate": 0.0}, "rate: 0.0"),
    ],
)
def test_bad_values_are_named(task, fields, words):
    with pytest.raises(InputError, match=words):
        dataclasses.replace(task, **fields)


def test_unknown_environments_are_named():
    with pytest.raises(InputError, match=r"environment: 'CartPole-v2'.*CartPole-v1"):
        GymnaxEnvironment("CartPole-v2")
