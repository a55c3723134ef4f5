import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Until, train
from ontogeny.data import load_target
from ontogeny.errors import InputError
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import OpenES
from ontogeny.tasks import Criticised, Growing, SamplePool

TARGET = jnp.asarray(load_target("heart", 9), jnp.float32)
KEY = jax.random.key(0)


def tiny(weight=0.1, **options):
    return Criticised(Growing(TARGET, **{"channels": 8, "hidden": 8, "steps": (4, 6), "batch": 2, **options}), weight)


def grown(states):
    return jnp.concatenate([states, jnp.zeros((*states.shape[:-1], 4))], axis=-1)


def trained(picture):
    """The critic after it has seen a grown picture many times."""
    task = tiny()
    world = task.begin(KEY)
    states = grown(jnp.broadcast_to(picture, (2, 9, 9, 4)))
    settle = eqx.filter_jit(task.settle)
    for key in jax.random.split(KEY, 300):
        world = settle(world, task.draw(key, world), (states, jnp.zeros(2)))
    return world.critic


def test_the_critic_learns_to_tell_what_has_grown_unless_it_is_the_picture_itself():
    wrong = TARGET[::-1, ::-1]
    critic = trained(wrong)
    assert float(critic(wrong)) < -1
    assert float(critic(TARGET)) > 1
    assert abs(float(trained(TARGET)(TARGET))) < 0.5


def test_its_judgement_is_in_the_loss_of_the_members_and_not_in_the_held_out_one():
    task = tiny(weight=0.1)
    net = task.init(KEY)
    batch = task.draw(KEY, task.begin(KEY))
    plain = float(task.goal.loss(net, batch.batch)[0])
    harsh = batch._replace(critic=eqx.tree_at(lambda critic: critic.linear.bias, batch.critic, jnp.full(1, -1000.0)))
    kind = batch._replace(critic=eqx.tree_at(lambda critic: critic.linear.bias, batch.critic, jnp.full(1, 1000.0)))
    assert float(task.loss(net, kind)[0]) == pytest.approx(plain)
    assert float(task.loss(net, harsh)[0]) == pytest.approx(plain + 0.1 * 1000, rel=0.01)
    assert float(task.measure(net, KEY)["loss"]) == float(task.goal.measure(net, KEY)["loss"])


@pytest.mark.parametrize("learner", [Evolution(OpenES(8)), Descent()])
def test_both_learners_train_beside_it(learner):
    task = tiny(pool=SamplePool(4))
    first = task.begin(jax.random.key(0)).critic.linear.weight
    run = train(task, learner, until=Until(steps=3))
    last = run.state.learner.world
    assert np.isfinite(run.loss)
    assert float(jnp.abs(last.critic.linear.weight - first).max()) > 0
    assert last.world.shape == (4, 9, 9, 8)


def test_a_critic_without_weight_is_refused():
    with pytest.raises(InputError, match=r"^critic.*above 0"):
        tiny(0.0)
