import jax
import jax.numpy as jnp
import pytest
from jax import lax

IDS = jnp.array([3, 0, 30, 3, -1, 17])
OUTSIDE = jnp.array([3, 40, 30, -50, -1, 31])


# A function of a weight and data, and the shapes of both.
MOVES = {
    "axes turned": (lambda w, x: jnp.einsum("bi,iho->bho", x, w.transpose(2, 0, 1)), (5, 3, 11), (6, 11)),
    "axes joined": (lambda w, x: x @ w.reshape(7, 6).T, (7, 3, 2), (4, 6)),
    "axes turned, then joined": (lambda w, x: x @ w.transpose(1, 2, 0).reshape(6, 7), (7, 3, 2), (4, 6)),
    "axis split": (lambda w, x: jnp.einsum("bhi,ohi->bo", x, w.reshape(5, 3, 4)), (5, 12), (7, 3, 4)),
    "first axis split": (lambda w, x: jnp.einsum("bi,hoi->hbo", x, w.reshape(3, 2, 11)), (6, 11), (7, 11)),
    "axis added": (lambda w, x: jnp.einsum("bi,koi->bko", x, w.reshape(1, 5, 11)), (5, 11), (6, 11)),
    "axis dropped": (lambda w, x: x @ w.squeeze(1).T, (5, 1, 11), (6, 11)),
    "copied": (lambda w, x: x @ jnp.array(w, copy=True).T, (5, 11), (6, 11)),
    "without gradient": (lambda w, x: x @ lax.stop_gradient(w).T, (5, 11), (6, 11)),
}

SCALES = {
    "by a number": (lambda w, x: x @ (0.5 * w).T, (5, 11), (6, 11)),
    "by a scalar array": (lambda w, x: x @ (w * x.sum()).T, (5, 11), (6, 11)),
    "divided": (lambda w, x: x @ (w / 3.0).T, (5, 11), (6, 11)),
    "divided by a scalar array": (lambda w, x: x @ (w / (1 + x[0, 0] ** 2)).T, (5, 11), (6, 11)),
}

ROWS = {
    "w[ids]": (lambda w, x: w[IDS], (31, 5)),
    "w[ids], two axes of ids": (lambda w, x: w[IDS.reshape(3, 2)], (31, 5)),
    "w.T[ids]": (lambda w, x: w.T[IDS], (5, 31)),
    "w[id]": (lambda w, x: w[jnp.argmax(x)], (31, 5)),
    "w[id], vmap": (lambda w, x: jax.vmap(lambda index: w[index])(IDS), (31, 5)),
    "w[id], scan": (lambda w, x: lax.scan(lambda sum, index: (sum + w[index], None), x, IDS)[0], (31, 5)),
    "take": (lambda w, x: jnp.take(w, IDS, axis=0), (31, 5)),
    "clipped": (lambda w, x: w.at[OUTSIDE].get(mode="clip"), (31, 5)),
    "filled": (lambda w, x: w.at[OUTSIDE].get(mode="fill", fill_value=7), (31, 5)),
    "a window": (lambda w, x: lax.dynamic_slice(w, (jnp.argmax(x), 0), (4, 5)), (31, 5)),
    "windows": (lambda w, x: jax.vmap(lambda at: lax.dynamic_slice(w, (at, 0), (4, 5)))(IDS), (31, 5)),
    "tied": (lambda w, x: jnp.tanh(w[IDS]) @ w.T, (31, 5)),
}

FORMED = {
    "sliced": (lambda w, x: x[:, :4] @ w[:, :4].T, (5, 11), (6, 11)),
    "columns": (lambda w, x: w[:, jnp.array([3, 1])], (5, 11), (6, 11)),
    "elements": (lambda w, x: w[jnp.array([3, 1]), jnp.array([4, 10])], (5, 11), (6, 11)),
    "elements of each row": (lambda w, x: jnp.take_along_axis(w, jnp.array([[3], [1], [0], [0], [2]]), 1), (5, 11), ()),
    "parts of rows": (lambda w, x: lax.dynamic_slice(w, (jnp.argmax(x), 1), (1, 3)), (31, 5), (5,)),
    "rows of more axes": (lambda w, x: w[jnp.array([3, 1])], (7, 3, 2), ()),
    "axes of both factors joined": (lambda w, x: x[0] @ w.reshape(-1, 5), (6, 10), (1, 12)),
    "axes of one factor apart": (lambda w, x: x @ w.transpose(1, 0, 2).reshape(15, 2).T, (2, 3, 5), (4, 2)),
    "axes turned by the reshape": (lambda w, x: x @ lax.reshape(w, (7, 6), (1, 2, 0)).T, (7, 3, 2), (4, 6)),
    "columns scaled": (lambda w, x: x @ (w * jnp.arange(11.0)).T, (5, 11), (6, 11)),
    "a scalar divided by it": (lambda w, x: jnp.arctan(1 / w), (5, 11), ()),
    "multiplied by itself": (lambda w, x: w * w, (5, 11), ()),
    "rounded": (lambda w, x: (4 * w).astype(jnp.int32), (5, 11), ()),
    "summed": (lambda w, x: w.sum(0), (5, 11), ()),
    "returned": (lambda w, x: w, (5, 11), ()),
}


@pytest.mark.parametrize("name", MOVES | SCALES)
def test_moved_or_scaled_weight_is_not_formed(name, compare, draw):
    function, weight, data = (MOVES | SCALES)[name]
    assert compare(function, draw(*weight), draw(*data)) == set()


def test_weight_cast_is_not_formed(compare, draw):
    def product(w, x):
        return x.astype(jnp.bfloat16) @ w.astype(jnp.bfloat16).T

    assert compare(product, draw(5, 11), draw(6, 11), rtol=0.02) == set()


@pytest.mark.parametrize("name", ROWS)
def test_rows_looked_up_are_all_that_is_formed(name, compare, draw):
    function, weight = ROWS[name]
    assert compare(function, draw(*weight), draw(5)) == set()


@pytest.mark.parametrize("name", FORMED)
def test_weight_formed_by_other_operations_is_right(name, compare, draw):
    function, weight, data = FORMED[name]
    compare(function, draw(*weight), draw(*data))
