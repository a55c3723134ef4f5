import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import Autoencoder
from ontogeny.probes import feature_maps

IMAGES = np.random.default_rng(0).uniform(size=(3, 28, 28)).astype(np.float32)


def test_maps_are_what_goes_into_the_first_dense_layer():
    net = Autoencoder.create(jax.random.key(0))
    maps = feature_maps(net, IMAGES)
    assert maps.shape == (3, 1, 4, 4)
    dense = net.weights[4]
    sums = maps.reshape(3, 16) @ np.asarray(dense.weight).T + np.asarray(dense.bias)
    latents = net.weights[5].weight @ (1 / (1 + np.exp(-sums))).T + net.weights[5].bias[:, None]
    np.testing.assert_allclose(net.encode(IMAGES), 1 / (1 + np.exp(-latents.T)), atol=1e-5)


def test_maps_of_several_channels_and_of_nets_without_dense_layers():
    layers = ("convolution 5 3", "max-pool", "variational 2", "dense 144", "reshape 1 12 12", "unpool", "transposed 5")
    assert feature_maps(Autoencoder.create(jax.random.key(0), (28, 28), layers), IMAGES).shape == (3, 3, 12, 12)
    plain = Autoencoder.create(jax.random.key(0), (28, 28), ("convolution 5", "max-pool", "unpool", "transposed 5"))
    assert feature_maps(plain, IMAGES).shape == (3, 1, 12, 12)


def test_a_net_that_begins_with_a_dense_layer_has_none():
    net = Autoencoder.create(jax.random.key(0), (4, 4), ("dense 2", "dense 16", "reshape 1 4 4"))
    with pytest.raises(InputError, match=r"layers: 'dense'.*convolutions before"):
        feature_maps(net, IMAGES[:, :4, :4])
