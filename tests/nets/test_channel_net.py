import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data.channel_cells import parse_channel_cell
from ontogeny.errors import InputError
from ontogeny.nets.cell_operations import How
from ontogeny.nets.channel_net import ChannelNet
from ontogeny.nets.channel_operations import MADE

CELL = parse_channel_cell("0|0|2|0|0|2|0|0  1|0|0|1|1|0|0|2  0|1|0|0|0|0|2|0--1  7")


def test_weights_are_as_many_as_by_hand():
    net = ChannelNet(jax.random.key(0), 10, [CELL])
    separable = 3 * 49 + 3 * 2 + 4
    gated_wide = 49 * 3 * 8 + 16 + 128 * 2 + 2 + 3 * 2 + 2
    from_picture = (3 * 9 + 3 + 2) + (3 + 2) + (9 * 3 * 4 + 8 + 64 + 1 + 3 + 1) + (9 * 3 * 2 + 4)
    from_node = (4 * 25 + 4 + 2) + (9 * 4 * 2 + 4)
    last = 2 * 11 + 11 * 10 + 10
    expected = separable + gated_wide + from_picture + from_node + last
    assert sum(leaf.size for leaf in jax.tree.leaves(net)) == expected


def test_moments_of_a_passage_make_answers_independent_of_their_batch():
    net = ChannelNet(jax.random.key(0), 4, [CELL, CELL], inputs=1)
    images = jax.random.normal(jax.random.key(1), (6, 16, 16, 1))
    look = eqx.filter_jit(lambda images, moments=None: net.passage(images, moments))
    whole = look(images)
    assert [block.shape for block in whole.blocks] == [(6, 8, 8, 8), (6, 8, 8, 8)]
    np.testing.assert_allclose(look(images[:2], whole.moments).logits, whole.logits[:2], atol=1e-4)
    assert np.abs(look(images[:2]).logits - whole.logits[:2]).max() > 1e-2
    plain = ChannelNet(jax.random.key(0), 4, [CELL, CELL], inputs=1, halved=False)
    assert plain.passage(images[:2]).blocks[0].shape == (2, 16, 16, 8)


@pytest.mark.parametrize("place", range(len(MADE)))
def test_operations_bring_pictures_to_other_channels(place):
    x = jax.random.normal(jax.random.key(2), (3, 8, 8, 4))
    for out in (4, 2):
        operation = MADE[place](jax.random.key(3), 4, out)
        made, moments, _ = operation(x, (How(),))
        assert made.shape == (3, 8, 8, out)
        assert len(moments) == operation.norms
        assert jnp.isfinite(made).all()


def test_a_gate_is_one_number_for_each_channel():
    operation = MADE[4](jax.random.key(0), 2, 3)
    x = jax.random.normal(jax.random.key(1), (2, 8, 8, 2))
    made = np.asarray(operation(x, (How(),))[0])
    plain = np.asarray(jnp.einsum("bhwc,co->bhwo", x, operation.weight[0, 0]))
    ratio = made / plain
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:, :1, :1], ratio.shape), rtol=1e-3)


def test_values_out_of_range_are_refused():
    with pytest.raises(InputError, match="cells"):
        ChannelNet(jax.random.key(0), 10, [])
    with pytest.raises(InputError, match="classes"):
        ChannelNet(jax.random.key(0), 1, [CELL])
