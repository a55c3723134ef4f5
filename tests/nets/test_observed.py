import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.nets.observed import Observed


class Net(eqx.Module):
    first: eqx.nn.Conv2d
    middle: eqx.nn.Linear
    last: eqx.nn.MLP

    def __init__(self, key):
        keys = jax.random.split(key, 3)
        self.first = eqx.nn.Conv2d(1, 4, 3, key=keys[0])
        self.middle = eqx.nn.Linear(4, 6, key=keys[1])
        self.last = eqx.nn.MLP(6, 3, 5, 1, key=keys[2])

    def __call__(self, image):
        x = jax.nn.relu(self.first(image.transpose(2, 0, 1)))
        return self.last(jnp.maximum(self.middle(x.mean((1, 2))), 0.0))


IMAGES = jax.random.normal(jax.random.key(1), (7, 8, 8, 1))


def test_what_relus_look_at_is_seen_in_order():
    net = Net(jax.random.key(0))
    passage = Observed(net).passage(IMAGES)
    np.testing.assert_allclose(passage.logits, jax.vmap(net)(IMAGES), atol=1e-6)
    first = jax.vmap(lambda image: net.first(image.transpose(2, 0, 1)))(IMAGES)
    assert [each.shape for each in passage.rectified] == [(7, 4, 6, 6), (7, 6), (7, 5)]
    np.testing.assert_allclose(passage.rectified[0], first, atol=1e-6)
    second = jax.vmap(net.middle)(jax.nn.relu(first).mean((2, 3)))
    np.testing.assert_allclose(passage.rectified[1], second, atol=1e-6)


def test_gradients_go_through():
    def loss(net):
        return (Observed(net).passage(IMAGES).logits ** 2).sum()

    def plain(net):
        return (jax.vmap(net)(IMAGES) ** 2).sum()

    net = Net(jax.random.key(0))
    found, expected = (jax.tree.leaves(eqx.filter_grad(of)(net)) for of in (loss, plain))
    for mine, its in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-4, atol=1e-6)
