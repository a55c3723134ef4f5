import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets.forked_net import ForkedNet


@pytest.fixture(scope="module")
def forked():
    net = ForkedNet(jax.random.key(0), 4, 2, inputs=1, channels=2)
    return net, jax.random.normal(jax.random.key(1), (6, 8, 8, 1)), eqx.filter_jit(lambda net, *given: net(*given))


def test_a_share_of_all_is_the_cell_alone(forked):
    net, images, look = forked
    one, other, third = (jnp.asarray(cell) for cell in ([3, 1, 0, 2, 0, 1], [1, 2, 3, 0, 1, 1], [4] * 6))
    np.testing.assert_allclose(net.shares(), 0.5)
    alone = eqx.tree_at(lambda net: net.alpha, net, jnp.asarray([[50.0, -50.0]] * 3))
    first = look(alone, jnp.stack([one, other]), images)
    np.testing.assert_allclose(look(alone, jnp.stack([one, third]), images), first, atol=1e-4)
    assert np.abs(look(alone, jnp.stack([third, one]), images) - first).max() > 1e-2
    mixed = look(net, jnp.stack([one, other]), images)
    assert np.abs(mixed - first).max() > 1e-2
    assert mixed.shape == (6, 4)


def test_what_is_added_is_shares_of_cells(forked):
    net, images, look = forked
    nothing, skip = jnp.zeros(6, int), jnp.asarray([0, 0, 0, 1, 0, 0])

    def with_alpha(*alpha):
        return eqx.tree_at(lambda net: net.alpha, net, jnp.asarray([alpha] * 3))

    # Neither cell has weights, so that it does not matter in which place one is.
    alone = look(with_alpha(50.0, -50.0), jnp.stack([skip, nothing]), images)
    np.testing.assert_allclose(look(with_alpha(0.3, -1.0), jnp.stack([skip, skip]), images), alone, atol=1e-5)
    less = look(with_alpha(0.3, -1.0), jnp.stack([skip, nothing]), images)
    np.testing.assert_allclose(look(with_alpha(-1.0, 0.3), jnp.stack([nothing, skip]), images), less, atol=1e-5)
    assert np.abs(less - alone).max() > 1e-3


def test_one_cell_has_nobody_to_compete_with():
    with pytest.raises(InputError, match="cells"):
        ForkedNet(jax.random.key(0), 4, 1)
