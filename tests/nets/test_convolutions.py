import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from ontogeny.nets.convolutions import Convolution, TransposedConvolution
from ontogeny.nets.layers import Unpool, scaled


def signal(rng, *shape):
    return jnp.asarray(rng.normal(size=shape), jnp.float32)


def by_scipy(x, weights, layer, apply):
    """Each output channel and each sample by itself, in double precision."""
    channels, _, _, samples = x.shape
    kernels, x = np.asarray(weights.weight, np.float64), np.asarray(x, np.float64)
    outputs = channels if layer.shared else layer.channels

    def one(output, sample):
        pairs = [(output, 0)] if layer.shared else [(channel, channel) for channel in range(channels)]
        planes = [
            apply(x[channel, ..., sample], kernels[0 if layer.shared else output, kernel]) for channel, kernel in pairs
        ]
        return sum(planes) + (0 if weights.bias is None else float(weights.bias[output]))

    return np.stack([np.stack([one(output, sample) for sample in range(samples)], -1) for output in range(outputs)])


def layer_and_weights(kind, rng, size, channels, shared, bias, inputs):
    layer = kind(size, channels, "linear", shared, bias)
    key = jax.random.key(int(rng.integers(1000)))
    weights = layer.init(lambda shape: jax.random.normal(key, shape), (inputs, 9, 9), scaled)
    return layer, weights._replace(bias=signal(rng, len(weights.bias)) if bias else None)


CASES = [(size, shared, bias) for size, (shared, bias) in itertools.product((1, 2, 5), ((False, True), (True, False)))]


@pytest.mark.parametrize(("size", "shared", "bias"), CASES)
def test_a_convolution_is_a_correlation_over_whole_patches(size, shared, bias):
    rng = np.random.default_rng([size, shared])
    layer, weights = layer_and_weights(Convolution, rng, size, 3, shared, bias, 2)
    x = signal(rng, 2, 7, 6, 4)
    wanted = by_scipy(x, weights, layer, lambda a, b: correlate2d(a, b, "valid"))
    assert layer.after((2, 7, 6)) == wanted.shape[:3]
    np.testing.assert_allclose(layer(weights, x), wanted, atol=1e-5)


@pytest.mark.parametrize(("size", "shared", "bias"), CASES)
def test_a_transposed_convolution_adds_kernels_up(size, shared, bias):
    rng = np.random.default_rng([size, shared])
    layer, weights = layer_and_weights(TransposedConvolution, rng, size, 3, shared, bias, 2)
    x = signal(rng, 2, 4, 3, 3)
    wanted = by_scipy(x, weights, layer, lambda a, b: convolve2d(a, b, "full"))
    assert layer.after((2, 4, 3)) == wanted.shape[:3]
    np.testing.assert_allclose(layer(weights, x), wanted, atol=1e-5)


@pytest.mark.parametrize(("size", "shared", "bias"), [*CASES, (3, False, False), (4, True, True)])
def test_unpooling_need_not_be_done_first(size, shared, bias):
    rng = np.random.default_rng([size, shared])
    layer, weights = layer_and_weights(TransposedConvolution, rng, size, 2, shared, bias, 3)
    x = signal(rng, 3, 3, 4, 5)
    wanted = layer(weights, Unpool()(None, x))
    np.testing.assert_allclose(layer.after_unpooling(weights, x), wanted, atol=1e-5)


def test_the_activation_comes_last():
    rng = np.random.default_rng(0)
    x = signal(rng, 1, 4, 4, 2)
    for kind in (Convolution, TransposedConvolution):
        plain, weights = layer_and_weights(kind, rng, 2, 1, False, True, 1)
        np.testing.assert_allclose(kind(2, 1, "tanh", False, True)(weights, x), np.tanh(plain(weights, x)), atol=1e-6)
