import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import ParetoSearch


def losses(genomes):
    """Zeros against fours: what lowers the one loss raises the other; a three helps neither."""
    return jnp.stack([(genomes != 0).sum(1), (genomes != 4).sum(1)], 1).astype(jnp.float32)


def search(strategy, generations, seed=0):
    state = strategy.init(jnp.zeros(6, jnp.int32), jax.random.key(seed))

    @jax.jit
    def step(state, _):
        state = strategy.tell(state, losses(strategy.ask(state)))
        return state, state

    return jax.lax.scan(step, state, None, length=generations)


def test_it_comes_to_the_front():
    for seed in range(3):
        state, _ = search(ParetoSearch(20, 2, parents=6), 40, seed)
        members = np.asarray(state.members)
        assert np.isin(members, (0, 4)).all(), "of what neither loss wants nothing is left"
        assert len({tuple(row) for row in members}) == 6, "no genotype survives twice"
        np.testing.assert_allclose(np.asarray(state.losses).sum(1), 6)


def test_parents_that_compete_are_never_lost_to_worse_ones():
    _, kept = search(ParetoSearch(6, 2, parents=1, plus=True), 60)
    _, lost = search(ParetoSearch(6, 2, parents=1, plus=False), 60)
    after, before = (np.asarray(each.losses)[:, 0].sum(1) for each in (kept, lost))
    assert (np.diff(after) <= 0).all()
    assert (np.diff(before) > 0).any(), "where parents die, a generation can be worse"


def test_order_is_that_of_dominance_then_of_ranks():
    strategy = ParetoSearch(4, 2)
    genotypes = jnp.arange(10).reshape(5, 2)
    values = jnp.asarray([[1.0, 5.0], [2.0, 2.0], [3.0, 3.0], [5.0, 1.0], [jnp.inf, 0.0]])
    order = strategy.order(genotypes, values).tolist()
    assert order[0] == 1
    assert set(order[:3]) == {0, 1, 3}
    assert order[3:] == [2, 4], "dominated, then what is not finite"
    again = strategy.order(genotypes.at[2].set(genotypes[1]), values).tolist()
    assert again.index(2) > again.index(0)


def test_strict_dominance_spares_what_is_equal_in_one_loss():
    values = jnp.asarray([[1.0, 1.0], [1.0, 2.0], [9.0, 0.0]])
    genotypes = jnp.arange(6).reshape(3, 2)
    assert ParetoSearch(2, 2).order(genotypes, values).tolist() == [0, 2, 1]
    assert ParetoSearch(2, 2, strict=True).order(genotypes, values).tolist() == [0, 1, 2]


def test_children_that_something_else_chose_have_the_next_children():
    strategy = ParetoSearch(8, 2, parents=2)
    state, _ = search(strategy, 3)
    children = jax.jit(strategy.ask)(state)
    places = jnp.asarray([6, 1])
    kept = jax.jit(strategy.keep)(state, places, jnp.asarray([[5.0, 5.0], [4.0, 4.0]]))
    assert np.asarray(kept.members).tolist() == np.asarray(children[places[::-1]]).tolist(), "best first, no parents"
    assert kept.losses.tolist() == [[4.0, 4.0], [5.0, 5.0]]
    assert (np.asarray(strategy.ask(kept)) != np.asarray(children)).any()


def test_every_child_is_new_and_rates_are_learned():
    strategy = ParetoSearch(40, 2, parents=4, crossover=0.0)
    state, states = search(strategy, 20)
    children = np.asarray(strategy.ask(state))
    differ = (children[:, None] != np.asarray(state.members)[None]).sum(2).min(1)
    assert (differ >= 1).all()
    rates = np.asarray(states.rates)
    assert rates[-1].mean() < rates[0].mean(), "near the goal small changes survive"


@pytest.mark.parametrize(
    "values",
    [{"popsize": 1}, {"objectives": 0}, {"choices": 1}, {"parents": 0}, {"parents": 40, "plus": False},
     {"crossover": 1.5}, {"rate": 0.0}],
)  # fmt: skip
def test_values_out_of_range_are_refused(values):
    with pytest.raises(InputError, match=next(iter(values))):
        ParetoSearch(**values)
