import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import MLP
from ontogeny.probes.gene_similarity import gene_similarity, in_the_plane, pairs
from ontogeny.strategies import layer_genes, published_block_genes


@pytest.fixture(scope="module")
def members():
    return jax.vmap(lambda key: MLP.create_uniform(key, (9, 6, 4)))(jax.random.split(jax.random.key(0), 5))


def first(members):
    return jax.tree.map(lambda leaf: leaf[0], members)


def test_it_is_the_cosine_of_all_weights_and_biases_of_a_layer(members):
    found = gene_similarity(members, layer_genes(first(members)))
    assert found.shape == (2, 5, 5)
    for number, layer in enumerate(members.layers):
        rows = np.concatenate([np.asarray(layer.weight).reshape(5, -1), np.asarray(layer.bias)], 1).astype(np.float64)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        np.testing.assert_allclose(found[number], rows @ rows.T, atol=1e-6)


def test_halves_of_a_layer_are_genes_of_their_own_and_what_is_nobodys_is_left_out(members):
    found = gene_similarity(members, layer_genes(first(members), (2, 1)))
    half = np.asarray(members.layers[0].weight, np.float64)[:, :3].reshape(5, -1)
    half = np.concatenate([half, np.asarray(members.layers[0].bias, np.float64)[:, :3]], 1)
    assert found[0, 0, 1] == pytest.approx(half[0] @ half[1] / np.linalg.norm(half[0]) / np.linalg.norm(half[1]))
    blocks = published_block_genes(first(members), 2)
    assert (np.asarray(blocks.numbers.layers[0].weight)[:, 5:] == -1).all()
    changed = jax.tree.map(lambda leaf: leaf, members)
    same = gene_similarity(members, blocks)
    layers = (changed.layers[0].__class__(changed.layers[0].weight.at[:, :, 5:].mul(-3), changed.layers[0].bias),)
    other = MLP((*layers, changed.layers[1]))
    np.testing.assert_allclose(gene_similarity(other, blocks), same, atol=1e-6)


def test_a_scaled_copy_is_alike_and_an_opposite_one_is_not(members):
    one = first(members)
    three = jax.tree.map(lambda leaf: jax.numpy.stack([leaf, 2 * leaf, -leaf]), one)
    found = gene_similarity(three, layer_genes(one))
    np.testing.assert_allclose(found[:, 0, 1], 1, atol=1e-6)
    np.testing.assert_allclose(found[:, 0, 2], -1, atol=1e-6)


def test_pairs_are_those_above_the_diagonal(members):
    found = gene_similarity(members, layer_genes(first(members)))
    assert pairs(found).shape == (2, 10)
    assert pairs(found)[1, 0] == found[1, 0, 1]


def test_the_plane_is_that_of_principal_components(members):
    from sklearn.decomposition import PCA

    table = gene_similarity(members, layer_genes(first(members)))[0]
    expected = PCA(2).fit_transform(table)
    np.testing.assert_allclose(np.abs(in_the_plane(table)), np.abs(expected), atol=1e-6)


def test_one_alone_is_refused(members):
    alone = jax.tree.map(lambda leaf: leaf[:1], members)
    with pytest.raises(InputError):
        gene_similarity(alone, layer_genes(first(members)))
