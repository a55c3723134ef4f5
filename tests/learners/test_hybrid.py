import dataclasses
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task, Until, train
from ontogeny.data import load_images
from ontogeny.errors import InputError
from ontogeny.learners import Descent, EvolutionarySGD, Hybrid, PopulationBased
from ontogeny.learners.members import rows
from ontogeny.strategies import Lexicase, Mutation, Pareto, Truncation, neuron_genes, weight_genes
from ontogeny.tasks import Classification


class Numbers(Task):
    """A genome of two arrays, judged by their sum; learning adds what the gradient of a linear loss says."""

    slope: float = eqx.field(static=True, default=0.0)

    def init(self, key):
        return {"a": jax.random.uniform(key, (3,)), "b": jax.random.uniform(jax.random.fold_in(key, 1), (2,))}

    def draw(self, key, world):
        return jax.random.uniform(key)

    def loss(self, genome, batch):
        return -self.slope * (genome["a"].sum() + genome["b"].sum()) + 0 * batch, None

    def judge(self, genomes):
        return (genomes["a"].sum(1) + genomes["b"].sum(1))[:, None]


def still(**options):
    """Without learning: what is seen is selection and recombination alone."""
    return Hybrid(Descent(optax.sgd(1.0)), steps=1, **{"popsize": 6, "children": 6, **options})


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


@pytest.fixture(scope="module")
def classification(digits):
    return Classification(digits, (12,), 100)


def generations(learner, task, count, seed=0):
    state = eqx.filter_jit(learner.init)(task, jax.random.key(seed))
    step = eqx.filter_jit(learner.step)
    states, metrics = [state], []
    for _ in range(count):
        state, found = step(task, state)
        states.append(state)
        metrics.append({name: float(value) for name, value in found.items()})
    return states, metrics


def test_members_are_kept_best_first_and_genes_only_move():
    states, _ = generations(still(fresh=1), Numbers(), 4)
    pool = {float(x) for x in np.asarray(states[0].members["a"]).ravel()}
    for before, after in itertools.pairwise(states):
        means = np.asarray(after.cases.mean(1))
        assert (np.diff(means) >= 0).all()
        np.testing.assert_allclose(means, Numbers().judge(after.members)[:, 0], rtol=1e-6)
        new = {float(x) for x in np.asarray(after.members["a"]).ravel()}
        assert len(new - {float(x) for x in np.asarray(before.members["a"]).ravel()}) <= 3, "of the fresh one alone"
    assert pool & {float(x) for x in np.asarray(states[1].members["a"]).ravel()}


def test_parents_are_two_different_ones_of_the_best():
    learner = still(popsize=8, children=64, genes=weight_genes, selection=Truncation(0.25))
    states, _ = generations(learner, Numbers(), 1)
    young, _ = eqx.filter_jit(learner.born)(Numbers(), states[1], jax.random.key(5))
    best = np.asarray(states[1].members["a"][:2])
    found = np.asarray(young["a"])
    assert np.isin(found, best).all(), "of the best quarter"
    both = [np.isin(child, best[0]).any() and np.isin(child, best[1]).any() for child in found]
    assert np.mean(both) > 0.5


@pytest.mark.parametrize("selection", [Lexicase(0.5), Pareto(0.5), Truncation(0.5)])
def test_before_anybody_was_judged_parents_are_different(selection):
    learner = still(popsize=6, children=40, selection=selection, genes=weight_genes)
    state = learner.init(Numbers(), jax.random.key(0))
    young, _ = eqx.filter_jit(learner.born)(Numbers(), state, jax.random.key(1))
    origins = {
        int(np.argwhere(np.asarray(state.members["a"])[:, 0] == one)[0, 0]) for one in np.asarray(young["a"])[:, 0]
    }
    assert len(origins) == 3, "all that may be parents are"


def test_elitism_never_loses_the_best_and_none_may():
    worse = Numbers(slope=1.0)  # what is learned makes the sum larger, and the sum is what is bad
    kept, _ = generations(still(elitism=1), worse, 3)
    for state in kept[1:]:
        np.testing.assert_allclose(state.cases, worse.judge(state.members), rtol=1e-6)
    best = [float(state.cases.mean(1)[0]) for state in kept]
    assert best[1] >= best[2] >= best[3]
    elite, _ = generations(still(elitism=6, selection=Lexicase(0.5)), worse, 1)
    assert not np.isin(np.asarray(elite[1].members["a"]), np.asarray(elite[0].members["a"])).any(), (
        "nobody judged those"
    )
    lost, _ = generations(still(), worse, 3)
    assert float(lost[3].cases.mean(1)[0]) > float(lost[1].cases.mean(1)[0])


def test_baldwinian_members_hand_down_what_they_were_born_with():
    task = Numbers(slope=-0.1)
    states, _ = generations(still(lamarckian=False), task, 3)
    pool = np.asarray(states[0].members["a"]).ravel()
    assert np.isin(np.asarray(states[3].born["a"]), pool).all()
    assert not np.isin(np.asarray(states[3].members["a"]), pool).any(), "and are kept as they became"
    passed_on, _ = generations(still(), task, 3)
    assert not np.isin(np.asarray(passed_on[3].born["a"]), pool).any()


def test_mutation_comes_before_learning():
    states, _ = generations(still(mutation=Mutation(None, 0.5)), Numbers(), 1)
    pool = np.asarray(states[0].members["a"]).ravel()
    assert not np.isin(np.asarray(states[1].members["a"]), pool).any()


def test_an_inherited_optimizer_goes_on_with_each_genes_momentum():
    learner = Hybrid(
        Descent(optax.sgd(0.0, momentum=0.5)), popsize=6, children=6, steps=1, inherit=True, genes=weight_genes
    )
    states, _ = generations(learner, Numbers(slope=1.0), 2)
    momentum = jax.tree.leaves(states[2].optimizers)[0]
    # The gradient is -1 everywhere: after two steps in two generations -1 · 0.5 - 1.
    np.testing.assert_allclose(momentum, -1.5)
    anew, _ = generations(dataclasses.replace(learner, inherit=False), Numbers(slope=1.0), 2)
    assert anew[2].optimizers is None


def test_with_batches_in_common_equal_nets_stay_equal(classification):
    def spread(common):
        learner = Hybrid(Descent(optax.sgd(0.1)), 4, 4, steps=3, common=common, parents=1, selection=Truncation(0.25))
        states, _ = generations(learner, classification, 1)
        return float(jnp.std(states[1].members.layers[0].weight, axis=0).max())

    assert spread(True) == 0, "children of one parent"
    assert spread(False) > 0


def test_a_population_learns_and_its_measures_say_so(classification):
    learner = Hybrid(Descent(optax.sgd(0.3, momentum=0.9)), 5, 5, 1, steps=24, genes=neuron_genes, align=True)
    states, metrics = generations(learner, classification, 4)
    assert metrics[-1]["best_case"] < 0.15
    assert metrics[-1]["best_case"] <= metrics[-1]["worst_case"]
    assert metrics[-1]["population_loss"] < metrics[0]["population_loss"]
    found = classification.measure(learner.genome(states[-1]), jax.random.key(0))
    assert 1 - float(found["accuracy"]) == pytest.approx(metrics[-1]["best_case"], abs=1e-6)
    assert learner.population(states[-1]).layers[0].weight.shape == (5, 12, 64)


@pytest.mark.parametrize("selection", [Lexicase(0.5, 0.0), Pareto(0.5, 2)])
def test_other_selections_learn_too(classification, selection):
    learner = Hybrid(Descent(optax.sgd(0.3, momentum=0.9)), 4, 4, steps=24, selection=selection)
    assert generations(learner, classification, 3)[1][-1]["best_case"] < 0.25


LEARNERS = [
    Hybrid(Descent(optax.sgd(0.1, momentum=0.9)), 3, 3, 1, steps=4, inherit=True, parents=1),
    PopulationBased(Descent(optax.sgd(0.1)), 4, 4),
    EvolutionarySGD(Descent(optax.sgd(0.1)), 3, 3, steps=4),
]


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_a_run_that_goes_on_equals_an_unbroken_one(learner, classification):
    whole = train(classification, learner, until=Until(steps=4), every=1)
    half = train(classification, learner, until=Until(steps=2), every=1)

    class Kept:
        def restore(self, template):
            return half.state, half.cost

        def save(self, training, cost, *, force):
            pass

        def log(self, rows):
            pass

    again = train(classification, learner, until=Until(steps=4), every=1, run=Kept())
    for one, other in zip(jax.tree.leaves(again.genome), jax.tree.leaves(whole.genome), strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.population is not None
    members = 4 if isinstance(learner, PopulationBased) else 3
    trained = 4 if isinstance(learner, Hybrid) else members
    assert len(again.population.layers[0].weight) == members
    assert whole.cost.samples == 4 * trained * 4 * 100


def test_values_out_of_range_are_refused():
    for options in (
        {"popsize": 1}, {"children": 0}, {"steps": 0}, {"fresh": -1}, {"elitism": 7}, {"children": 3},
        {"parents": 4}, {"parents": 0}, {"inherit": True, "lamarckian": False}, {"chunk": 0},
        {"inherit": True, "align": True},
    ):  # fmt: skip
        with pytest.raises(InputError):
            Hybrid(**{"popsize": 6, "children": 6, **options})


def test_rows_of_the_best_are_the_genome(classification):
    learner = LEARNERS[0]
    states, _ = generations(learner, classification, 1)
    np.testing.assert_array_equal(
        learner.genome(states[1]).layers[0].weight, rows(states[1].members, 0).layers[0].weight
    )
