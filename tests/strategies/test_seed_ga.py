import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import Mutation, SeedGA, Truncation


def sphere(x):
    return jnp.sum(x**2)


def test_it_learns_and_keeps_the_best(search):
    strategy = SeedGA(32, Truncation(0.25), Mutation(scale=0.1), depth=100)
    state, losses = search(strategy, sphere, jnp.full(6, 1.0), 100)
    best = np.asarray(losses).min(1)
    assert best[-1] < 0.05 * best[0]
    assert (np.diff(best) <= 1e-6 * best[:-1]).all()
    assert sphere(strategy.genome(state)) == pytest.approx(best[-1], rel=1e-5)
    assert (np.asarray(state.parents.length) <= 100).all()
    assert (np.asarray(state.parents.seeds)[0, : state.parents.length[0]] != 0).all()


def test_members_are_what_plain_mutations_of_their_parents_make():
    strategy = SeedGA(6, Truncation(0.5), Mutation(3, 1.0), elitism=2, depth=8)
    state = strategy.init(jnp.arange(10.0), jax.random.key(0))
    ask, tell = jax.jit(strategy.ask), jax.jit(strategy.tell)
    weights = np.broadcast_to(np.arange(10.0, dtype=np.float32), (3, 10))
    for number in range(3):
        members = np.asarray(ask(state))
        following = tell(state, jnp.asarray([3.0, 2.0, 9.0, 9.0, jnp.nan, 1.0]))
        lineages = [tuple(s[:n].tolist()) for s, n in zip(*map(np.asarray, following.parents), strict=True)]
        for lineage, member in zip(lineages, members[[5, 1, 0]], strict=True):
            genome = jnp.arange(10.0)
            for seed in lineage:
                genome = strategy.mutation(jax.random.key(jnp.uint32(seed)), genome)
            np.testing.assert_allclose(genome, member, rtol=1e-6)
        away = np.abs(members[5] - weights).max(1).min()
        assert away > 1e-3
        np.testing.assert_allclose(strategy.genome(following), members[5], rtol=1e-6)
        assert len(lineages[0]) <= number + 1
        state, weights = following, members[[5, 1, 0]]
    assert len({len(lineage) for lineage in lineages}) > 1, "only those who changed are longer"


def test_a_full_lineage_changes_no_more():
    strategy = SeedGA(4, Truncation(0.25), Mutation(scale=1.0), elitism=0, depth=1)
    state = strategy.init(jnp.zeros(3), jax.random.key(0))
    tell, ask = jax.jit(strategy.tell), jax.jit(strategy.ask)
    state = tell(state, jnp.arange(4.0))
    members = np.asarray(ask(state))
    assert np.abs(members).min() > 0
    assert (members == members[0]).all()
    np.testing.assert_array_equal(strategy.genome(tell(state, jnp.arange(4.0))), members[0])


def test_the_state_is_kilobytes_beside_the_root():
    genome = {"weights": jnp.zeros((1000, 1000)), "codes": jnp.arange(3), "name": "a"}
    strategy = SeedGA(64, Truncation(0.25), depth=500)
    state = jax.eval_shape(lambda: eqx.filter(strategy.init(genome, jax.random.key(0)), eqx.is_array))
    size = sum(leaf.size * 4 for leaf in jax.tree.leaves((state.parents, state.elite)))
    assert size < 40_000
    found = strategy.genome(strategy.init(genome, jax.random.key(0)))
    assert found["name"] == "a"
    np.testing.assert_array_equal(found["codes"], [0, 1, 2])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"popsize": 1}, "popsize: 1"),
        ({"elitism": 64}, "elitism: 64.*0 to 63"),
        ({"depth": 0}, "depth: 0.*1 or more"),
        ({"mutation": Mutation(2, common=True)}, "common: True.*leave it out"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        SeedGA(**options)
