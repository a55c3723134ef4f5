import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Until, train
from ontogeny.errors import InputError
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import OpenES
from ontogeny.tasks import Curriculum, Growing, SamplePool

RNG = np.random.default_rng(0)
TARGET = RNG.uniform(0, 1, (5, 5, 4)).astype(np.float32)
SMALLER = RNG.uniform(0, 1, (2, 5, 5, 4)).astype(np.float32)
KEY = jax.random.key(0)


def tiny(targets=SMALLER, span=6, shorter=2, early_fire_rate=None, **options):
    goal = Growing(TARGET, **{"channels": 8, "hidden": 8, "steps": (4, 6), **options})
    return Curriculum(goal, targets, span, shorter, early_fire_rate)


def after(task, steps):
    """The world after a number of training steps."""
    return task.begin(KEY)._replace(steps=jnp.int32(steps))


def test_pictures_come_in_their_order_and_the_goal_stays():
    task = tiny()
    drawn = [np.asarray(task.draw(KEY, after(task, steps)).target) for steps in (0, 2, 3, 5, 6, 100)]
    for found, wanted in zip(drawn, [SMALLER[0], SMALLER[0], SMALLER[1], SMALLER[1], TARGET, TARGET], strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_episodes_become_longer_until_they_have_the_length_of_the_goals():
    task = tiny()
    less = [
        int(task.goal.draw(KEY, None).steps - task.draw(KEY, after(task, steps)).batch.steps)
        for steps in (0, 1, 3, 5, 6, 100)
    ]
    assert less == [2, 2, 1, 1, 0, 0]


def test_episodes_alone_can_become_longer():
    task = tiny(np.zeros((0, 5, 5, 4)))
    lesson = task.draw(KEY, after(task, 0))
    np.testing.assert_array_equal(lesson.target, TARGET)
    assert int(task.goal.draw(KEY, None).steps - lesson.batch.steps) == 2


def test_the_loss_is_the_distance_from_the_picture_of_the_lesson_and_the_held_out_one_the_goals():
    task = tiny()
    rng = np.random.default_rng(1)
    net = jax.tree.map(lambda leaf: leaf + jnp.asarray(rng.normal(size=leaf.shape) * 0.2, leaf.dtype), task.init(KEY))
    lesson = task.draw(KEY, after(task, 3))
    own = Growing(SMALLER[1], channels=8, hidden=8, steps=(4, 6))
    assert float(task.loss(net, lesson)[0]) == float(own.loss(net, lesson.batch)[0])
    assert float(task.loss(net, lesson)[0]) != float(task.goal.loss(net, lesson.batch)[0])
    assert float(task.measure(net, KEY)["loss"]) == float(task.goal.measure(net, KEY)["loss"])


def test_cells_fire_more_often_at_first_in_as_many_fewer_updates():
    task = tiny(np.zeros((0, 5, 5, 4)), shorter=0, early_fire_rate=1.0, steps=(40, 46))
    rng = np.random.default_rng(2)
    net = jax.tree.map(lambda leaf: leaf + jnp.asarray(rng.normal(size=leaf.shape) * 0.1, leaf.dtype), task.init(KEY))
    early, late = (task.draw(KEY, after(task, steps)) for steps in (5, 6))
    assert int(early.batch.steps) == round(int(late.batch.steps) / 2)
    certain = Growing(TARGET, channels=8, hidden=8, steps=(20, 23), fire_rate=1.0)
    batch = early.batch._replace(words=early.batch.words + 1)
    assert float(task.loss(net, early)[0]) == float(certain.loss(dataclasses.replace(net, fire_rate=1.0), batch)[0])
    assert float(task.loss(net, late)[0]) == float(task.goal.loss(net, late.batch)[0])
    assert float(task.loss(net, late)[0]) != float(task.loss(net, late._replace(early=jnp.asarray(True)))[0])
    assert float(task.measure(net, KEY)["loss"]) == float(task.goal.measure(net, KEY)["loss"]), "the goal's own rate"


@pytest.mark.parametrize("learner", [Evolution(OpenES(8)), Descent()])
def test_each_training_step_is_one_step_of_the_curriculum(learner):
    task = tiny(pool=SamplePool(4), batch=2)
    run = train(task, learner, until=Until(steps=4), every=2)
    assert int(run.state.learner.world.steps) == 4
    assert run.state.learner.world.world.shape == (4, 5, 5, 8)
    assert run.cost.evaluations == 4 * 2 * (8 if isinstance(learner, Evolution) else 1)


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("span", {"span": 0}, "1 or more"),
        ("shorter", {"shorter": 4}, "0 to 3"),
        ("shorter", {"shorter": -1}, "0 to 3"),
        ("early_fire_rate", {"early_fire_rate": 0.4}, "0.5, the fire rate, to 1"),
        ("early_fire_rate", {"early_fire_rate": 1.5}, "to 1"),
        ("targets", {"targets": SMALLER[:, :4]}, "size of the goal"),
        ("targets", {"targets": SMALLER[0]}, "size of the goal"),
    ],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"^{field}.*{hint}"):
        tiny(**options)
