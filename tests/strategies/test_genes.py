import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import MLP
from ontogeny.strategies import (
    block_genes,
    chosen,
    layer_genes,
    mean,
    neuron_genes,
    published_block_genes,
    recombined,
    weight_genes,
)


@pytest.fixture(scope="module")
def shapes():
    return jax.eval_shape(lambda key: MLP.create(key, (784, 256, 128, 10)), jax.random.key(0))


def nets(count, sizes=(6, 4, 3)):
    return jax.vmap(lambda key: MLP.create_uniform(key, sizes))(jax.random.split(jax.random.key(0), count))


def numbers(genes, layer):
    found = genes.numbers.layers[layer]
    return np.broadcast_to(found.weight, (found.weight.shape[0], found.weight.shape[1])), found.bias


def test_published_blocks_are_those_of_the_program(shapes):
    genes = published_block_genes(shapes)
    # 13 × 4 blocks of 60 inputs and 64 neurons; 4 × 2 of 64 × 64; 2 of 64 × 10.
    assert genes.names == {"layers.0": (0, 51), "layers.1": (52, 59), "layers.2": (60, 61)}
    weight, bias = numbers(genes, 0)
    assert (weight[:, 780:] == -1).all(), "the last four columns belong to nobody"
    assert (weight[:, :780] >= 0).all()
    assert {np.sum(weight == gene) for gene in range(52)} == {60 * 64}
    # The loop over blocks writes the bias again with each block of inputs, so the last one decides.
    np.testing.assert_array_equal(bias, weight[:, 779])
    assert all(np.sum(numbers(genes, 1)[0] == gene) == 64 * 64 for gene in range(52, 60))


def test_blocks_leave_nothing_out_and_are_not_larger_than_said(shapes):
    genes = block_genes(shapes, 50)
    weight, bias = numbers(genes, 0)
    assert weight.min() == 0
    for gene in np.unique(weight):
        rows, columns = np.nonzero(weight == gene)
        assert len(np.unique(rows)) <= 50
        assert len(np.unique(columns)) <= 50
        assert len(rows) == len(np.unique(rows)) * len(np.unique(columns)), "a rectangle"
    np.testing.assert_array_equal(bias, weight[:, -1])


def test_layers_neurons_and_weights_as_genes(shapes):
    assert layer_genes(shapes).count == 3
    assert neuron_genes(shapes).count == 256 + 128 + 10
    assert weight_genes(shapes).count == 235_146
    vertical = layer_genes(shapes, (1, 2, 1))
    assert vertical.names == {"layers.0": (0, 0), "layers.1": (1, 2), "layers.2": (3, 3)}
    halves = np.asarray(vertical.numbers.layers[1].weight)[:, 0]
    np.testing.assert_array_equal(halves, [1] * 64 + [2] * 64)
    np.testing.assert_array_equal(vertical.numbers.layers[1].bias, halves)


def test_more_parts_than_layers_are_refused(shapes):
    with pytest.raises(InputError, match="one for each layer"):
        layer_genes(shapes, (1,) * 9)


def test_what_does_not_divide_is_refused(shapes):
    with pytest.raises(InputError, match="parts"):
        layer_genes(shapes, (1, 3))
    with pytest.raises(InputError, match="size"):
        block_genes(shapes, 0)


@pytest.mark.parametrize("make", [layer_genes, neuron_genes, weight_genes, block_genes])
def test_a_child_has_each_gene_whole_from_one_of_its_parents(make):
    parents, fresh = nets(3), jax.tree.map(lambda leaf: leaf[0] * np.nan, nets(1))
    genes = make(jax.tree.map(lambda leaf: leaf[0], parents))
    child = recombined(jax.random.key(5), genes, parents, fresh)
    seen = {}
    for number, stacked, own in zip(*map(jax.tree.leaves, (genes.numbers, parents, child)), strict=True):
        flat = np.broadcast_to(number, own.shape).reshape(-1)
        for gene, values, weight in zip(flat, stacked.reshape(3, -1).T, np.asarray(own).reshape(-1), strict=True):
            seen.setdefault(int(gene), []).append(set(np.flatnonzero(values == weight).tolist()))
    assert len(seen) == genes.count
    assert all(set.intersection(*sources) for sources in seen.values())


def test_every_parent_gives_its_share_and_what_belongs_to_nobody_is_new():
    parents = jax.vmap(lambda key: MLP.create_uniform(key, (9, 4, 2)))(jax.random.split(jax.random.key(0), 2))
    fresh = MLP.create_uniform(jax.random.key(9), (9, 4, 2))
    genes = published_block_genes(fresh, 2)
    # Nine inputs in five blocks of one: four columns are nobody's.
    child = chosen(np.zeros(genes.count, int), genes, parents, fresh)
    np.testing.assert_array_equal(child.layers[0].weight[:, 5:], fresh.layers[0].weight[:, 5:])
    np.testing.assert_array_equal(child.layers[0].weight[:, :5], parents.layers[0].weight[0][:, :5])
    own = weight_genes(fresh)
    shares = [
        np.mean(np.asarray(recombined(key, own, parents, fresh).layers[0].weight) == parents.layers[0].weight[0])
        for key in jax.random.split(jax.random.key(3), 40)
    ]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.05)


def test_the_mean_is_that_of_the_weights():
    stacked = nets(5)
    for one, leaf in zip(jax.tree.leaves(mean(stacked)), jax.tree.leaves(stacked), strict=True):
        np.testing.assert_allclose(one, np.asarray(leaf, np.float64).mean(0), atol=1e-6)
