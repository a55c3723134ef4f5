import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import ontogeny
from ontogeny.core import Until, train
from ontogeny.data import ImageSet, Labelled, load_images
from ontogeny.errors import InputError
from ontogeny.learners import Descent, Evolution
from ontogeny.strategies import OpenES
from ontogeny.tasks import Classification
from ontogeny.tasks.classification import CRITERIA, cross_entropy, mistakes

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def digits() -> ImageSet:
    return load_images("digits")


def tiny(**options):
    """Images whose only pixel says which part they are from and which number they have there."""

    def part(first, count):
        numbers = np.arange(first, first + count)
        return Labelled(numbers[:, None, None].astype(np.float32), numbers.astype(np.int32) % 3)

    data = options.pop("data", ImageSet(part(0, 10), part(100, 4), part(200, 5)))
    return Classification(data, **{"batch": 4, "classes": 3, "hidden": (5,), **options})


def test_outputs_are_logits_and_the_loss_is_their_cross_entropy(digits):
    task = Classification(digits, hidden=(7,), batch=50)
    net = task.init(KEY)
    batch = task.draw(KEY, task.begin(KEY))
    loss, _ = task.loss(net, batch)
    first, second = (np.asarray(layer.weight, np.float64) for layer in net.layers)
    logits = np.maximum(np.asarray(batch.images).reshape(50, 64) @ first.T, 0) @ second.T
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert float(loss) == pytest.approx(-np.log(shares[np.arange(50), batch.labels]).mean(), rel=1e-4)
    np.testing.assert_allclose(task.outputs(net, batch), logits, atol=1e-5)


def test_criteria_by_hand():
    logits = jnp.asarray([[2.0, 0.0], [0.0, 0.0], [0.0, 1.0], [3.0, 1.0]])
    labels = jnp.asarray([0, 0, 0, 0])
    each = [np.log(1 + np.exp(-2)), np.log(2), np.log(1 + np.e), np.log(1 + np.exp(-2))]
    assert float(cross_entropy(logits, labels).mean()) == pytest.approx(np.mean(each), rel=1e-5)
    assert float(mistakes(logits, labels).mean()) == 0.25
    assert float(mistakes(logits, 1 - labels).mean()) == 0.75


def test_images_far_off_the_scale_have_a_finite_loss():
    assert float(cross_entropy(jnp.asarray([[1e4, -1e4]]), jnp.asarray([1]))[0]) == pytest.approx(2e4)


def test_training_sees_training_images_only_each_once_an_epoch():
    task = tiny(batch=5)
    world = task.begin(KEY)
    seen = []
    for _ in range(2):
        batch = task.draw(KEY, world)
        np.testing.assert_array_equal(batch.labels, np.asarray(batch.images[:, 0, 0]) % 3)
        seen += np.asarray(batch.images).ravel().tolist()
        world = task.settle(world, batch, None)
    assert sorted(seen) == list(range(10))


def test_with_replacement_a_batch_is_any_of_all_images():
    task = tiny(replacement=True)
    assert task.begin(KEY) is None
    drawn = jax.vmap(lambda key: task.draw(key, None).images)(jax.random.split(KEY, 500))
    values, counts = np.unique(np.asarray(drawn), return_counts=True)
    np.testing.assert_array_equal(values, np.arange(10))
    np.testing.assert_allclose(counts, 200, atol=4.5 * np.sqrt(200 * 0.9))
    assert any(len(np.unique(each)) < 4 for each in np.asarray(drawn).reshape(500, 4))
    assert task.settle(None, task.draw(KEY, None), None) is None


@pytest.mark.parametrize("criterion", CRITERIA)
def test_figures_are_those_of_their_part(criterion):
    task = tiny(criterion=criterion)
    net = task.init(KEY)
    for found, part in ((task.measure(net, KEY), task.data.validation), (task.test(net), task.data.test)):
        logits = net(part.images.reshape(-1, 1))
        right = np.asarray(logits).argmax(1) == np.asarray(part.labels)
        assert float(found["accuracy"]) == pytest.approx(right.mean())
        assert float(found["loss"]) == pytest.approx(float(CRITERIA[criterion](logits, part.labels).mean()))


def test_an_evaluation_is_one_episode_of_as_many_samples_as_the_batch(digits):
    task = Classification(digits, batch=32)
    assert (task.episodes, task.samples) == (1, 32)
    learner = Evolution(OpenES(6))
    cost = learner.cost(task, learner.init(task, KEY))
    assert (cost.evaluations, cost.samples) == (6, 6 * 32)
    products = 2 * 32 * (64 * 128 + 128 * 10)
    assert products < cost.flops / 6 < 1.2 * products


@pytest.mark.parametrize("learner", [Descent(), Evolution(OpenES(4), devices=1)], ids=["descent", "evolution"])
def test_the_images_are_no_constants_of_the_compiled_program(digits, learner):
    task = Classification(digits, hidden=(4,), batch=8)
    state = eqx.filter_jit(learner.init)(task, KEY)
    text = eqx.filter_jit(lambda task, state: learner.step(task, state)).lower(task, state).as_text()
    # One digit in hexadecimal takes 512 letters.
    assert len(text) < 512 * len(digits.train.labels) / 2


def test_adam_reads_nineteen_of_twenty_digits(digits):
    task = Classification(digits, hidden=(64,), batch=128)
    run = train(task, Descent(optax.adam(3e-3)), until=Until(steps=400), every=100)
    found = eqx.filter_jit(task.test)(run.genome)
    assert float(found["accuracy"]) > 0.95
    assert run.rows[-1]["accuracy"] > 0.95
    assert run.cost.samples == 400 * 128


def test_evolution_learns_the_mistakes_themselves(digits):
    task = Classification(digits, hidden=(), batch=256, criterion="mistakes")
    strategy = OpenES(32, 0.3, optax.adam(0.1))
    run = train(task, Evolution(strategy, devices=1), until=Until(steps=150), every=50)
    assert run.rows[-1]["accuracy"] > 0.7
    assert run.loss == pytest.approx(1 - run.rows[-1]["accuracy"])


# 1,284 images in batches of 256 are 5 an epoch: both sessions begin new ones.
@pytest.mark.parametrize("learner", [Descent(), Evolution(OpenES(4), devices=1)], ids=["descent", "evolution"])
def test_broken_off_and_resumed_equals_unbroken(digits, tmp_path, learner):
    task = Classification(digits, hidden=(8,))

    def session(folder, steps):
        return train(task, learner, until=Until(steps=steps), every=4, run=ontogeny.Checkpoints(tmp_path / folder))

    session("broken", 13)
    broken, unbroken = session("broken", 28), session("unbroken", 28)
    assert len(broken.rows) == 4
    assert int(unbroken.state.learner.world.number) == 5
    for one, two in zip(jax.tree.leaves(broken.genome), jax.tree.leaves(unbroken.genome), strict=True):
        np.testing.assert_array_equal(one, two)
    assert [row["loss"] for row in broken.rows] == [row["loss"] for row in unbroken.rows[3:]]


def changed(part, **fields):
    data = tiny().data
    return data._replace(**{part: getattr(data, part)._replace(**fields)})


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("batch", {"batch": 0}, "1 to 10, the training images"),
        ("batch", {"batch": 11}, "1 to 10, the training images"),
        ("hidden", {"hidden": (4, 0)}, "1 or more"),
        ("criterion", {"criterion": "cross_entropy"}, "cross-entropy"),
        ("data.train.labels", {"classes": 2}, "0 to 1"),
        ("data.test.labels", {"data": changed("test", labels=np.full(5, -1))}, "0 to 2"),
        ("data.test.labels", {"data": changed("test", labels=np.zeros(5))}, "whole numbers"),
        ("data.validation.images", {"data": changed("validation", images=np.zeros((4, 2, 1)))}, "height"),
        ("data.test.images", {"data": changed("test", images=np.zeros((4, 1, 1)))}, "for each label"),
        ("data.train.images", {"data": changed("train", images=np.zeros(10))}, "height"),
    ],
)
def test_options_that_cannot_work_are_refused_at_once(field, options, hint):
    with pytest.raises(InputError, match=f"^{field}.*{hint}"):
        tiny(**options)
