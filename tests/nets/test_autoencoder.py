import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data import load_pictures
from ontogeny.errors import InputError
from ontogeny.nets import Autoencoder
from ontogeny.nets.autoencoder import PUBLISHED, shapes_of, to_pictures, to_signal
from ontogeny.nets.layers import centred, scaled, uniform
from ontogeny.nets.variational import Variational, divergence

SMALL = ("convolution 3 2", "max-pool", "variational 2", "dense 9 tanh", "reshape 1 3 3", "unpool", "transposed 3")
IMAGES = jnp.asarray(np.random.default_rng(0).uniform(size=(3, 8, 8)), jnp.float32)


def test_the_published_net_has_the_published_sizes():
    net = Autoencoder.create(jax.random.key(0))
    assert [leaf.size for leaf in jax.tree.leaves(net)] == [25, 25, 80, 5, 10, 2, 10, 5, 800, 160, 25, 250]
    assert sum(leaf.size for leaf in jax.tree.leaves(net)) == 1397
    sides = [shape[1] for shape in shapes_of(net.layers, net.size)]
    assert sides == [28, 24, 12, 8, 4, 1, 1, 1, 1, 4, 8, 12, 24, 28]
    assert net.weights[10].weight.shape == (1, 1, 5, 5), "ten channels share one kernel"
    assert net.encode(jnp.zeros((4, 28, 28))).shape == (4, 2)
    drawn = np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(net)])
    assert -1 <= drawn.min() < -0.99 < 0.99 < drawn.max() <= 1


def test_a_centred_start_leaves_no_relu_dead():
    signal = to_signal(jnp.asarray(load_pictures("digits", 10).train))

    def alive(start):
        keys = jax.random.split(jax.random.key(0), 60)
        maps = jax.jit(jax.vmap(lambda key: Autoencoder.create(key, start=start).run(signal, 0, 4)))(keys)
        return np.mean((np.ptp(maps, axis=-1) > 0.1).any((1, 2, 3)))

    assert alive(centred) == 1
    assert 0.5 < alive(uniform) < 0.85, "a quarter of the published starts see nothing at all"
    kernel = Autoencoder.create(jax.random.key(1), start=centred).weights[0].weight
    assert abs(kernel.mean()) < 1e-6 < 0.5 < kernel.max()


def test_a_picture_is_encoded_then_decoded():
    net = Autoencoder.create(jax.random.key(1), (8, 8), SMALL, scaled)
    assert net(IMAGES).shape == IMAGES.shape
    np.testing.assert_allclose(net.decode(net.encode(IMAGES)), net(IMAGES), atol=1e-6)
    np.testing.assert_array_equal(to_pictures(to_signal(IMAGES)), IMAGES)


def test_layers_run_one_after_the_other():
    layers = ("max-pool", "convolution 1 2 tanh", "dense 4", "reshape 1 2 2", "unpool", "unpool")
    net = Autoencoder.create(jax.random.key(2), (8, 8), layers)
    x = to_signal(IMAGES)
    pooled = np.asarray(IMAGES).reshape(3, 4, 2, 4, 2).max((2, 4))
    np.testing.assert_array_equal(to_pictures(net.run(x, 0, 1)), pooled)
    hidden = np.tanh(np.asarray(net.weights[1].weight).reshape(2, 1, 1, 1) * np.moveaxis(pooled, 0, -1)[None])
    np.testing.assert_allclose(net.run(x, 0, 2), hidden, atol=1e-6)
    sums = np.asarray(net.weights[2].weight) @ hidden.reshape(32, 3) + np.asarray(net.weights[2].bias)[:, None]
    outputs = 1 / (1 + np.exp(-sums.T.reshape(3, 2, 2)))
    np.testing.assert_allclose(net(IMAGES), outputs.repeat(4, 1).repeat(4, 2), atol=1e-6)


def test_a_variational_latent_has_means_and_variances():
    net = Autoencoder.create(jax.random.key(3), (8, 8), SMALL, scaled)
    assert isinstance(net.layers[net.bottleneck], Variational)
    wide = Autoencoder.create(jax.random.key(3), (8, 8), ("variational 3", "dense 2", "dense 64", "reshape 1 8 8"))
    assert wide.bottleneck == 0, "it is the latent, though another layer is narrower"
    means, logarithms = net.distribution(IMAGES)
    assert means.shape == logarithms.shape == (3, 2)
    np.testing.assert_array_equal(means, net.encode(IMAGES))
    assert float(jnp.abs(means - logarithms).min()) > 0


def test_the_divergence_is_that_of_normal_distributions():
    rng = np.random.default_rng(0)
    means, logarithms = rng.normal(size=(2, 2, 1))
    draws = means + np.exp(logarithms / 2) * rng.normal(size=(2, 400_000))
    own = -((draws - means) ** 2) / np.exp(logarithms) / 2 - logarithms / 2
    estimate = (own + draws**2 / 2).sum(0).mean()
    assert float(divergence(jnp.asarray(means), jnp.asarray(logarithms))[0]) == pytest.approx(estimate, rel=0.01)
    assert float(divergence(jnp.zeros((2, 1)), jnp.zeros((2, 1)))[0]) == 0


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (("convolution 4", "max-pool"), "number 2, max-pool: '1×25×25'"),
        (("convolution 29",), "number 1, convolution: '1×28×28'"),
        (("dense 9", "reshape 2 2 2"), "number 2, reshape: '9×1×1'.*8"),
        (("dense 0",), "number 1, dense: 0"),
        (("dense 2", "dense 784"), "layers: '784×1×1'.*28×28"),
        (("max-pol",), "number 1: 'max-pol'.*max-pool"),
        (("dense 3 relo",), "number 1: 'relo'.*relu"),
        (("dense",), "number 1: 'dense'.*dense UNITS"),
        (("dense 3 4",), "number 1: 'dense 3 4'.*dense UNITS"),
        (("convolution relu 3",), "number 1: 'convolution relu 3'.*SIZE"),
        (("dense 3 tanh relu",), "number 1.*one activation"),
        (("variational 0",), "number 1, variational: 0"),
        (("convolution 5 8 shared",), "number 1: 'convolution 5 8 shared'.*leave their number out"),
        (("dense 99999999",), "number 1, dense: '99999999×1×1'"),
        ((), "layers: ''.*learns"),
        (("unpool shared",), "number 1: 'shared'.*nothing"),
        (("",), "number 1: ''.*convolution"),
    ],
)
def test_a_layer_that_does_not_fit_is_named(layers, words):
    with pytest.raises(InputError, match=words):
        Autoencoder.create(jax.random.key(0), layers=layers)


def test_the_published_layers_are_written_as_others_are():
    assert all(isinstance(line, str) for line in PUBLISHED)
    changed = (*PUBLISHED[:5], "dense 3", *PUBLISHED[6:])
    assert Autoencoder.create(jax.random.key(0), layers=changed).encode(jnp.zeros((1, 28, 28))).shape == (1, 3)
