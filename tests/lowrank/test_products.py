import jax
import jax.numpy as jnp
import pytest
from jax import lax

from ontogeny.lowrank import LowRank, call

# A function of a weight and data, the shapes of both, and the axes of the factors where the first is not alone.
PRODUCTS = {
    "x @ w": (lambda w, x: x @ w, (11, 5), (6, 11), None),
    "x @ w.T": (lambda w, x: x @ w.T, (5, 11), (6, 11), None),
    "w @ vector": (lambda w, x: w @ x, (5, 11), (11,), None),
    "vector @ w": (lambda w, x: x @ w, (11, 5), (11,), None),
    "factors swapped": (lambda w, x: x @ w, (11, 5), (6, 11), ((1,), (0,))),
    "twice": (lambda w, x: jnp.tanh(x @ w.T) @ w, (13, 11), (6, 11), None),
    "without the left factor's axis": (lambda w, x: jnp.einsum("bi,ihk->bhk", x, w), (11, 3, 4), (6, 11), None),
    "with a part of the right": (lambda w, x: jnp.einsum("bi,hik->bhk", x, w), (3, 11, 4), (6, 11), None),
    "with a part of each": (lambda w, x: jnp.einsum("bhi,hoi->bo", x, w), (4, 5, 11), (7, 4, 11), ((0, 1), (2,))),
    "with all of it": (lambda w, x: jnp.einsum("boi,oi->b", x, w), (5, 11), (6, 5, 11), None),
    "an axis kept": (lambda w, x: jnp.einsum("hbi,hoi->hbo", x, w), (3, 5, 11), (3, 6, 11), None),
    "an axis kept, vmap": (lambda w, x: jax.vmap(lambda w: jnp.tanh(x @ w.T))(w), (4, 5, 11), (6, 11), None),
    "both factors' axis kept": (lambda w, x: jnp.einsum("bi,hoi->hbo", x, w), (4, 5, 11), (6, 11), ((0, 1), (0, 2))),
    "both factors' axis": (lambda w, x: jnp.einsum("bhi,hoi->bo", x, w), (4, 5, 11), (6, 4, 11), ((0, 1), (0, 2))),
}


def convolve(window=(1, 1), padding="SAME", layout=("NCHW", "OIHW", "NCHW"), **more):
    return lambda w, x: lax.conv_general_dilated(x, w, window, padding, dimension_numbers=layout, **more)


DILATED = {"rhs_dilation": (2, 1), "lhs_dilation": (1, 2)}
LAST = ("NHWC", "HWIO", "NHWC")
CONVOLUTIONS = {
    "plain": (convolve(), (7, 3, 3, 3), (5, 3, 8, 8), None),
    "strides": (convolve((2, 1), "VALID"), (7, 3, 3, 2), (5, 3, 8, 8), None),
    "dilated": (convolve(padding=((1, 1), (0, 2)), **DILATED), (7, 3, 3, 3), (5, 3, 8, 8), None),
    "one axis": (convolve((1,), layout=("NCH", "OIH", "NCH")), (7, 3, 5), (5, 3, 8), None),
    "channels last": (convolve(layout=LAST), (3, 3, 3, 7), (5, 8, 8, 3), ((3,), (0, 1, 2))),
    "channels last, factors swapped": (convolve(layout=LAST), (3, 3, 3, 7), (5, 8, 8, 3), ((0, 1, 2), (3,))),
    "kernel turned": (
        lambda w, x: convolve(layout=LAST)(w.transpose(2, 3, 1, 0), x), (7, 3, 3, 3), (5, 8, 8, 3), None,
    ),
}  # fmt: skip

FORMED = {
    "product that is larger still": (lambda w, x: jnp.tensordot(x, w, 0), (5, 11), (6,), None),
    "product with itself": (lambda w, x: x[:, :5] @ (w @ w.T), (5, 11), (6, 11), None),
    "kernel whose noise mixes the channels": (convolve(layout=LAST), (3, 3, 3, 7), (5, 8, 8, 3), None),
    "groups": (convolve(feature_group_count=3), (6, 1, 3, 3), (5, 3, 8, 8), None),
    "groups of the batch": (convolve(batch_group_count=2), (6, 3, 3, 3), (4, 3, 8, 8), None),
    "weight convolved": (lambda w, x: convolve()(x, w), (5, 3, 8, 8), (7, 3, 3, 3), None),
}


@pytest.mark.parametrize("name", PRODUCTS | CONVOLUTIONS)
def test_product_never_forms_the_weight(name, compare, draw):
    function, weight, data, axes = (PRODUCTS | CONVOLUTIONS)[name]
    assert compare(function, draw(*weight), draw(*data), axes) == set()


@pytest.mark.parametrize("name", FORMED)
def test_other_products_form_the_weight(name, compare, draw):
    function, weight, data, axes = FORMED[name]
    compare(function, draw(*weight), draw(*data), axes)


@pytest.mark.parametrize(
    ("function", "weight", "data"),
    [
        (lambda w, x: x @ w.T, (5, 11), (6, 11)),
        (lambda w, x: jnp.matmul(x, w.T, preferred_element_type=jnp.float32), (5, 11), (6, 11)),
        (convolve(), (7, 3, 3, 3), (5, 3, 8, 8)),
    ],
    ids=["product", "product to single", "convolution"],
)
def test_half_precision(function, weight, data, compare, draw):
    # The factors are single all the same.
    assert compare(function, *(draw(*shape).astype(jnp.bfloat16) for shape in (weight, data)), rtol=0.03) == set()


def test_all_products_are_of_the_precision_asked_for(draw):
    def product(w, x):
        return jnp.matmul(x, w.T, precision="highest", preferred_element_type=jnp.float32)

    weight = LowRank.of(draw(5, 11), draw(5, 2), draw(11, 2), jnp.float32(0.1))
    equations = jax.make_jaxpr(lambda weight, x: call(product, weight, x))(weight, draw(6, 11)).eqns
    asked = [equation.params["precision"] for equation in equations if equation.primitive.name == "dot_general"]
    assert asked == 3 * [(lax.Precision.HIGHEST, lax.Precision.HIGHEST)]
