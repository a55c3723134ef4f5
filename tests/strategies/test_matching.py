import dataclasses

import jax
import numpy as np
import pytest

from ontogeny.nets import MLP
from ontogeny.nets.nca import Dense
from ontogeny.strategies import aligned


@pytest.fixture(scope="module")
def net():
    return MLP.create_uniform(jax.random.key(0), (12, 9, 7, 3))


def shuffled(net, seed):
    rng = np.random.default_rng(seed)
    layers = list(net.layers)
    for number in range(len(layers) - 1):
        order = rng.permutation(len(layers[number].weight))
        layers[number] = Dense(layers[number].weight[order], layers[number].bias[order])
        layers[number + 1] = Dense(layers[number + 1].weight[:, order], layers[number + 1].bias)
    return dataclasses.replace(net, layers=tuple(layers))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_neurons_find_back_to_their_places(net, seed):
    other = shuffled(net, seed)
    assert np.abs(other.layers[0].weight - net.layers[0].weight).max() > 0.1
    found = jax.jit(aligned)(net, other)
    for one, expected in zip(jax.tree.leaves(found), jax.tree.leaves(net), strict=True):
        np.testing.assert_allclose(one, expected, atol=1e-6)


def test_an_aligned_net_computes_the_same_and_is_nearer(net):
    other = MLP.create_uniform(jax.random.key(8), (12, 9, 7, 3))
    found = jax.jit(aligned)(net, other)
    x = jax.random.normal(jax.random.key(1), (20, 12))
    np.testing.assert_allclose(found(x), other(x), atol=1e-5)

    def away(one):
        leaves = zip(jax.tree.leaves(one), jax.tree.leaves(net), strict=True)
        return sum(float(((a - b) ** 2).sum()) for a, b in leaves)

    assert away(found) < away(other)
