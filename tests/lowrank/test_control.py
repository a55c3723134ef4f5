import jax.numpy as jnp
import pytest
from jax import lax


def sums(w, x):
    """A scan over the rows of the data, the last first, that gives something at each."""

    def step(h, row):
        h = jnp.tanh(w @ h + row)
        return h, (h @ w).sum()

    return lax.scan(step, x[0], x, reverse=True)


def until(w, x):
    """Members stop at different times; the test reads the weight as well."""
    return lax.while_loop(lambda s: ((s[1] @ w).sum() < 3) & (s[0] < 6), lambda s: (s[0] + 1, s[1] + x @ w.T), (0, x))


def choose(w, x):
    """Members take different branches: vmap computes both, from copies of all that they read."""
    return lax.cond((x @ w.T).sum() > 0, lambda: x @ w.T, lambda: jnp.sin(x @ w))


# The weight is square and the data are rows.
LOOPS = {
    "scan": sums,
    "scan, unrolled": lambda w, x: lax.scan(lambda h, row: (jnp.tanh(w @ h + row), None), x[0], x, unroll=2)[0],
    "map": lambda w, x: lax.map(lambda row: jnp.tanh(w @ row), x),
    "fori_loop": lambda w, x: lax.fori_loop(0, jnp.argmax(x[0]), lambda i, h: jnp.tanh(h @ w.T), x),
    "while_loop": until,
}

BRANCHES = {
    "cond": lambda w, x: lax.cond(x.sum() > 9, lambda x: x @ w.T, lambda x: jnp.sin(x @ w.T), x),
    "switch": lambda w, x: lax.switch(1 + jnp.argmax(x[0]) % 2, [lambda: x, lambda: x @ w.T, lambda: jnp.sin(x @ w)]),
    "cond, on a product": lambda w, x: lax.cond(x.sum() > 9, lambda h: h, lambda h: h @ w, x @ w.T),
}

FORMED = {
    "a branch for each member": (choose, (11, 11)),
    "layers in the slices of a scan": (
        lambda w, x: lax.scan(lambda x, w: (jnp.tanh(x @ w.T), None), x, w)[0], (3, 11, 11),
    ),
    "carried by a scan": (
        lambda w, x: lax.scan(lambda w, x: (w - 0.1 * jnp.outer(w @ x, x), None), w, x)[0], (5, 11),
    ),
    "given by a scan": (
        lambda w, x: lax.scan(lambda h, x: (h, w), 0, x)[1], (5, 11),
    ),
    "carried by a loop": (
        lambda w, x: lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, jnp.tanh(s[1])), (0, w))[1], (5, 11),
    ),
    "given by a branch": (
        lambda w, x: x @ lax.cond(x.sum() > 9, lambda w: w, lambda w: -w, w).T, (5, 11),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOPS | BRANCHES)
def test_loops_and_branches_do_not_form_what_they_read(name, compare, draw):
    assert compare((LOOPS | BRANCHES)[name], 0.3 * draw(11, 11), draw(6, 11)) == set()


@pytest.mark.parametrize("name", FORMED)
def test_loops_and_branches_form_what_they_carry_or_give(name, compare, draw):
    function, weight = FORMED[name]
    compare(function, 0.3 * draw(*weight), draw(6, 11))


def test_index_of_a_branch_may_come_from_the_weight(compare, draw):
    def choose(w, x):
        return lax.switch(jnp.int32(w.sum() > 0), [lambda: x @ w.T, lambda: -x @ w.T])

    compare(choose, draw(5, 11), draw(6, 11))
