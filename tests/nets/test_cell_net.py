import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data import cache_folder, cell_number, load_cell_table
from ontogeny.errors import InputError
from ontogeny.nets.cell_net import CellNet, Chosen
from ontogeny.nets.cell_operations import CELL_OPERATIONS, How, convolved

CELLS = ([3, 0, 3, 1, 0, 0], [2, 3, 4, 1, 2, 3])


@pytest.fixture(scope="module")
def net():
    return CellNet(jax.random.key(0), 4, inputs=1, channels=4)


@pytest.fixture(scope="module")
def images():
    return jax.random.normal(jax.random.key(1), (6, 8, 8, 1))


@pytest.mark.parametrize("cell", CELLS)
def test_among_all_operations_a_cell_does_what_it_does_alone(net, images, cell):
    cell = jnp.asarray(cell)
    alone = Chosen(net.alone(np.asarray(cell)), jnp.zeros(6, int))

    @eqx.filter_jit
    def look(net):
        def loss(net):
            passage = net.passage(images)
            return (passage.logits**2).sum(), passage

        return eqx.filter_value_and_grad(loss, has_aux=True)(net)

    (one, passed), gradient = look(Chosen(net, cell))
    (other, passed_alone), gradient_alone = look(alone)
    assert float(one) == pytest.approx(float(other), rel=1e-4)
    for mine, its in zip(passed.rectified, passed_alone.rectified, strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-4)
    np.testing.assert_array_equal(jnp.stack(passed.times), jnp.stack(passed_alone.times))
    np.testing.assert_allclose(gradient.net.stem, gradient_alone.net.stem, rtol=1e-2, atol=1e-4)
    own = jax.tree.leaves(gradient.net.alone(np.asarray(cell)).edges)
    for mine, its in zip(own, jax.tree.leaves(gradient_alone.net.edges), strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-2, atol=1e-3)


def test_a_net_of_one_genotype_begins_as_it_does_among_all(net, images):
    cell = CELLS[1]
    drawn = CellNet(jax.random.key(0), 4, inputs=1, channels=4, genotype=cell)
    for mine, its in zip(jax.tree.leaves(drawn), jax.tree.leaves(net.alone(cell)), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_given_moments_normalise_other_images_the_same_way(net, images):
    alone = net.alone([3, 0, 0, 2, 0, 0])
    look = eqx.filter_jit(lambda images, moments=None: alone.passage(jnp.zeros(6, int), images, moments))
    whole = look(images)
    np.testing.assert_allclose(look(images[:2], whole.moments).logits, whole.logits[:2], atol=1e-4)
    assert np.abs(look(images[:2]).logits - whole.logits[:2]).max() > 1e-2


def test_a_linear_passage_is_brought_to_the_order_of_one(net, images):
    positive = jax.tree.map(jnp.abs, net.alone([3, 0, 2, 1, 0, 3]))
    look = eqx.filter_jit(lambda images: positive.passage(jnp.zeros(6, int), images, linear=True))
    one, twice = (look(scale * jnp.ones_like(images[:1])) for scale in (1.0, 2.0))
    np.testing.assert_allclose(one.logits, twice.logits, rtol=1e-5)
    assert float(twice.scale - one.scale) == pytest.approx(np.log(2), abs=1e-5)


def test_taps_are_added_to_what_cells_put_out(net, images):
    alone = net.alone(CELLS[0])
    look = eqx.filter_jit(lambda taps: alone.passage(jnp.zeros(6, int), images, taps=taps).blocks)
    blocks = look(None)
    taps = [jnp.zeros_like(block) for block in blocks]
    taps[1] += 1.0
    moved = look(taps)
    np.testing.assert_array_equal(moved[0], blocks[0])
    np.testing.assert_allclose(moved[1], blocks[1] + 1, atol=1e-5)


@pytest.mark.skipif(not (cache_folder() / "nas").is_dir(), reason="needs the table")
def test_nets_have_as_many_parameters_as_the_benchmark_says():
    whole = eqx.filter_eval_shape(lambda: CellNet(jax.random.key(0), 10, cells=5))
    table = load_cell_table()
    for cell in CELLS:
        count = sum(leaf.size for leaf in jax.tree.leaves(whole.alone(cell)))
        assert count == table.parameters[cell_number(cell)]


@pytest.mark.parametrize("name", CELL_OPERATIONS)
def test_operations_keep_shapes_and_can_be_chosen(name, images):
    operation = CELL_OPERATIONS[name](jax.random.key(2), 4)
    x = jax.random.normal(jax.random.key(3), (2, 8, 8, 4))
    out, moments = operation(x, How())
    assert out.shape == x.shape
    assert moments.shape == (2, 4)
    if operation.convolutions:
        np.testing.assert_allclose(np.asarray(out).mean((0, 1, 2)), 0, atol=1e-4)
    assert operation.products(8) == 64 * operation.products(1)
    net = CellNet(jax.random.key(4), 3, inputs=1, channels=4, operations=("none", name))
    assert net.passage(jnp.ones(6, int), images).logits.shape == (6, 3)


def test_means_of_a_field_do_not_count_what_lies_beyond_the_border():
    pool = CELL_OPERATIONS["avg_pool_3x3"](jax.random.key(0), 1)
    np.testing.assert_allclose(pool(jnp.ones((1, 4, 4, 1)), How())[0], 1, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "kernel"), [((2, 8, 6, 5), (3, 3, 5, 7)), ((2, 8, 6, 5), (5, 5, 1, 5)), ((2, 8, 6, 1), (1, 1, 1, 1))]
)
def test_gradients_of_a_convolution_are_those_of_jax(shape, kernel):
    keys = jax.random.split(jax.random.key(5))
    x, weight = jax.random.normal(keys[0], shape), jax.random.normal(keys[1], kernel)

    def plain(x, weight):
        groups = x.shape[-1] // weight.shape[2]
        form = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(
            x, weight, (1, 1), "SAME", dimension_numbers=form, feature_group_count=groups
        )

    found, expected = (
        jax.grad(lambda *both, of=of: jnp.sin(of(*both)).sum(), (0, 1))(x, weight) for of in (convolved, plain)
    )
    for mine, its in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("field", "values"),
    [("cells", {"cells": 0}), ("channels", {"channels": 0}), ("operation", {"operations": ("conv",)})],
)
def test_values_out_of_range_are_refused(field, values):
    with pytest.raises(InputError, match=field):
        CellNet(jax.random.key(0), 4, **values)
