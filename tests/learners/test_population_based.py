import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task
from ontogeny.errors import InputError
from ontogeny.learners import Descent, EvolutionarySGD, Hybrid, PopulationBased


class Valley(Task):
    """`x²` with a curvature at which a learning rate of 1 is best; judged at its bottom."""

    def init(self, key):
        return jnp.full(3, 5.0)

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return 0.5 * (genome**2).sum(), None

    def judge(self, genomes):
        return (genomes**2).sum(1)[:, None]


def run(learner, task, count, seed=0):
    state = eqx.filter_jit(learner.init)(task, jax.random.key(seed))
    step = eqx.filter_jit(learner.step)
    found = []
    for _ in range(count):
        state, metrics = step(task, state)
        found.append(metrics)
    return state, found


def test_the_population_finds_the_learning_rate():
    # 1 is best, and the rates are multiples of 0.02: those that are near 1 have to be bred.
    learner = PopulationBased(Descent(optax.sgd(0.02)), popsize=16, steps=2, fraction=0.25, change=2.0, spread=1.5)
    _, found = run(learner, Valley(), 12)
    assert float(found[0]["rate"]) < 1.5
    assert float(found[-1]["rate"]) > 8
    assert float(found[-1]["best_case"]) < 1e-3


def test_the_worst_become_the_best_with_other_rates():
    learner = PopulationBased(Descent(optax.sgd(0.1)), popsize=10, steps=1, fraction=0.3, change=1.3, spread=4.0)
    begun = learner.init(Valley(), jax.random.key(0))
    first, _ = learner.step(Valley(), begun)
    members, rates = np.asarray(first.members), np.asarray(first.rates)
    # A rate says how far a member came: 5 · (1 - 0.1 · rate). Nobody was judged, so nobody was copied.
    np.testing.assert_allclose(members[:, 0], 5 * (1 - 0.1 * rates), rtol=1e-5)
    np.testing.assert_allclose(np.sort(rates), np.sort(begun.rates), rtol=1e-6)
    assert (np.diff(np.asarray(first.cases)[:, 0]) >= 0).all()
    second, _ = learner.step(Valley(), first)
    changed = 0
    for member, rate in zip(np.asarray(second.members)[:, 0], np.asarray(second.rates), strict=True):
        before = member / (1 - 0.1 * rate)
        origin = int(np.argmin(np.abs(members[:, 0] - before)))
        np.testing.assert_allclose(before, members[origin, 0], rtol=1e-4)
        factor = rate / rates[origin]
        if not np.allclose(factor, 1):
            changed += 1
            assert origin < 3, "one of the three best"
            assert np.allclose(factor, 1.3) or np.allclose(factor, 1 / 1.3)
        else:
            assert origin < 7, "the three worst are gone"
    assert changed == 3
    assert (np.diff(np.asarray(second.cases)[:, 0]) >= 0).all(), "best first"


@pytest.mark.parametrize("popsize", [3, 5])
def test_no_more_are_copied_than_there_are_others(popsize):
    learner = PopulationBased(Descent(optax.sgd(0.1)), popsize=popsize, steps=1, fraction=0.5)
    state, _ = run(learner, Valley(), 2)
    assert len(state.members) == popsize


class Cliff(Valley):
    """A member that starts on the wrong side has a loss that is no number."""

    def init(self, key):
        return jnp.where(jax.random.bernoulli(key), 5.0, jnp.nan) * jnp.ones(3)


@pytest.mark.parametrize("kind", [PopulationBased, EvolutionarySGD, Hybrid])
def test_members_that_diverged_stop_nobody(kind):
    learner = kind(Descent(optax.sgd(0.1)), popsize=8, steps=1)
    state, found = run(learner, Cliff(), 3)
    assert all(np.isfinite(float(each["population_loss"])) for each in found)
    assert np.isfinite(np.asarray(learner.genome(state))).all()
    assert float(found[-1]["best_case"]) < 75


def test_what_training_made_worse_is_taken_back():
    # A rate far too large: every training makes members worse.
    learner = EvolutionarySGD(Descent(optax.sgd(5.0)), popsize=4, children=1, steps=1, sigma=0.0, spread=1.0)
    state, found = run(learner, Valley(), 3)
    assert [float(each["taken_back"]) for each in found] == [1, 1, 1], "from the first generation on"
    np.testing.assert_allclose(state.members, np.full((4, 3), 5.0), rtol=1e-5)


def test_evolutionary_sgd_descends_where_gradients_do_nothing():
    learner = EvolutionarySGD(Descent(optax.sgd(1e-9)), popsize=8, children=24, steps=1, sigma=3.0, elite=0.75)
    state, found = run(learner, Valley(), 15)
    assert float(found[-1]["best_case"]) < 0.1 * 75
    best = [float(each["best_case"]) for each in found]
    assert all(after <= before for before, after in itertools.pairwise(best)), "the best is never lost"
    assert (np.diff(np.asarray(state.cases[:, 0])) >= 0).all()


def test_values_out_of_range_are_refused():
    for options in ({"popsize": 1}, {"fraction": 0.6}, {"change": 1.0}, {"spread": 0.5}, {"steps": 0}, {"chunk": 0}):
        with pytest.raises(InputError):
            PopulationBased(**options)
    for options in (
        {"popsize": 1}, {"children": 0}, {"parents": 30}, {"sigma": -1.0}, {"elite": 0.0}, {"spread": 0.5}, {"chunk": 0}
    ):  # fmt: skip
        with pytest.raises(InputError):
            EvolutionarySGD(**options)
