import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import GA, Mutation, Tournament, Truncation, layer_crossover


def sphere(x):
    return jnp.sum(x**2)


def state_of(strategy, parents, seed=0):
    return strategy.init(parents[0], jax.random.key(seed))._replace(parents=parents)


def far_apart(count, size=6):
    """Parents that no small mutation takes for each other: a child shows whose it is."""
    return jnp.asarray(np.random.default_rng(0).normal(size=(count, size)) * 100, jnp.float32)


def members(strategy, state):
    # One after the other, which compiles in a quarter of the time that it takes for all at once.
    return np.asarray(
        jax.jit(lambda s: jax.lax.map(lambda i: strategy.member(s, i), np.arange(strategy.popsize)))(state)
    )


def test_sphere_is_solved_and_the_best_never_gets_worse(search):
    strategy = GA(64, Truncation(0.25), Mutation(scale=0.05), crossover=0.5, elitism=2)
    start = jnp.full(8, 1.0)
    state, losses = search(strategy, sphere, start, 300)
    best = np.asarray(losses).min(1)
    assert (np.diff(best) <= 1e-6 * best[:-1]).all()
    assert best[-1] < 0.01 * sphere(start)
    assert sphere(strategy.genome(state)) == pytest.approx(best[-1], rel=1e-5)


def test_tournaments_and_replaced_weights_solve_a_problem_of_codes(search):
    # The distance to a box of +-0.1 around a target: only draws of single weights get there.
    target = jnp.asarray([0.9, -0.9, 0.5, 0.0, -0.5, 0.7])
    strategy = GA(64, Tournament(3), Mutation(1, 1.0, "replace", "uniform"), crossover=0.5)
    _, losses = search(strategy, lambda x: jnp.sum(jnp.maximum(jnp.abs(x - target) - 0.1, 0)), jnp.zeros(6), 150)
    assert losses[0].min() > 1
    assert losses[-1].min() == 0


def test_elite_are_carried_over_to_the_bit_best_first():
    strategy, parents = GA(12, Truncation(0.5), Mutation(scale=0.5), elitism=3), far_apart(6)
    state = state_of(strategy, parents)
    found = members(strategy, state)
    np.testing.assert_array_equal(found[:3], parents[:3])
    assert (np.abs(found[3:, None] - parents[None]).max(-1) > 0).all()
    np.testing.assert_array_equal(strategy.genome(state), parents[0])


# Five are carried over, but only the best four have children.
def test_truncation_lets_only_the_best_have_children():
    strategy, parents = GA(60, Truncation(1 / 15), Mutation(scale=0.01), elitism=5), far_apart(5)
    found = members(strategy, state_of(strategy, parents))
    distance = np.abs(found[5:, None] - parents[None]).max(-1)
    assert (distance.min(1) < 0.1).all(), "without crossover a child is close to one parent"
    assert set(distance.argmin(1)) == {0, 1, 2, 3}


def test_best_members_become_the_parents_and_failed_ones_never():
    strategy = GA(8, Truncation(0.25), Mutation(scale=0.5), elitism=3)
    state = state_of(strategy, far_apart(3))
    losses = jnp.asarray([jnp.nan, -jnp.inf, jnp.inf, 3.0, jnp.nan, 2.0, 9.0, 3.0])
    following = jax.jit(strategy.tell)(state, losses)
    np.testing.assert_array_equal(following.parents, members(strategy, state)[[5, 3, 7]])


@pytest.mark.parametrize("crossover", [0.5, 1.0])
def test_children_have_two_parents_as_often_as_asked_for(crossover):
    strategy = GA(400, Truncation(0.1), Mutation(scale=0.01), crossover, elitism=0)
    parents = far_apart(40)
    found = members(strategy, state_of(strategy, parents))
    close = np.abs(found[:, None] - parents[None]) < 0.1
    assert close.any(1).all(), "each weight comes from some parent"
    # Both parents are the same one in 40, and six coins fall alike one in 32: then it does not show.
    expected = crossover * (1 - (1 / 40 + 39 / 40 / 32))
    share = 1 - close.all(2).any(1).mean()
    assert share == pytest.approx(expected, abs=4.5 * np.sqrt(expected * (1 - expected) / 400))


def test_integers_and_functions_in_a_genome_survive():
    net = eqx.nn.MLP(2, 2, 2, 1, key=jax.random.key(0))
    genome = {"net": net, "codes": jnp.arange(3), "name": "a"}
    strategy = GA(4, mutation=Mutation(scale=0.5), crossover=0.5, elitism=0)

    @eqx.filter_jit
    def generation(genome):
        state = strategy.tell(strategy.init(genome, jax.random.key(1)), jnp.arange(4.0))
        return strategy.genome(state), strategy.member(state, jnp.int32(3))

    for other in generation(genome):
        np.testing.assert_array_equal(other["codes"], np.arange(3))
        assert other["codes"].dtype == genome["codes"].dtype
        assert other["name"] == "a"
        assert other["net"].activation is net.activation
        assert np.abs(other["net"](jnp.ones(2)) - net(jnp.ones(2))).max() > 1e-4


# A key that is drawn from twice ties two choices together that should be independent, such as which
# weight of one child changes, and who is the parent of a child in the next generation.
def test_choices_of_one_generation_say_nothing_about_those_of_the_next():
    size = 16
    strategy, parents = GA(size, Truncation(1.0), Mutation(1, 1.0), elitism=0), far_apart(size, size)

    @jax.jit
    def generations(number):
        first = state_of(strategy, parents)._replace(key=jax.random.key(number))
        second = first._replace(key=strategy.tell(first, jnp.arange(1.0 * size)).key)
        find = lambda state: jax.lax.map(lambda i: strategy.member(state, i), jnp.arange(size))  # noqa: E731
        return find(first), find(second)

    first, second = (np.asarray(x) for x in jax.lax.map(generations, jnp.arange(40)))
    away = np.abs(first[:, :, None] - np.asarray(parents))
    parent = away.max(-1).argmin(-1)
    weight = np.take_along_axis(away, parent[..., None, None], 2)[:, :, 0].argmax(-1)
    following = np.abs(second[:, :, None] - np.asarray(parents)).max(-1).argmin(-1)
    # How often each child's weight is the number of each later child's parent: by chance, one in 16.
    agree = (weight[:, :, None] == following[:, None, :]).sum(0)
    assert agree.max() < 20


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("popsize", {"popsize": 1}, "2 or more"),
        ("crossover", {"crossover": 1.1}, "from 0 to 1"),
        ("elitism", {"popsize": 8, "elitism": 8}, "0 to 7"),
        ("elitism", {"elitism": -1}, "0 to 63"),
    ],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        GA(**options)


@pytest.mark.parametrize("common", [True, False])
def test_the_children_of_a_generation_may_all_change_the_same_weights(common):
    strategy = GA(20, Truncation(0.01), Mutation(3, 1.0, "add", "uniform", common))
    state = strategy.init(jnp.zeros(200), jax.random.key(0))
    for _ in range(2):
        found = members(strategy, state)
        assert not found[0].any(), "the best is carried over"
        changed = found[1:] != 0
        assert (changed.any(0).sum() <= 3) == common
        drawn = found[1:][changed]
        assert len(np.unique(drawn)) == drawn.size, "each by draws of its own"
        following = strategy.tell(state, jnp.arange(20.0))
        again = members(strategy, following)[1:] != 0
        assert (again.any(0) != changed.any(0)).any(), "another generation changes others"
        state = following


def test_parents_may_be_mixed_layer_by_layer():
    parents = jnp.zeros((2, 100)).at[1].set(1)
    strategy = GA(16, Truncation(0.13), Mutation(scale=1e-6), crossover=1.0, elitism=0, mix=layer_crossover)
    state = strategy.init({"a": jnp.zeros(50), "b": jnp.zeros(50)}, jax.random.key(0))._replace(parents=parents)
    found = jax.jit(lambda s: jax.lax.map(lambda i: strategy.member(s, i), np.arange(16)))(state)
    whole = np.asarray([np.round(found[name]).mean(1) for name in ("a", "b")])
    assert set(whole.ravel().tolist()) == {0.0, 1.0}
    assert (whole[0] != whole[1]).any()


def test_weights_to_share_must_be_a_number():
    with pytest.raises(InputError, match="common"):
        Mutation(common=True)
