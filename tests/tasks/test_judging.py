"""What members of a population are chosen by, and how classifiers may be made to differ or to resist."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Task
from ontogeny.data import load_images
from ontogeny.errors import InputError
from ontogeny.nets import MLP
from ontogeny.runs.config_tasks import task_config
from ontogeny.tasks import Classification
from ontogeny.tasks.attacked import fast_gradient_sign, log_odds_gradient
from ontogeny.tasks.epochs import Epochs

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


@pytest.fixture(scope="module")
def nets(digits):
    return jax.vmap(Classification(digits, (9,)).init)(jax.random.split(KEY, 3))


def net(nets, number):
    return jax.tree.map(lambda leaf: leaf[number], nets)


@pytest.mark.parametrize("judged", ["mistakes", "cross-entropy"])
def test_a_net_that_diverged_is_right_about_nothing(digits, nets, judged):
    broken = jax.tree.map(lambda leaf: leaf.at[1].set(jnp.nan), nets)
    found = np.asarray(Classification(digits, (9,), judged=judged).judge(broken))
    assert np.isinf(found[1]).all()
    assert np.isfinite(found[[0, 2]]).all()


class Plain(Task):
    def init(self, key):
        return jnp.zeros(2)

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return genome.sum(), None


def test_by_default_a_task_has_one_case_its_loss():
    found = Plain().judge(jnp.asarray([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_allclose(found, [[3.0], [7.0]])


def test_members_are_judged_image_by_image(digits, nets):
    task = Classification(digits, (9,))
    found = np.asarray(task.judge(nets))
    images, labels = digits.validation
    for number in range(3):
        said = np.argmax(net(nets, number)(jnp.asarray(images).reshape(len(labels), -1)), 1)
        np.testing.assert_array_equal(found[number], said != labels)
    losses = Classification(digits, (9,), judged="cross-entropy").judge(nets)
    loss = float(task.measure(net(nets, 1), KEY)["loss"])
    assert float(losses[1].mean()) == pytest.approx(loss, rel=1e-4)


def test_judged_under_attack_each_meets_images_made_against_another(digits, nets):
    task = Classification(digits, (9,), judged_attack=0.2)
    images, labels = (jnp.asarray(each) for each in digits.validation)

    def logits(number):
        return lambda images: net(nets, number)(images.reshape(len(images), -1))

    attacked = fast_gradient_sign(logits(0), images, labels, 0.2)
    expected = np.argmax(logits(2)(attacked), 1) != labels
    np.testing.assert_array_equal(task.judge(nets)[2], expected)


def test_the_gradient_is_that_of_the_log_odds_of_each_image():
    weights = jnp.asarray([[1.0, -2.0], [0.5, 3.0], [0.0, 1.0]])
    images, labels = jnp.asarray([[0.2, 0.7], [0.9, 0.1]]), jnp.asarray([0, 2])
    found = log_odds_gradient(lambda x: x @ weights.T, images, labels)
    for number in range(2):
        logits = np.asarray(images[number] @ weights.T, np.float64)
        right = int(labels[number])
        shares = np.exp(logits)
        shares[right] = 0
        expected = shares / shares.sum() @ np.asarray(weights) - np.asarray(weights)[right]
        np.testing.assert_allclose(found[number], expected, rtol=1e-4)
    moved = fast_gradient_sign(lambda x: x @ weights.T, images, labels, 0.3)
    expected = np.clip(np.asarray(images) + 0.3 * np.sign(np.asarray(found)), 0, 1)
    np.testing.assert_allclose(moved, expected, rtol=1e-6)


def test_a_net_that_is_sure_is_attacked_as_well():
    # The probability of the right class rounds to 1, and the cross-entropy's gradient to 0.
    weights = 200 * jnp.asarray([[1.0, -1.0], [-1.0, 1.0]])
    image, label = jnp.asarray([[1.0, 0.0]]), jnp.asarray([0])
    np.testing.assert_allclose(fast_gradient_sign(lambda x: x @ weights.T, image, label, 0.6), [[0.4, 0.6]], rtol=1e-6)


def test_adversarial_training_learns_from_clean_and_attacked_images(digits, nets):
    plain, attacked = Classification(digits, (9,), 50), Classification(digits, (9,), 50, adversarial=0.1)
    batch = plain.draw(KEY, plain.begin(KEY))
    one = net(nets, 0)

    def logits(images):
        return one(images.reshape(len(images), -1))

    moved = fast_gradient_sign(logits, jnp.asarray(batch.images), jnp.asarray(batch.labels), 0.1)
    clean, hard = (float(plain.loss(one, batch._replace(images=images))[0]) for images in (batch.images, moved))
    assert hard > clean
    assert float(attacked.loss(one, batch)[0]) == pytest.approx((clean + hard) / 2, rel=1e-5)


def test_a_net_that_looks_at_some_pixels_sees_no_others(digits):
    task = Classification(digits, (9,), view=0.25)
    one, other = (task.init(key) for key in jax.random.split(KEY))
    assert int(one.seen.sum()) == 16
    assert (one.seen != other.seen).any()
    x = jax.random.uniform(KEY, (5, 64))
    np.testing.assert_array_equal(one(x), one(jnp.where(one.seen, x, 7.0)))
    assert (np.abs(one(x) - one(jnp.where(one.seen, 7.0, x))) > 1e-3).any()
    assert Classification(digits, (9,)).init(KEY).seen is None


def test_unshuffled_epochs_deal_images_as_they_stand(digits):
    task = Classification(digits, (9,), 100, shuffled=False)
    world = task.begin(KEY)
    for number in range(14):
        place = (number % 12) * 100
        np.testing.assert_array_equal(task.draw(KEY, world).labels, digits.train.labels[place : place + 100])
        world = task.settle(world, None, None)
    assert int(Epochs.begin(None, 5).after(3).after(3).number) == 2


def test_uniform_weights_are_those_of_pytorch():
    made = MLP.create_uniform(KEY, (400, 300, 10))
    for layer, inputs in zip(made.layers, (400, 300), strict=True):
        for weights in (layer.weight, layer.bias):
            values = np.asarray(weights)
            assert np.abs(values).max() <= 1 / np.sqrt(inputs)
            assert np.abs(values).max() > 0.8 / np.sqrt(inputs)
        assert np.std(layer.weight) == pytest.approx(1 / np.sqrt(3 * inputs), rel=0.03)


@pytest.mark.parametrize(
    ("field", "value"),
    [("view", 0.0), ("view", 1.5), ("adversarial", -0.1), ("judged_attack", 2.0), ("judged", "loss"), ("start", "he")],
)
def test_values_out_of_range_are_refused(digits, field, value):
    with pytest.raises(InputError, match=field):
        Classification(digits, (9,), **{field: value})


def test_what_members_were_chosen_by_is_no_test(digits):
    net = Classification(digits, (9,)).init(KEY)
    assert set(Classification(digits, (9,)).test(net)) == {"loss", "accuracy"}
    assert Classification(digits, (9,), tested=False).test(net) == {}
    for validation, tested in (("held-back", True), ("test", False)):
        tree = {"name": "classification", "data": "digits", "validation": validation}
        assert task_config(tree).build().tested is tested
