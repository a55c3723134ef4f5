import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets.residual import ResNet18


@pytest.fixture(scope="module")
def net():
    return ResNet18(jax.random.key(0), 4, inputs=1, channels=2)


def test_it_has_as_many_weights_as_published():
    shapes = eqx.filter_eval_shape(lambda: ResNet18(jax.random.key(0), 10))
    assert sum(leaf.size for leaf in jax.tree.leaves(shapes)) == 11_173_962


def test_moments_of_a_passage_make_answers_independent_of_their_batch(net):
    images = jax.random.normal(jax.random.key(1), (6, 16, 16, 1))
    look = eqx.filter_jit(lambda images, moments=None: net.passage(images, moments))
    whole = look(images)
    assert [block.shape[1:] for block in whole.blocks] == [
        (16 // 2**s, 16 // 2**s, 2**s * 2) for s in range(4) for _ in "ab"
    ]
    np.testing.assert_allclose(look(images[:2], whole.moments).logits, whole.logits[:2], atol=1e-4)
    assert np.abs(look(images[:2]).logits - whole.logits[:2]).max() > 1e-2
    assert all(each.shape[0] == 6 for each in whole.rectified)
    assert len(whole.rectified) == 17


def test_a_linear_passage_is_brought_to_the_order_of_one(net):
    positive = jax.tree.map(jnp.abs, net)
    look = eqx.filter_jit(lambda images: positive.passage(images, linear=True))
    one, twice = (look(scale * jnp.ones((1, 16, 16, 1))) for scale in (1.0, 2.0))
    np.testing.assert_allclose(one.logits, twice.logits, rtol=1e-4)
    assert float(twice.scale - one.scale) == pytest.approx(np.log(2), abs=1e-4)


@pytest.mark.parametrize(("field", "values"), [("classes", {"classes": 1}), ("channels", {"channels": 0})])
def test_values_out_of_range_are_refused(field, values):
    with pytest.raises(InputError, match=field):
        ResNet18(jax.random.key(0), **{"classes": 4, **values})
