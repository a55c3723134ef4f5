import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import MLP

KEY = jax.random.key(0)


def test_outputs_are_those_of_the_formula():
    net = MLP.create(KEY, (5, 4, 3, 2))
    rng = np.random.default_rng(3)
    net = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape), jnp.float32), net)
    x = rng.normal(size=(7, 5)).astype(np.float32)
    y = x
    for number, layer in enumerate(net.layers):
        y = y @ np.asarray(layer.weight).T + np.asarray(layer.bias)
        y = np.maximum(y, 0) if number < 2 else y
    np.testing.assert_allclose(net(x), y, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(net(x[0]), y[0], rtol=1e-4, atol=1e-5)
    assert (y < 0).any(), "the last layer has no rectifier"


def test_activations_are_those_of_each_layer():
    net = MLP.create(KEY, (5, 4, 3, 2))
    x = np.random.default_rng(3).normal(size=(7, 5)).astype(np.float32)
    first, second, outputs = net.activations(x)
    y = np.maximum(x @ np.asarray(net.layers[0].weight).T, 0)
    np.testing.assert_allclose(first, y, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second, np.maximum(y @ np.asarray(net.layers[1].weight).T, 0), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(outputs, net(x))


def test_members_of_a_population_share_the_product_with_the_batch():
    x = jax.random.normal(KEY, (6, 5))
    nets = jax.vmap(lambda key: MLP.create(key, (5, 4, 3)))(jax.random.split(KEY, 3))
    outputs = jax.vmap(lambda net: net(x))(nets)
    for index in range(3):
        one = jax.tree.map(lambda leaf, index=index: leaf[index], nets)
        np.testing.assert_allclose(outputs[index], one(x), rtol=1e-4, atol=1e-5)
    program = jax.make_jaxpr(jax.vmap(lambda net: net(x)))(nets)
    products = [equation for equation in program.eqns if equation.primitive.name == "dot_general"]
    _, batched = products[0].params["dimension_numbers"]
    assert len(products) == 2
    assert batched == ((), ()), "one product for all members, not one for each"


def test_signals_keep_their_scale_through_many_layers():
    net = MLP.create(KEY, (256,) * 9)
    x = jax.random.normal(jax.random.key(1), (512, 256))
    # Every layer would halve it, or double it, with the gain of the other kind.
    assert 0.4 < float(jnp.mean(net(x) ** 2)) < 2.5
    assert 0.8 < float(jnp.mean(MLP.create(KEY, (256, 256))(x) ** 2)) < 1.25
    assert all(float(jnp.abs(layer.bias).max()) == 0 for layer in net.layers)


def test_sizes_are_read_back_and_weights_are_single_precision():
    net = MLP.create(KEY)
    assert net.sizes == (784, 128, 10)
    assert {leaf.dtype for leaf in jax.tree.leaves(net)} == {jnp.dtype("float32")}
    assert sum(leaf.size for leaf in jax.tree.leaves(net)) == 784 * 128 + 128 + 128 * 10 + 10


@pytest.mark.parametrize("sizes", [(5,), (), (5, 0, 2), (5, -1)])
def test_sizes_that_no_net_can_have_are_refused(sizes):
    with pytest.raises(InputError, match="sizes"):
        MLP.create(KEY, sizes)
