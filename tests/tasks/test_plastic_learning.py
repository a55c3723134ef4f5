import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Until, train
from ontogeny.data import load_lessons
from ontogeny.errors import InputError
from ontogeny.learners import Descent, Evolution, Hybrid
from ontogeny.nets import Life, PlasticNet
from ontogeny.nets.firing_rules import firing_perceptron_rules
from ontogeny.strategies import OpenES
from ontogeny.tasks import PlasticLearning

KEY = jax.random.key(0)
LIFE = Life(PlasticNet(16, 8, starts=("normal", "zero", "zero"), gain="norm"), credit="soft", average=True)


@pytest.fixture(scope="module")
def sets():
    return tuple(load_lessons("clusters", seed, 600) for seed in range(3))


@pytest.fixture(scope="module")
def task(sets):
    return PlasticLearning(
        sets[:2], sets[2:], sets[2:], LIFE, lifetime=150, unseen=50, lives=3, classes=4, measured_lives=3, scale=0.3
    )


def rows(samples):
    return {row.tobytes() for row in np.asarray(samples).reshape(-1, samples.shape[-1])}


def test_lifetimes_are_of_the_sets_and_are_judged_by_others_of_their_samples(task, sets):
    lives = task.draw(KEY, None)
    assert lives.samples.shape == (3, 150, 10)
    assert lives.shown.shape == (3, 50, 10)
    for number in range(3):
        of = [rows(lives.samples[number]) <= rows(one.train.images) for one in sets]
        judged = [rows(lives.shown[number]) <= rows(one.validation.images) for one in sets]
        assert of == judged
        assert sum(of[:2]) == 1
        assert not of[2], "held out"
    own = dataclasses.replace(task, unseen=0).draw(KEY, None)
    np.testing.assert_array_equal(own.samples, own.shown)


def test_nets_are_drawn_anew_or_one_for_all(task):
    first, second = (task.draw(jax.random.key(seed), None).keys for seed in range(2))
    data = jax.random.key_data(jnp.concatenate([first, second]))
    assert len(np.unique(np.asarray(data), axis=0)) == 6
    one = dataclasses.replace(task, one_net=True)
    data = jax.random.key_data(jnp.concatenate([one.draw(jax.random.key(seed), None).keys for seed in range(2)]))
    assert len(np.unique(np.asarray(data), axis=0)) == 1


def test_the_loss_is_that_of_the_outputs_and_rules_that_learn_have_less(task):
    lives = task.draw(KEY, None)
    plain = jax.tree.map(lambda change: 8 * change, firing_perceptron_rules(2))
    nothing = jax.tree.map(jnp.zeros_like, plain)
    loss = eqx.filter_jit(task.loss)
    assert float(loss(nothing, lives)[0]) == pytest.approx(np.log(4), rel=1e-5)
    assert float(loss(plain, lives)[0]) < 0.8
    logits = eqx.filter_jit(task.outputs)(plain, lives)
    expected = optax.softmax_cross_entropy_with_integer_labels(logits, lives.shown_labels).mean()
    assert float(loss(plain, lives)[0]) == pytest.approx(float(expected), rel=1e-4)


def test_figures_are_of_held_out_sets_and_see_a_collapse(task):
    good = eqx.filter_jit(task.measure)(jax.tree.map(lambda change: 8 * change, firing_perceptron_rules(2)), KEY)
    assert float(good["accuracy"]) > 0.7
    assert float(good["answers"]) == 4
    nothing = jax.tree.map(jnp.zeros_like, firing_perceptron_rules(2))
    bad = eqx.filter_jit(task.test)(nothing)
    assert float(bad["answers"]) == 1, "always the first class"
    assert float(bad["accuracy"]) == pytest.approx(0.25, abs=0.08)


LEARNERS = {
    "descent": Descent(optax.adam(0.05)),
    "evolution": Evolution(OpenES(16, 0.1, optax.adam(0.2))),
    "hybrid": Hybrid(Descent(optax.adam(0.05)), popsize=4, children=4, steps=5),
}


@pytest.mark.parametrize("name", LEARNERS)
def test_every_learner_finds_rules_that_learn_sets_never_seen(task, name):
    steps = 8 if name == "hybrid" else 40
    run = train(task, LEARNERS[name], seed=1, until=Until(steps=steps))
    before = eqx.filter_jit(task.test)(task.init(jax.random.key(1)))
    after = eqx.filter_jit(task.test)(run.genome)
    assert float(after["accuracy"]) > 0.75
    assert float(after["loss"]) < 0.8 * float(before["loss"])
    # The perceptron's signs: towards the right answer where a neuron fires.
    wrong, right = np.asarray(run.genome.read_out[1])
    assert wrong < 0 < right


@pytest.mark.parametrize("rules", ["table", "network", "recurrent", "hebbian"])
def test_all_forms_of_rules_learn_through_recurrent_synapses(sets, rules):
    life = dataclasses.replace(
        LIFE, net=PlasticNet(16, 8, 2, starts=("normal", "normal", "zero"), gain="norm"), by_width=True
    )
    task = PlasticLearning(
        sets, None, None, life, rules, ("recurrent",), 0.1, lifetime=40, unseen=50, lives=1, classes=4, measured_lives=1
    )
    genome = task.init(KEY)
    assert genome.recurrent is not None
    run = train(task, Descent(optax.adam(0.02)), seed=0, until=Until(steps=25))
    before, after = (float(eqx.filter_jit(task.measure)(each, KEY)["loss"]) for each in (genome, run.genome))
    assert after < before


def test_ternary_rules_find_under_reward_what_to_do(sets):
    task = PlasticLearning(
        sets[:2], sets[2:], sets[2:], dataclasses.replace(LIFE, credit="reward", rate=0.01), "ternary",
        lifetime=150, unseen=50, lives=3, classes=4, measured_lives=3,
    )  # fmt: skip
    run = train(task, Evolution(OpenES(16, 0.4, optax.adam(0.2))), seed=3, until=Until(steps=40))
    table = np.asarray(run.genome.tables.read_out)
    assert set(np.unique(table)) <= {-1, 0, 1}
    assert table.shape == (2, 4)
    # Nobody told it which answer would have been right.
    assert float(eqx.filter_jit(task.test)(run.genome)["accuracy"]) > 0.6


@pytest.mark.parametrize("sharing", ["neuron", "cluster", "synapse"])
def test_evolution_finds_rules_for_each_neuron_cluster_and_synapse(sets, sharing):
    task = PlasticLearning(
        sets[:1], None, None, LIFE, "hebbian", scale=0.3, lifetime=100, unseen=50, lives=2, classes=4,
        measured_lives=2, one_net=True, sharing=sharing, clusters=4,
    )  # fmt: skip
    run = train(task, LEARNERS["evolution"], seed=1, until=Until(steps=40))
    before, after = (float(eqx.filter_jit(task.measure)(each, KEY)["loss"]) for each in (task.init(KEY), run.genome))
    assert after < 0.8 * before


def test_learning_goes_on_from_given_rules(task):
    given = firing_perceptron_rules(2)
    begun = dataclasses.replace(task, start=given)
    assert begun.init(KEY) is given
    run = train(begun, Descent(optax.adam(1e-9)), seed=0, until=Until(steps=1))
    np.testing.assert_allclose(run.genome.read_out, given.read_out, atol=1e-6)


def test_lifetimes_are_shared_out_among_widths(task):
    wider = dataclasses.replace(LIFE, net=dataclasses.replace(LIFE.net, width=40, fire=20))
    both = dataclasses.replace(task, others=(wider,))
    rules = jax.tree.map(lambda change: 8 * change, firing_perceptron_rules(2))
    lives = both.draw(KEY, None)
    outputs, measure = (eqx.filter_jit(of) for of in (PlasticLearning.outputs, PlasticLearning.measure))
    logits = outputs(both, rules, lives)
    assert logits.shape == (3, 50, 4)
    alone = [outputs(dataclasses.replace(task, life=life), rules, lives) for life in (LIFE, wider)]
    np.testing.assert_allclose(logits[:2], alone[0][:2], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(logits[2:], alone[1][2:], rtol=1e-4, atol=1e-5)
    figures = [measure(dataclasses.replace(task, life=life), rules, KEY)["accuracy"] for life in (LIFE, wider)]
    assert float(measure(both, rules, KEY)["accuracy"]) == pytest.approx(float(sum(figures)) / 2, abs=1e-5)


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("rules", {"rules": "tables"}), ("criterion", {"criterion": "error"}), ("plastic", {"plastic": ("output",)}),
        ("plastic", {"plastic": ("recurrent",)}), ("lifetime", {"lifetime": 0}), ("lives", {"lives": 0}),
        ("unseen", {"unseen": -1}), ("scale", {"scale": 0.0}), ("measured_lives", {"measured_lives": 0}),
        ("plastic", {"plastic": ("input",), "rules": "network"}), ("sets", {"sets": ()}),
        ("plastic", {"rules": "recurrent"}), ("sharing", {"sharing": "synapses"}), ("sharing", {"sharing": "synapse"}),
        ("sharing", {"sharing": "neuron", "one_net": True, "others": (LIFE,), "lives": 2}),
        ("clusters", {"clusters": 0}), ("lives", {"others": (LIFE,)}),
        ("others", {"others": (dataclasses.replace(LIFE, credit="reward"),), "lives": 2}),
        ("credit", {
            "rules": "recurrent", "plastic": ("recurrent",),
            "life": Life(PlasticNet(16, 8, 2), credit="reward"),
        }),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(sets, field, options):
    with pytest.raises(InputError) as error:
        PlasticLearning(**{"sets": sets, "life": LIFE, "classes": 4, **options})
    assert error.value.field == field
