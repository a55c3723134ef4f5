import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets.nca import Dense
from ontogeny.probes import disagreement, kernel_alignment, kernel_alignments, predictions

RNG = np.random.default_rng(0)


def _reordered(net, orders):
    """The same function, its hidden neurons in another order."""
    layers, before = [], None
    for layer, order in zip(net.layers, [*orders, None], strict=True):
        weight = layer.weight if before is None else layer.weight[:, before]
        layers.append(Dense(weight, layer.bias) if order is None else Dense(weight[order], layer.bias[order]))
        before = order
    return dataclasses.replace(net, layers=tuple(layers))


def _hidden(net, images):
    return [np.asarray(layer) for layer in net.activations(jnp.asarray(images).reshape(len(images), -1))]


def test_nets_that_differ_in_the_order_of_their_neurons_are_alike(logits, reader, readers, digits):
    twin = _reordered(reader, [RNG.permutation(24), RNG.permutation(16)])
    pair = jax.tree.map(lambda *leaves: jnp.stack(leaves), reader, twin)
    np.testing.assert_array_equal(disagreement(predictions(logits, pair, digits.images)), np.zeros((2, 2)))
    ours, its = _hidden(reader, digits.images), _hidden(twin, digits.images)
    assert np.abs(ours[0] - its[0]).max() > 0.5, "neuron by neuron they are not"
    other = _hidden(jax.tree.map(lambda leaf: leaf[1], readers), digits.images)
    for one, same, different in zip(ours, its, other, strict=True):
        assert kernel_alignment(one, same) == pytest.approx(1, abs=1e-6)
        assert 0.1 < kernel_alignment(one, different) < 0.97


def test_disagreement_is_the_share_of_different_answers(logits, readers, digits):
    classes = np.asarray([[0, 1, 2, 3], [0, 1, 2, 0], [1, 2, 3, 0]])
    np.testing.assert_allclose(disagreement(classes), [[0, 0.25, 1], [0.25, 0, 0.75], [1, 0.75, 0]])
    found = disagreement(predictions(logits, readers, digits.images))
    assert 0 < found[0, 1] < 0.15
    with pytest.raises(InputError, match="classes"):
        disagreement(classes[0])


def test_alignment_is_that_of_the_kernels():
    x, y = RNG.normal(size=(50, 7)), RNG.normal(size=(50, 5))
    y[:, :3] += x[:, :3]
    centre = np.eye(50) - 1 / 50
    kernels = [centre @ each @ each.T @ centre for each in (x, y)]
    one, other = kernels
    expected = np.trace(one @ other) / np.sqrt(np.trace(one @ one) * np.trace(other @ other))
    assert kernel_alignment(x, y) == pytest.approx(expected)
    assert kernel_alignment(y, x) == pytest.approx(expected)


def test_alignment_does_not_see_rotations_scales_or_offsets_but_other_maps():
    x, y = RNG.normal(size=(2, 300, 6))
    turned = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    assert kernel_alignment(x, 3 * x @ turned + 5) == pytest.approx(1)
    assert kernel_alignment(x, x * [10, 1, 1, 1, 1, 1]) < 0.8
    assert kernel_alignment(x, y) < 0.1, "independent, with many more images than units"


def test_all_pairs_at_once_are_the_same():
    stack = RNG.normal(size=(4, 40, 6))
    found = kernel_alignments(stack)
    for i in range(4):
        for j in range(4):
            assert found[i, j] == pytest.approx(kernel_alignment(stack[i], stack[j]))


def test_a_layer_that_answers_nothing_has_no_alignment():
    x, constant = RNG.normal(size=(30, 4)), np.full((30, 4), 0.1)
    assert np.isnan(kernel_alignment(x, constant))
    found = kernel_alignments(np.stack([x, constant]))
    assert found[0, 0] == pytest.approx(1)
    assert np.isnan(found[0, 1])
    assert np.isnan(found[1, 1])
    with pytest.raises(InputError, match="other"):
        kernel_alignment(x, x[:5])
    with pytest.raises(InputError, match="activations"):
        kernel_alignments(x)
