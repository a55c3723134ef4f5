import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data import cache_folder
from ontogeny.data.macro_nets import load_macro_table
from ontogeny.errors import InputError
from ontogeny.nets.macro_net import ChosenMacro, MacroNet
from ontogeny.scores.sizes import macro_sizes

IMAGES = jax.random.normal(jax.random.key(3), (6, 8, 8, 3))


@pytest.fixture(scope="module")
def small():
    net = MacroNet(jax.random.key(0), 4, channels=2)
    return net, eqx.filter_jit(lambda net, genotype, moments=None: ChosenMacro(net, genotype).passage(IMAGES, moments))


@pytest.mark.skipif(not (cache_folder() / "nas").is_dir(), reason="the table is not here")
def test_nets_are_as_large_as_the_benchmarks():
    table = load_macro_table()
    net = eqx.filter_jit(MacroNet)(jax.random.key(0))
    numbers = np.asarray([0, 1, 2, 2187, 3280, 4374, 6560, 1234])
    genotypes = np.stack(np.unravel_index(numbers, (3,) * 8), 1)
    sizes = macro_sizes(net, genotypes, (32, 32, 3))
    np.testing.assert_array_equal(sizes[:, 0], table.parameters[numbers])
    # Multiplications alone are noted there: two operations each, and norms, ReLUs and a mean come on top.
    assert (sizes[:2, 1] > 2 * np.asarray([7_713_280, 8_200_000])).all()
    assert sizes[0, 1] < 2.4 * 7_713_280
    assert sizes[[0, 4], 2].tolist() == [5, 26]


def test_what_a_layer_has_is_data(small):
    net, look = small
    genotype = jnp.asarray([1, 2, 0, 1, 0, 2, 2, 1])
    passage = look(net, genotype)
    assert passage.logits.shape == (6, 4)
    assert [each.shape[1:] for each in passage.blocks] == [(4, 4, 4)] * 2 + [(2, 2, 8)] * 3 + [(1, 1, 16)] * 3
    other = look(net, genotype.at[7].set(0))
    assert np.abs(passage.logits - other.logits).max() > 1e-3
    np.testing.assert_allclose(passage.blocks[6], other.blocks[6], atol=1e-6)
    np.testing.assert_allclose(other.blocks[7], other.blocks[6], atol=1e-6, err_msg="an identity changes nothing")


def test_a_net_alone_is_the_same(small):
    net, look = small
    genotype = np.asarray([1, 2, 0, 1, 0, 2, 2, 1])
    passage, alone = look(net, jnp.asarray(genotype)), look(net.alone(genotype), jnp.zeros(8, int))
    np.testing.assert_allclose(alone.logits, passage.logits, atol=1e-4)
    for one, other in zip(alone.times, passage.times, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_inverted_residual_by_hand(small):
    net, look = small
    block = net.layers[1][1]
    passage = look(net, jnp.asarray([0, 1, 0, 0, 0, 0, 0, 0]))
    x = passage.blocks[0]

    def normed(x):
        return (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 1e-5)

    one = np.maximum(normed(np.asarray(x @ block.widen[0, 0])), 0)
    around = np.pad(one, ((0, 0), (1, 1), (1, 1), (0, 0)))
    alone = sum(around[:, i : i + 4, j : j + 4] * block.each[i, j, 0] for i in range(3) for j in range(3))
    two = np.maximum(normed(np.asarray(alone)), 0)
    np.testing.assert_allclose(passage.blocks[1], x + normed(two @ np.asarray(block.narrow[0, 0])), atol=1e-3)


def test_only_relus_that_are_there_count(small):
    net, look = small
    passage = look(net, jnp.asarray([0, 1, 2, 0, 0, 0, 0, 0]))
    looked = [np.asarray(each) for each in passage.times[1:-1]]
    shares = [float(each.mean()) for each in looked]
    assert shares == [0, 0, 0.5, 0.5, 1, 1, *[0] * 10]
    for seen, each in zip(passage.rectified[1:-1], looked, strict=True):
        assert not np.asarray(seen)[..., each == 0].any()


def test_moments_give_the_same_answers_again(small):
    net, look = small
    genotype = jnp.asarray([1, 2, 0, 1, 0, 2, 2, 1])
    first = look(net, genotype)
    np.testing.assert_allclose(look(net, genotype, first.moments).logits, first.logits, atol=1e-4)


@pytest.mark.parametrize("values", [{"classes": 1}, {"channels": 0}])
def test_values_out_of_range_are_refused(values):
    with pytest.raises(InputError, match=next(iter(values))):
        MacroNet(jax.random.key(0), **values)
