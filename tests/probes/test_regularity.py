import json

import equinox as eqx
import jax
import numpy as np
import pytest

from ontogeny.data import Classes, Pictures, load_pictures
from ontogeny.errors import InputError
from ontogeny.nets import Autoencoder
from ontogeny.probes import encoded, linear_probe, regularity, separation, spacing, variety
from ontogeny.probes.decoding import decoded_grid, occupied, smoothness

LAYERS = ("dense 6 tanh", "dense 2 linear", "dense 64", "reshape 1 8 8")
NET = Autoencoder.create(jax.random.key(0), (8, 8), LAYERS)


def test_of_pictures_that_were_held_back_there_are_figures_about_those():
    digits = load_pictures("digits", None, 8)
    found = regularity(NET, digits)
    assert set(found) == {"variety", "spacing", "separation", "linear_probe", "grid_change", "grid_jump"}
    assert "spacing" not in regularity(NET, digits._replace(test=None)), "of many latents some are always near"
    latents, learned = np.asarray(NET.encode(digits.test)), np.asarray(NET.encode(digits.train))
    np.testing.assert_allclose(encoded(NET, digits.train), learned, atol=1e-5)
    assert found["separation"] == pytest.approx(separation(latents, digits.labels.test), abs=1e-4)
    accuracy = linear_probe(learned, digits.labels.train, latents, digits.labels.test)
    assert found["linear_probe"] == pytest.approx(accuracy, abs=0.01)
    assert 0.15 < accuracy < 0.9, "two random sums tell something about a digit"
    assert found["variety"] == pytest.approx(variety(np.asarray(NET(digits.test)), digits.test), rel=1e-3)
    change, jump = smoothness(decoded_grid(NET, occupied(latents)))
    assert (found["grid_change"], found["grid_jump"]) == pytest.approx((change, jump), rel=1e-3)
    json.dumps(found, allow_nan=False)


def test_of_one_picture_a_class_what_is_defined_is_told():
    digits = load_pictures("digits", 10, 8)
    found = regularity(NET, digits)
    assert set(found) == {"variety", "spacing", "grid_change", "grid_jump"}
    assert found["spacing"] == pytest.approx(spacing(NET.encode(digits.train)), rel=1e-3)
    assert set(regularity(NET, load_pictures("digits", 20, 8))) == {*found, "separation"}
    with pytest.raises(InputError, match=r"pictures.train: 1.*two or more"):
        regularity(NET, load_pictures("digits", 1, 8))


def test_without_labels_or_with_one_class_there_are_no_figures_about_classes():
    digits = load_pictures("digits", None, 8)
    plain = Pictures(digits.train[:9], digits.train[:9], digits.train[:9])
    some = {"variety", "spacing", "grid_change", "grid_jump"}
    assert set(regularity(NET, plain)) == some
    zeros = np.zeros(9, int)
    assert set(regularity(NET, plain._replace(labels=Classes(zeros, zeros, zeros)))) == some


def test_collapsed_and_exploded_nets_have_fewer_figures():
    digits = load_pictures("digits", 10, 8)
    alike = eqx.tree_at(lambda net: net.weights[2].weight, NET, replace_fn=lambda weight: 0 * weight)
    found = regularity(alike, digits)
    assert set(found) == {"variety", "spacing"}
    assert found["variety"] == pytest.approx(0, abs=1e-6)
    assert regularity(jax.tree.map(lambda leaf: leaf * np.nan, NET), digits) == {}


def test_one_unit_has_no_plane():
    net = Autoencoder.create(jax.random.key(0), (8, 8), ("dense 1", "dense 64", "reshape 1 8 8"))
    assert set(regularity(net, load_pictures("digits", 10, 8))) == {"variety", "spacing"}
