import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.strategies import layer_crossover, uniform_crossover

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


def test_a_layer_comes_whole_from_one_parent():
    one = {"first": {"weight": jnp.zeros((3, 3)), "bias": jnp.zeros(3)}, "second": {"weight": jnp.zeros(4)}}
    other = jax.tree.map(lambda leaf: leaf + 1, one)
    found = [jax.jit(layer_crossover)(key, one, other) for key in jax.random.split(jax.random.key(0), 40)]
    coins = np.asarray([[each["first"]["weight"][0, 0], each["second"]["weight"][0]] for each in found])
    for each, (first, second) in zip(found, coins, strict=True):
        assert np.unique([*np.ravel(each["first"]["weight"]), *each["first"]["bias"]]).tolist() == [first]
        assert np.unique(each["second"]["weight"]).tolist() == [second]
    assert len(np.unique(coins, axis=0)) == 4, "each layer has a coin of its own"
