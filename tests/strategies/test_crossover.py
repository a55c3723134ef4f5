import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.strategies import uniform_crossover

FIRST = {"a": jnp.arange(600.0).reshape(20, 30), "b": jnp.arange(1000.0, 1600.0), "none": None}
SECOND = jax.tree.map(lambda leaf: -1 - leaf, FIRST)
child = jax.jit(uniform_crossover)


def test_each_weight_comes_from_one_parent_at_its_own_place():
    mixed = child(jax.random.key(0), FIRST, SECOND)
    assert mixed["none"] is None
    for name in ("a", "b"):
        from_first = np.asarray(mixed[name] == FIRST[name])
        from_second = np.asarray(mixed[name] == SECOND[name])
        assert (from_first ^ from_second).all()
        # 600 coins: 4.5 standard deviations are 55.
        assert abs(from_first.sum() - 300) < 55


def test_leaves_and_children_are_mixed_independently():
    one = child(jax.random.key(0), FIRST, SECOND)
    other = child(jax.random.key(1), FIRST, SECOND)
    coins = [np.asarray(x >= 0).ravel() for x in (one["a"], one["b"], other["a"])]
    for i, j in ((0, 1), (0, 2)):
        assert abs((coins[i] == coins[j]).sum() - 300) < 55


def test_equal_parents_have_an_equal_child():
    same = child(jax.random.key(0), FIRST, FIRST)
    np.testing.assert_array_equal(same["a"], FIRST["a"])
