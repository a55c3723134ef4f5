import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.strategies import NSGA2, ParetoSearch
from ontogeny.strategies.nsga import crowding, fronts


def losses(genomes):
    """Zeros against fours: what lowers the one loss raises the other; a three helps neither."""
    return jnp.stack([(genomes != 0).sum(1), (genomes != 4).sum(1)], 1).astype(jnp.float32)


def search(strategy, generations, seed=0):
    state = strategy.init(jnp.zeros(6, jnp.int32), jax.random.key(seed))

    @jax.jit
    def run(state):
        return jax.lax.scan(
            lambda state, _: (strategy.tell(state, losses(strategy.ask(state))), None), state, None, length=generations
        )[0]

    return run(state)


def test_the_whole_front_is_found_where_a_sum_of_ranks_keeps_a_part_of_it():
    for seed in range(3):
        found = search(NSGA2(20, 2, parents=20), 120, seed)
        assert {tuple(row) for row in np.asarray(found.losses).tolist()} == {(n, 6 - n) for n in range(7)}


def by_hand(values):
    left, made, front = set(range(len(values))), np.zeros(len(values), int), 0
    while left:
        free = {
            i for i in left if not any((values[j] <= values[i]).all() and (values[j] < values[i]).any() for j in left)
        }
        for i in free:
            made[i] = front
        left, front = left - free, front + 1
    return made


@pytest.mark.parametrize("objectives", [2, 3])
def test_fronts_are_those_that_are_left_when_others_are_taken_away(objectives):
    values = np.random.default_rng(objectives).integers(0, 6, (30, objectives)).astype(np.float32)
    np.testing.assert_array_equal(fronts(jnp.asarray(values)), by_hand(values))


def test_crowding_is_the_sum_of_the_sides_around():
    values = jnp.asarray([[0.0, 8.0], [1.0, 4.0], [3.0, 3.0], [8.0, 0.0]])
    found = crowding(values, jnp.zeros(4, int))
    np.testing.assert_allclose(found, [np.inf, 3 / 8 + 5 / 8, 7 / 8 + 4 / 8, np.inf])


def test_order_is_by_front_then_by_room():
    values = jnp.asarray([[4.0, 4.0], [0.0, 8.0], [1.0, 4.0], [3.0, 3.0], [8.0, 0.0], [jnp.inf, 0.0]])
    order = NSGA2(4, 2).order(jnp.arange(12).reshape(6, 2), values).tolist()
    assert set(order[:2]) == {1, 4}
    assert order[2:] == [3, 2, 0, 5]


def test_better_members_are_drawn_more_often():
    keys = jax.random.split(jax.random.key(0), 500)
    drawn, any_of = (np.asarray(jax.vmap(one.pair)(keys)) for one in (NSGA2(10, 2, parents=10), ParetoSearch(10, 2)))
    assert drawn.mean() < 3.3
    assert any_of.max() == 4
    assert drawn.max() == 9
