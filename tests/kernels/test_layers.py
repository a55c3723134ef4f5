import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import flops
from ontogeny.kernels.layers import COMPARED, reconstruct, reconstruction_errors
from ontogeny.kernels.native import why_plain
from ontogeny.nets import Autoencoder
from ontogeny.nets.autoencoder import PUBLISHED, to_signal
from ontogeny.nets.layers import scaled, uniform

NETS = {
    "published": (28, PUBLISHED, uniform),
    "everything": (
        13,
        (
            *("convolution 4 6 relu bias", "max-pool", "convolution 3 shared tanh bias", "dense 7 gelu"),
            *("variational 3", "dense 48 linear", "reshape 3 4 4", "transposed 3 5 gelu bias"),
            *("unpool", "transposed 2 bias linear"),
        ),
        scaled,
    ),
    "shared": (
        9,
        (
            *("dense 18 linear", "reshape 2 3 3", "unpool", "transposed 2 shared bias"),
            *("transposed 3 shared tanh", "convolution 1 1 linear"),
        ),
        scaled,
    ),
    "flat": (5, ("reshape 25 1 1", "dense 3", "dense 25 linear", "reshape 1 5 5"), scaled),
    "coarse": (8, ("max-pool", "convolution 1 5 tanh", "convolution 1", "unpool"), scaled),
}

compiled = pytest.mark.skipif(bool(why_plain()), reason="no compiled kernels")


def population(name, members):
    size, layers, start = NETS[name]
    keys = jax.random.split(jax.random.key(1), members)
    return eqx.filter_vmap(lambda key: Autoencoder.create(key, (size, size), layers, start))(keys)


def pictures(name, samples):
    size = NETS[name][0]
    return to_signal(jnp.asarray(np.random.default_rng(samples).uniform(size=(samples, size, size)), jnp.float32))


def plain(net, signal):
    return net.run(signal, 0, len(net.layers))


@compiled
@pytest.mark.parametrize(
    ("name", "samples"), [*((name, 10) for name in NETS), ("everything", 1), ("shared", 70), ("published", 33)]
)
def test_compiled_and_plain_agree(name, samples):
    nets, signal = population(name, 3), pictures(name, samples)
    found = jax.vmap(lambda net: reconstruct(net, signal))(nets)
    wanted = jax.vmap(lambda net: plain(net, signal))(nets)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, atol=3e-6)
    assert float(jnp.std(wanted)) > 0.01


@compiled
def test_members_may_have_pictures_of_their_own_or_share_them_and_the_threads_do_not_matter():
    nets = population("shared", 4)
    signals = jnp.stack([pictures("shared", 5) * factor for factor in (1, 2, 3, 4)])
    found = jax.vmap(reconstruct)(nets, signals)
    for number in range(4):
        net = jax.tree.map(lambda leaf, number=number: leaf[number] if eqx.is_array(leaf) else leaf, nets)
        np.testing.assert_array_equal(found[number], reconstruct(net, signals[number], threads=1))
    one = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, nets)
    shared = jax.vmap(lambda signal: reconstruct(one, signal))(signals)
    np.testing.assert_array_equal(shared[0], found[0])


@compiled
def test_the_gradient_is_that_of_the_plain_version():
    net = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, population("everything", 1))
    signal = pictures("everything", 3)

    def gradients(run):
        return jax.jit(jax.grad(lambda net, signal: jnp.sum(jnp.sin(run(net, signal))), argnums=(0, 1)))(net, signal)

    for found, wanted in zip(*map(jax.tree.leaves, (gradients(reconstruct), gradients(plain))), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5)


def plain_errors(criterion, net, signal, wanted):
    away = plain(net, signal) - wanted
    return (jnp.abs(away) if criterion == "mean-absolute" else away**2).mean((0, 1, 2))


@compiled
@pytest.mark.parametrize("criterion", COMPARED)
@pytest.mark.parametrize(("name", "samples"), [("published", 1), ("everything", 3), ("shared", 70), ("flat", 1)])
def test_errors_are_those_of_the_plain_version(name, samples, criterion):
    nets, signal = population(name, 3), pictures(name, samples)
    # Not the pictures themselves, and for each member others.
    wanted = jnp.stack([signal * factor for factor in (0.0, 0.5, -1.0)])
    found = jax.vmap(lambda net, wanted: reconstruction_errors(net, signal, wanted, criterion))(nets, wanted)
    true = jax.vmap(lambda net, wanted: plain_errors(criterion, net, signal, wanted))(nets, wanted)
    assert found.shape == (3, samples)
    np.testing.assert_allclose(found, true, rtol=2e-5)
    shared = jax.vmap(lambda net: reconstruction_errors(net, signal, wanted[1], criterion))(nets)
    np.testing.assert_array_equal(shared[1], found[1])


@compiled
def test_the_gradient_of_errors_is_that_of_the_plain_version():
    net = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, population("everything", 1))
    signal = pictures("everything", 3)

    def gradients(errors):
        return jax.jit(jax.grad(lambda net: jnp.sum(jnp.sin(errors(net)))))(net)

    found = gradients(lambda net: reconstruction_errors(net, signal, 0.5 * signal, "mean-square"))
    true = gradients(lambda net: plain_errors("mean-square", net, signal, 0.5 * signal))
    for mine, other in zip(*map(jax.tree.leaves, (found, true)), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-6)


@compiled
def test_what_is_not_a_number_stays_so():
    net = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, population("published", 1))
    signal = pictures("published", 3).at[0, 4, 4, 1].set(jnp.nan)
    found = np.isnan(np.asarray(reconstruct(net, signal)))
    assert found[..., 1].all()
    assert not found[..., [0, 2]].any()
    errors = reconstruction_errors(net, signal, jnp.zeros_like(signal), "mean-absolute")
    assert np.isnan(np.asarray(errors)).tolist() == [False, True, False]
    one = reconstruction_errors(net, signal[..., 1:2], jnp.zeros_like(signal[..., 1:2]), "mean-absolute")
    assert np.isnan(float(one[0]))


@compiled
def test_operations_are_those_of_the_plain_version():
    net = jax.tree.map(lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf, population("published", 1))
    signal = pictures("published", 10)
    assert flops(reconstruct, net, signal) == flops(plain, net, signal) > 1e6
