import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.probes import PUBLISHED, ImageAttack, accuracies, accuracy, answers, predictions


def _sure(net, factor):
    """The same net, its logits so many times as large."""
    *hidden, last = net.layers
    return dataclasses.replace(net, layers=(*hidden, jax.tree.map(lambda leaf: factor * leaf, last)))


@pytest.mark.parametrize("factor", [1, 100])
def test_fgsm_follows_the_gradient_in_double_precision_however_sure_the_net_is(factor, logits, reader, digits, by_hand):
    net = _sure(reader, factor)
    found, gradient = by_hand(net, *digits)
    np.testing.assert_allclose(answers(logits, net, digits.images), found, rtol=1e-3, atol=1e-3 * factor)
    moved = np.asarray(ImageAttack("fgsm", 0.1, clip=False).attacked(logits, net, *digits))
    clear = np.abs(gradient) > 1e-3 * np.abs(gradient).max((1, 2), keepdims=True)
    expected = digits.images + 0.1 * np.sign(gradient)
    assert np.isclose(moved, expected, atol=1e-6)[clear].mean() > 0.999, "but where two units are at their threshold"
    if factor > 1:
        sure = np.sort(found, 1)[:, -1] - np.sort(found, 1)[:, -2] > 20
        assert sure.mean() > 0.8, "so sure that the probability of the answer is 1 in single precision"


def test_attacks_keep_within_their_bound_and_the_range_of_a_pixel(logits, reader, digits):
    for method in ("fgsm", "pgd", "random"):
        moved = np.asarray(ImageAttack(method, 0.2).attacked(logits, reader, *digits))
        assert np.abs(moved - digits.images).max() == pytest.approx(0.2, abs=1e-6)
        assert (moved.min(), moved.max()) == (0, 1)
        free = np.asarray(ImageAttack(method, 0.2, clip=False).attacked(logits, reader, *digits))
        assert np.abs(free - digits.images).max() == pytest.approx(0.2, abs=1e-6)
        assert free.min() < -0.15
        assert free.max() > 1.15


def test_with_the_euclidean_norm_the_length_of_a_change_is_bounded(logits, reader, digits, by_hand):
    def length(moved):
        return np.sqrt(((np.asarray(moved) - digits.images) ** 2).sum((1, 2)))

    for method in ("fgsm", "pgd", "random"):
        free = ImageAttack(method, 2.0, clip=False, norm="l2").attacked(logits, reader, *digits)
        np.testing.assert_allclose(length(free), 2, rtol=1e-3)
        kept = np.asarray(ImageAttack(method, 2.0, norm="l2").attacked(logits, reader, *digits))
        assert (length(kept) <= 2.001).all()
        assert (kept.min(), kept.max()) == (0, 1)
    _, gradient = by_hand(reader, *digits)
    step = np.asarray(ImageAttack("fgsm", 2.0, clip=False, norm="l2").attacked(logits, reader, *digits)) - digits.images
    along = (step * gradient).sum((1, 2)) / np.sqrt((gradient**2).sum((1, 2)))
    assert np.median(along) == pytest.approx(2, rel=1e-3), "all of it along the gradient"
    right = {}
    for method in ("random", "fgsm", "pgd"):
        moved = ImageAttack(method, 1.0, norm="l2").attacked(logits, reader, *digits)
        right[method] = float(accuracy(logits, reader, moved, digits.labels))
    assert right["pgd"] <= right["fgsm"] < right["random"] - 0.3


def test_gradients_do_more_harm_than_chance_and_ten_steps_more_than_one(logits, reader, digits):
    clean = float(accuracy(logits, reader, *digits))
    right = {
        method: float(
            accuracy(logits, reader, ImageAttack(method, 0.1).attacked(logits, reader, *digits), digits.labels)
        )
        for method in ("fgsm", "pgd", "random")
    }
    assert clean > 0.92
    assert right["pgd"] <= right["fgsm"] < 0.7
    assert right["random"] > clean - 0.05


def test_an_attack_of_nothing_changes_nothing(logits, reader, digits):
    for method in ("fgsm", "pgd", "random"):
        np.testing.assert_array_equal(ImageAttack(method, 0.0).attacked(logits, reader, *digits), digits.images)


def test_the_published_attack_is_larger_than_it_says_and_spares_mistakes(logits, reader, digits):
    moved = np.asarray(PUBLISHED.attacked(logits, reader, *digits))
    wrong = np.asarray(answers(logits, reader, digits.images)).argmax(1) != digits.labels
    assert 0 < wrong.sum() < 25
    np.testing.assert_array_equal(moved[wrong], digits.images[wrong])
    sizes = np.abs(moved - digits.images)[~wrong].max((1, 2))
    np.testing.assert_allclose(sizes, 0.1622849, atol=1e-6)
    # By its own words: denormalise, add 0.05, clamp, normalise.
    written = (np.clip(digits.images * 0.3081 + 0.1307 + 0.05 * np.sign(moved - digits.images), 0, 1) - 0.1307) / 0.3081
    np.testing.assert_allclose(moved, written, atol=1e-6)
    plain = dataclasses.replace(PUBLISHED, spare_mistakes=False).attacked(logits, reader, *digits)
    assert np.abs(np.asarray(plain) - digits.images)[wrong].max() > 0.16


def test_what_is_random_comes_from_the_key_and_not_from_how_many_images_there_are(logits, reader, digits):
    for method in ("pgd", "random"):
        attack, key = ImageAttack(method, 0.1), jax.random.key(3)
        moved = attack.attacked(logits, reader, *digits, key)
        some = attack.attacked(logits, reader, digits.images[:7], digits.labels[:7], key)
        np.testing.assert_allclose(moved[:7], some, atol=1e-6)
        pairs = np.repeat(np.arange(30), 2)
        twice = attack.attacked(logits, reader, digits.images[pairs], digits.labels[pairs], key)
        assert float(jnp.abs(twice[::2] - twice[1::2]).max()) > 0.05, "each image has its own chances"
        assert float(jnp.abs(moved - attack.attacked(logits, reader, *digits)).max()) > 0.05


def test_it_compiles_once_for_all_nets_images_and_strengths(readers, digits):
    traced = []

    def logits(net, images):
        traced.append(images.shape)
        return net(images.reshape(len(images), -1))

    nets = [jax.tree.map(lambda leaf, number=number: leaf[number], readers) for number in range(2)]
    first = ImageAttack("fgsm", 0.1).attacked(logits, nets[0], *digits)
    count = len(traced)
    second = ImageAttack("fgsm", 0.2).attacked(logits, nets[1], digits.images[::-1], digits.labels[::-1])
    assert len(traced) == count > 0
    assert float(jnp.abs(first - second[::-1]).max()) > 0.15
    whole = jax.jit(lambda net, images: ImageAttack("fgsm", 0.1).attacked(logits, net, images, digits.labels))
    np.testing.assert_allclose(whole(nets[0], digits.images), first, atol=1e-6)


def test_a_stack_of_nets_is_asked_one_by_one(logits, readers, reader, digits):
    found = predictions(logits, readers, digits.images)
    assert found.shape == (3, len(digits.labels))
    np.testing.assert_array_equal(found[0], np.asarray(answers(logits, reader, digits.images)).argmax(1))
    expected = (np.asarray(found) == digits.labels).mean(1)
    np.testing.assert_allclose(accuracies(logits, readers, *digits), expected, rtol=1e-6)
    assert float(accuracy(logits, reader, *digits)) == pytest.approx(expected[0])


@pytest.mark.parametrize(
    ("field", "value"), [("method", "pdg"), ("epsilon", -0.1), ("epsilon", 1.5), ("epsilon", np.nan), ("steps", 0)]
)
def test_bad_fields_are_refused(field, value):
    with pytest.raises(InputError, match=field):
        ImageAttack(**{field: value})


def test_each_image_needs_a_label(logits, reader, digits):
    with pytest.raises(InputError, match=r"labels.*256"):
        ImageAttack().attacked(logits, reader, digits.images, digits.labels[:3])
    with pytest.raises(InputError, match="labels"):
        ImageAttack().attacked(logits, reader, digits.images[:0], digits.labels[:0])
