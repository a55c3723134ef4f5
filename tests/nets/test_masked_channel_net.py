import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data.channel_cells import ChannelCell, node_channels
from ontogeny.errors import InputError
from ontogeny.nets.channel_net import ChannelNet
from ontogeny.nets.masked_channel_net import OPERATIONS, MaskedChannelNet
from ontogeny.nets.masked_operations import Masked
from ontogeny.scores import SCORES

MOST = 4
IMAGES = jax.random.normal(jax.random.key(5), (8, 8, 8, 2))
NAMES = ("naswot", "ntk", "jacobian")


@pytest.fixture(scope="module")
def whole():
    return MaskedChannelNet(jax.random.key(0), 3, inputs=2, nodes=2, most=MOST)


@pytest.fixture(scope="module")
def scored():
    def every(net):
        labels, key = jnp.arange(8) % 3, jax.random.key(1)
        found = {name: SCORES[name].function(net, IMAGES, labels, key) for name in NAMES}
        return found | {"logits": net.passage(IMAGES).logits}

    return eqx.filter_jit(every)


def drawn(seed):
    """Cells of one or two nodes, most operations missing; in some nothing reaches the first node."""
    rng = np.random.default_rng(seed)
    channels = np.where(rng.random((3, OPERATIONS)) < 0.35, 2 ** rng.integers(0, 3, (3, OPERATIONS)), 0)
    if seed % 4 == 0:
        channels[1:] = 0
    if seed % 4 == 3:
        channels[0] = 0
    channels[0 if seed % 4 != 3 else 1, 3] = 2  # as many as come in: a skip has no weights then
    return channels


def alone(net, channels):
    """The same net, made for these channels alone, and given the weights that are there."""
    live = [node for node, width in enumerate(node_channels(ChannelCell(channels), 2)) if width]
    cell = ChannelCell(channels[: live[-1] * (live[-1] + 1) // 2])
    plain = ChannelNet(jax.random.key(9), 3, [cell], inputs=2)
    there = [np.flatnonzero(np.asarray(each)) for each in net.there]
    made = iter(plain.cells[0].operations)
    operations = []
    for to in range(1, cell.nodes + 1):
        for sender in range(to):
            place = to * (to - 1) // 2 + sender
            for number, count in enumerate(channels[place]):
                if count and len(there[sender]):
                    operations.append(cut(next(made), net.slots[place][number], there[sender], int(count)))
    last = there[cell.nodes]
    rows = np.concatenate([last, net.norm.scale.shape[0] - 2 + np.arange(2)])
    parts = tuple(operations), net.weight[rows]
    return eqx.tree_at(lambda net: (net.cells[0].operations, net.weight), plain, parts)


def cut(plain, slot, rows, count):
    def fit(path, leaf):
        whole = getattr(slot, path[0].name)
        if path[0].name == "norm":
            return leaf
        for axis, kept in ((-2, rows), (-1, np.arange(count))):
            if whole.ndim >= 2 and path[0].name == "gate" and axis == -2:
                continue
            if path[0].name == "look" and axis == -1:
                continue
            if path[0].name == "each":
                kept, axis = (rows, -1) if axis == -1 else (np.arange(1), -2)
            if whole.ndim == 1 and axis == -2:
                continue
            whole = jnp.take(whole, kept, axis)
        assert whole.shape == leaf.shape, (path, whole.shape, leaf.shape)
        return whole

    return jax.tree_util.tree_map_with_path(fit, plain)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_net_that_is_made_for_a_cell_alone(whole, scored, seed):
    channels = drawn(seed)
    net = whole.chosen(jnp.asarray(channels))
    found, wanted = scored(net), jax.tree.map(np.asarray, scored(alone(net, channels)))
    np.testing.assert_allclose(found["logits"], wanted["logits"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found["naswot"], wanted["naswot"], rtol=1e-4)
    np.testing.assert_allclose(found["ntk"], wanted["ntk"], rtol=2e-2)
    np.testing.assert_allclose(found["jacobian"], wanted["jacobian"], rtol=2e-2, atol=1e-3)


def test_other_cells_are_not_compiled_for_anew(whole):
    traced = []

    @eqx.filter_jit
    def look(net, genotype):
        traced.append(1)
        return net.chosen(genotype).passage(IMAGES).logits

    one, other = (look(whole, jnp.asarray(drawn(seed))) for seed in (2, 6))
    assert len(traced) == 1
    assert np.abs(one - other).max() > 1e-3


def test_skips_of_as_many_channels_have_no_weights(whole):
    channels = np.zeros((3, OPERATIONS), int)
    channels[0, 3] = 2

    def logits(weight):
        net = whole.chosen(jnp.asarray(channels))
        net = eqx.tree_at(lambda net: net.slots[0][3].weight, net, weight)
        return net.passage(IMAGES).logits.sum()

    slot = whole.slots[0][3]
    assert isinstance(slot, Masked)
    np.testing.assert_array_equal(jax.grad(logits)(slot.weight), 0)


@pytest.mark.parametrize("values", [{"nodes": 0}, {"most": 0}, {"classes": 1}])
def test_values_out_of_range_are_refused(values):
    with pytest.raises(InputError, match=next(iter(values))):
        MaskedChannelNet(jax.random.key(0), **({"classes": 2} | values))
