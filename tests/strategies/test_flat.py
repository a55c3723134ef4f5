import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.strategies.flat import Form


def test_a_genome_is_the_same_before_and_after_it_lay_in_a_row():
    rest = (jnp.zeros((0, 2)), jnp.asarray(6, jnp.float16), jnp.arange(7.0, 10.0))
    genome = {"a": jnp.arange(6.0).reshape(2, 3), "b": rest}
    form = Form.of(genome)
    row = form.row(genome)
    np.testing.assert_array_equal(row, np.arange(10))
    back = form.weights(row)
    assert jax.tree.structure(back) == jax.tree.structure(genome)
    for mine, other in zip(*map(jax.tree.leaves, (back, genome)), strict=True):
        assert mine.dtype == other.dtype
        np.testing.assert_array_equal(mine, other)


def test_forms_of_shapes_and_of_arrays_are_equal_and_hold_nothing_that_is_traced():
    genome = {"a": jnp.ones((2, 3))}
    form = Form.of(genome)
    assert form == Form.of(jax.eval_shape(lambda: genome))
    assert not jax.tree.leaves(form)
    assert form != Form.of({"a": jnp.ones((3, 2))})


def test_without_weights_the_row_is_empty():
    form = Form.of({})
    assert form.row({}).shape == (0,)
    assert form.weights(jnp.zeros(0)) == {}
