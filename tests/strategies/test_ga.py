import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import GA, Lexicase, Mutation, Tournament, Truncation, layer_crossover


def sphere(x):
    return jnp.sum(x**2)


def state_of(strategy, parents, seed=0):
    first = strategy.init(parents[0], jax.random.key(seed))
    kept, best = len(first.parents.merit), len(first.elite.merit)
    return first._replace(
        parents=first.parents._replace(weights=parents[:kept]), elite=first.elite._replace(weights=parents[:best])
    )


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
    best = members(strategy, state)[[5, 3, 7]]
    np.testing.assert_array_equal(following.parents.weights, best[:2])
    np.testing.assert_array_equal(following.elite.weights, best)


# Six weights are an objective each: the mean member is no good at any, the specialists each at one.
def test_lexicase_makes_parents_of_specialists_and_keeps_the_best_by_the_mean():
    strategy = GA(16, Lexicase(0.5, 0.0), elitism=1)
    losses = jnp.full((16, 6), 2.0).at[jnp.arange(6), jnp.arange(6)].set(0).at[9].set(0.5)
    state = state_of(strategy, far_apart(8))
    following, found = jax.jit(strategy.tell)(state, losses), members(strategy, state)
    np.testing.assert_array_equal(strategy.genome(following), found[9])
    whose = np.abs(np.asarray(following.parents.weights)[:, None] - found).max(-1).argmin(1)
    assert set(whose) <= set(range(6))
    assert len(set(whose)) >= 3


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
        ("inheritance", {"inheritance": 1.0}, "0 to below 1"),
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
    state = strategy.init({"a": jnp.zeros(50), "b": jnp.zeros(50)}, jax.random.key(0))
    state = state._replace(parents=state.parents._replace(weights=parents))
    found = jax.jit(lambda s: jax.lax.map(lambda i: strategy.member(s, i), np.arange(16)))(state)
    whole = np.asarray([np.round(found[name]).mean(1) for name in ("a", "b")])
    assert set(whole.ravel().tolist()) == {0.0, 1.0}
    assert (whole[0] != whole[1]).any()


def test_weights_to_share_must_be_a_number():
    with pytest.raises(InputError, match="common"):
        Mutation(common=True)


def far_at_last(strategy, generations):
    """How far the members are from the optimum in the second half, where each is evaluated with luck of its own."""

    def generation(state, key):
        found = jax.vmap(lambda i: sphere(strategy.member(state, i)))(jnp.arange(strategy.popsize))
        return strategy.tell(state, found + 1.5 * jax.random.normal(key, found.shape)), found.mean()

    @jax.jit
    def run(key):
        first = strategy.init(jnp.full(8, 2.0), key)
        return jax.lax.scan(generation, first, jax.random.split(key, generations))[1]

    found = np.asarray(jax.lax.map(run, jax.random.split(jax.random.key(0), 8)))
    return found[:, -generations // 2 :].mean()


def test_inherited_merit_averages_luck_out():
    plain, inheriting = (
        GA(64, Truncation(0.5), Mutation(scale=0.1), elitism=0, inheritance=share) for share in (0.0, 0.7)
    )
    assert far_at_last(inheriting, 300) < 0.95 * far_at_last(plain, 300)


def test_merit_is_what_parents_had_and_what_the_child_lost():
    strategy = GA(8, Truncation(0.5), Mutation(scale=0.5), 0.5, elitism=2, inheritance=0.75)
    state = state_of(strategy, far_apart(4))
    had = jnp.asarray([4.0, 8.0, 400.0, 800.0])
    state = state._replace(
        parents=state.parents._replace(merit=had), elite=state.elite._replace(merit=jnp.asarray([-40.0, -80.0]))
    )
    # All lose alike: what they are ranked by is what they inherit. The elite inherit from themselves.
    following = jax.jit(strategy.tell)(state, jnp.full(8, 20.0))
    np.testing.assert_allclose(following.elite.merit, [-55.0, -25.0])
    inherited = (np.asarray(following.parents.merit) - 5) / 0.75
    possible = {(a + b) / 2 for a in had.tolist() for b in had.tolist()} | {-40.0, -80.0}
    assert {round(each, 3) for each in inherited.tolist()} <= possible
    # A generation that fails leaves a merit that can be compared.
    assert np.isfinite(jax.jit(strategy.tell)(state, jnp.full(8, jnp.nan)).parents.merit).all()


def test_first_parents_are_spread_about_the_genome():
    start = jnp.full(2000, 3.0)
    strategy = GA(8, Truncation(1.0), Mutation(scale=0.01), elitism=1, spread=1.0)
    found = members(strategy, strategy.init(start, jax.random.key(0)))
    np.testing.assert_array_equal(found[0], start)
    apart = found[1:] - 3
    np.testing.assert_allclose(apart.std(1), 1, atol=0.1)
    assert np.corrcoef(apart)[np.triu_indices(7, 1)].min() < 0.1, "children of different parents"
    with pytest.raises(InputError, match="spread"):
        GA(spread=-1.0)
