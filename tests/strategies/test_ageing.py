import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import RandomSearch, RegularisedEvolution

GOAL = jnp.asarray([4, 0, 3, 1, 2, 2, 0, 1])


def away(genomes):
    return (genomes != GOAL).sum(1).astype(jnp.float32)


def search(strategy, generations, seed=0):
    state = strategy.init(jnp.zeros(8, jnp.int32), jax.random.key(seed))

    @jax.jit
    def step(state, _):
        members = strategy.ask(state)
        return strategy.tell(state, away(members)), members

    return jax.lax.scan(step, state, None, length=generations)


def test_it_finds_what_random_search_does_not():
    for seed in range(3):
        found, _ = search(RegularisedEvolution(1, 5, 20, 5), 600, seed)
        assert found.best_loss == 0
        np.testing.assert_array_equal(found.best, GOAL)
        other, _ = search(RandomSearch(1, 5), 600, seed)
        assert other.best_loss >= 2


def test_children_differ_from_a_parent_in_one_gene_and_replace_the_oldest():
    strategy = RegularisedEvolution(1, 5, 4, 2)
    _, members = search(strategy, 30)
    members = np.asarray(members)[:, 0]
    for place in range(4, 30):
        # Parents are among the four before.
        differ = (members[place - 4 : place] != members[place]).sum(1)
        assert 1 in differ
    state, _ = search(strategy, 30)
    assert {tuple(row) for row in np.asarray(state.members)} == {tuple(row) for row in members[-4:]}


def test_random_genes_are_alike_likely():
    _, members = search(RandomSearch(50, 5), 40)
    counts = np.bincount(np.asarray(members).ravel(), minlength=5)
    assert len(counts) == 5
    np.testing.assert_allclose(counts / counts.sum(), 0.2, atol=0.02)


def test_a_loss_that_is_not_a_number_is_the_worst():
    strategy = RegularisedEvolution(2, 5, 4, 4)
    state = strategy.init(jnp.zeros(3, jnp.int32), jax.random.key(0))
    members = strategy.ask(state)
    state = strategy.tell(state, jnp.asarray([jnp.nan, 1.0]))
    np.testing.assert_array_equal(strategy.genome(state), members[1])


@pytest.mark.parametrize(
    ("field", "values"),
    [("choices", (1, 1, 50, 10)), ("population", (1, 5, 1, 1)), ("sample", (1, 5, 5, 6)), ("popsize", (6, 5, 5, 2))],
)
def test_values_out_of_range_are_refused(field, values):
    with pytest.raises(InputError, match=field):
        RegularisedEvolution(*values)
