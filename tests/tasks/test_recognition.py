import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.data import ImageSet, Labelled, load_images
from ontogeny.data.normalised import normalised
from ontogeny.errors import InputError
from ontogeny.learners import Descent
from ontogeny.runs.config_recognition import RecognitionConfig, net_maker
from ontogeny.tasks import Recognition

CELL = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|nor_conv_1x1~1|none~2|"


@pytest.fixture(scope="module")
def digits():
    return normalised(load_images("digits"))


def recognition(digits, **fields):
    return Recognition(digits, net_maker(CELL, 1, 1, 4), **{"batch": 32, "flip": False, "shift": 0, **fields})


def test_a_cell_learns_to_read(digits):
    task = recognition(digits)
    before = float(eqx.filter_jit(task.test)(task.init(jax.random.key(0)))["accuracy"])
    learner = Descent(optax.adam(0.01))
    state = learner.init(task, jax.random.key(0))
    step = eqx.filter_jit(learner.step)
    for _ in range(60):
        state, _ = step(task, state)
    found = eqx.filter_jit(task.test)(state.genome)
    assert before < 0.3
    assert found["accuracy"] > 0.6


def test_an_answer_does_not_depend_on_the_pictures_beside_it(digits):
    task = recognition(digits)
    net = task.init(jax.random.key(1))
    answers = eqx.filter_jit(task.answers)
    images = digits.test.images[:300]
    whole = answers(net, images)
    np.testing.assert_allclose(answers(net, images[250:260]), whole[250:260], atol=1e-4)


def test_pictures_are_mirrored_and_shifted():
    images = np.arange(4 * 8 * 8, dtype=np.float32).reshape(4, 8, 8, 1) + 1
    data = ImageSet(*[Labelled(images, np.arange(4, dtype=np.int32))] * 3)
    task = Recognition(data, net_maker(CELL, 1, 1, 4), 4, flip=True, shift=1)
    world = task.begin(jax.random.key(0))
    seen = set()
    for draw in range(12):
        moved, labels = task.draw(jax.random.key(draw), world)
        for one, label in zip(np.asarray(moved), np.asarray(labels), strict=True):
            around = np.pad(images[label], ((1, 1), (1, 1), (0, 0)))
            whole = {"plain": around, "mirrored": np.pad(images[label][:, ::-1], ((1, 1), (1, 1), (0, 0)))}
            places = [
                (name, i, j)
                for name, each in whole.items()
                for i in range(3)
                for j in range(3)
                if np.array_equal(each[i : i + 8, j : j + 8], one)
            ]
            assert len(places) == 1, "shifted, mirrored or both, and nothing else"
            seen.add(places[0])
    assert len(seen) > 9


def test_pictures_are_normalised_and_framed():
    data = normalised(ImageSet(*[Labelled(np.random.default_rng(0).random((20, 28, 28)), np.zeros(20, int))] * 3))
    images = data.train.images
    assert images.shape == (20, 32, 32, 1)
    assert np.all(images[:, :2] == 0)
    np.testing.assert_allclose(images[:, 2:-2, 2:-2].mean(), 0, atol=1e-5)
    np.testing.assert_allclose(images[:, 2:-2, 2:-2].std(), 1, atol=1e-3)


def test_fewer_pictures_are_taken(digits):
    task = RecognitionConfig.model_validate({"data": "digits", "net": CELL, "images": 200, "tested": 50}).build()
    assert [len(part.labels) for part in task.data] == [200, 20, 50]
    assert jnp.isfinite(task.data.train.images).all()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("net", "resnet18", "resnet-18"),
        ("net", "|conv~0|", "cell"),
        ("data", "cifar", "cifar10"),
        ("images", 3, "images"),
        ("tested", 0, "tested"),
        ("cells", 0, "cells"),
        ("channels", 0, "channels"),
        ("batch", 1, "batch"),
        ("shift", 8, "shift"),
        ("settled", 1, "settled"),
    ],
)
def test_values_out_of_range_are_refused(field, value, words):
    values = {"data": "digits", "net": CELL, field: value}
    with pytest.raises(InputError, match=words):
        RecognitionConfig.model_validate(values).build()
