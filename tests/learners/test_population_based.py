import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task
from ontogeny.errors import InputError
from ontogeny.learners import Descent, EvolutionarySGD, PopulationBased


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
    state, _ = learner.step(Valley(), begun)
    members, rates = np.asarray(state.members), np.asarray(state.rates)
    # A rate says how far a member came: 5 · (1 - 0.1 · rate).
    for member, rate in zip(members[:7], rates[:7], strict=True):
        np.testing.assert_allclose(member, 5 * (1 - 0.1 * rate), rtol=1e-5)
    for member, rate in zip(members[7:], rates[7:], strict=True):
        copied = [k for k in range(3) if np.allclose(member, members[k])]
        assert copied, "one of the three best"
        assert np.allclose(rate / rates[copied[0]], 1.3) or np.allclose(rate / rates[copied[0]], 1 / 1.3)


def test_what_training_made_worse_is_taken_back():
    # A rate far too large: every training makes members worse.
    learner = EvolutionarySGD(Descent(optax.sgd(5.0)), popsize=4, children=1, steps=1, sigma=0.0, spread=1.0)
    state, found = run(learner, Valley(), 3)
    assert float(found[0]["taken_back"]) == 0, "nobody was judged before"
    assert float(found[1]["taken_back"]) == 1
    np.testing.assert_allclose(state.members, np.full((4, 3), 5 * (1 - 5.0)), rtol=1e-5)


def test_evolutionary_sgd_descends_where_gradients_do_nothing():
    learner = EvolutionarySGD(Descent(optax.sgd(1e-9)), popsize=8, children=24, steps=1, sigma=3.0, elite=0.75)
    state, found = run(learner, Valley(), 15)
    assert float(found[-1]["best_case"]) < 0.1 * 75
    best = [float(each["best_case"]) for each in found]
    assert all(after <= before for before, after in itertools.pairwise(best)), "the best is never lost"
    assert (np.diff(np.asarray(state.cases[:, 0])) >= 0).all()


def test_values_out_of_range_are_refused():
    for options in ({"popsize": 1}, {"fraction": 0.6}, {"change": 1.0}, {"spread": 0.5}, {"steps": 0}):
        with pytest.raises(InputError):
            PopulationBased(**options)
    for options in ({"popsize": 1}, {"children": 0}, {"parents": 30}, {"sigma": -1.0}, {"elite": 0.0}, {"spread": 0.5}):
        with pytest.raises(InputError):
            EvolutionarySGD(**options)
