import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.data import load_images
from ontogeny.nets.mlp import MLP


def read(net, images):
    """The logits of a net for images; one function, so that what a test compiled serves the others."""
    return net(images.reshape(len(images), -1))


@pytest.fixture(scope="session")
def logits():
    return read


@pytest.fixture(scope="session")
def digits():
    """Test images and their labels."""
    return load_images("digits").test


@pytest.fixture(scope="session")
def readers():
    """Three nets that read digits, stacked."""
    images, labels = map(jnp.asarray, load_images("digits").train)
    optimizer = optax.adam(0.01)

    def loss(net):
        return optax.softmax_cross_entropy_with_integer_labels(read(net, images), labels).mean()

    def train(key):
        net = MLP.create(key, (64, 24, 16, 10))

        def step(carry, _):
            net, state = carry
            updates, state = optimizer.update(jax.grad(loss)(net), state)
            return (optax.apply_updates(net, updates), state), None

        return jax.lax.scan(step, (net, optimizer.init(net)), length=150)[0][0]

    return jax.jit(jax.vmap(train))(jax.random.split(jax.random.key(0), 3))


@pytest.fixture(scope="session")
def reader(readers):
    """One of them."""
    return jax.tree.map(lambda leaf: leaf[0], readers)


@pytest.fixture(scope="session")
def by_hand():
    """Logits and the gradient of the log odds by the pixels, in numpy and double precision."""

    def compute(net, images, labels):
        signal, gates = np.asarray(images, np.float64).reshape(len(images), -1), []
        weights = [np.asarray(layer.weight, np.float64) for layer in net.layers]
        for weight, layer in zip(weights, net.layers, strict=True):
            signal = signal @ weight.T + np.asarray(layer.bias, np.float64)
            if weight is not weights[-1]:
                gates.append(signal > 0)
                signal = signal * gates[-1]
        rows = np.arange(len(labels))
        others = signal.copy()
        others[rows, labels] = -np.inf
        back = np.exp(others - others.max(1, keepdims=True))
        back /= back.sum(1, keepdims=True)
        back[rows, labels] = -1
        for weight, gate in zip(weights[:0:-1], gates[::-1], strict=True):
            back = (back @ weight) * gate
        return signal, (back @ weights[0]).reshape(np.shape(images))

    return compute
