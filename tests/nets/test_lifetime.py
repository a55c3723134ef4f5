import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import HebbianRules, Life, NetworkRules, PlasticNet, TableRules, live
from ontogeny.nets.firing_rules import firing_perceptron_rules
from ontogeny.nets.plastic import read
from ontogeny.nets.sharing import ByAll

KEY = jax.random.key(3)
INPUTS, CLASSES = 6, 3


def lessons(count, seed=0):
    random = np.random.default_rng(seed)
    samples = random.normal(size=(count, INPUTS)).astype(np.float32)
    return jnp.asarray(samples), jnp.asarray(np.argmax(samples[:, :CLASSES], 1).astype(np.int32))


def by_hand(life, rules, wiring, synapses, samples, labels):
    """Neuron by neuron, synapse by synapse, as the papers say it."""
    first, recurrent, read_out = (np.array(each) for each in synapses)
    total, mistakes = np.zeros_like(read_out), 0
    for sample, label in zip(np.asarray(samples), np.asarray(labels), strict=True):
        firing = life.net.firing(type(synapses)(*map(jnp.asarray, (first, recurrent, read_out))), jnp.asarray(sample))
        codes = np.asarray(firing.codes)
        said = int(np.argmax(np.asarray(firing.activity) @ read_out))
        mistakes += said != label
        if said != label:
            for neuron in range(life.net.width):
                read_out[neuron, label] += life.rate * float(rules.read_out[codes[neuron], 1])
                read_out[neuron, said] += life.rate * float(rules.read_out[codes[neuron], 0])
                for other in range(life.net.width):
                    edge = float(wiring.recurrent[neuron, other])
                    recurrent[neuron, other] += life.rate * edge * float(rules.recurrent[codes[neuron], codes[other]])
                for place in range(INPUTS):
                    edge = float(wiring.input[place, neuron])
                    first[place, neuron] += life.rate * edge * float(rules.input[0, codes[neuron]])
        total += read_out
    return (first, recurrent, total / len(samples) if life.average else read_out), mistakes


@pytest.mark.parametrize("average", [False, True])
def test_a_lifetime_is_what_the_papers_say_synapse_by_synapse(average):
    life = Life(PlasticNet(8, 4, 2, starts=("normal", "normal", "zero")), rate=0.05, average=average)
    rules = TableRules.create(KEY, 4, True, True)
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    samples, labels = lessons(25)
    lived = eqx.filter_jit(live)(life, rules, wiring, synapses, samples, labels)
    expected, mistakes = by_hand(life, rules, wiring, synapses, samples, labels)
    assert int(lived.wrong.sum()) == mistakes > 3
    for found, wanted in zip(lived.synapses, expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("count", [7, 500, 1203])
@pytest.mark.parametrize("credit", ["mistakes", "soft"])
def test_firing_at_once_is_the_same_as_sample_by_sample(count, credit):
    life = Life(PlasticNet(15, 6, 2, starts=("normal", "normal", "zero")), credit=credit, average=True)
    plain = TableRules.create(KEY, 4, False, False)
    # A recurrent rule that changes nothing: the other way to the same end.
    slow = TableRules(None, jnp.zeros((4, 4)), plain.read_out)
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    both = [eqx.filter_jit(live)(life, each, wiring, synapses, *lessons(count)) for each in (plain, slow)]
    assert both[0].wrong.shape == (count,)
    np.testing.assert_array_equal(both[0].wrong, both[1].wrong)
    np.testing.assert_allclose(both[0].synapses.read_out, both[1].synapses.read_out, rtol=1e-4, atol=1e-5)


def test_the_perceptron_learns_what_a_plane_divides():
    life = Life(PlasticNet(200, 100, gain="norm"), average=True)
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    lived = eqx.filter_jit(live)(life, firing_perceptron_rules(2), wiring, synapses, *lessons(4000))
    shown, labels = lessons(500, 1)
    said = jnp.argmax(read(lived.synapses, life.net.firing(lived.synapses, shown)), 1)
    assert float((said == labels).mean()) > 0.9


def test_gradients_through_a_lifetime_are_slopes_of_its_loss():
    life = Life(PlasticNet(10, 5, 2, starts=("normal", "normal", "normal"), gain="norm"), credit="soft")
    rules = HebbianRules.create(KEY, (None, (10, 10), (10, CLASSES)), scale=0.3)
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    samples, labels = lessons(20)

    @eqx.filter_jit
    def loss(rules):
        lived = live(life, rules, wiring, synapses, samples, labels).synapses
        return jnp.mean(read(lived, life.net.firing(lived, samples)) ** 2)

    slope = eqx.filter_grad(loss)(rules).read_out.values[0, 1]
    change = 1e-2

    def moved(by):
        return float(loss(eqx.tree_at(lambda r: r.read_out.values, rules, rules.read_out.values.at[0, 1].add(by))))

    assert float(slope) == pytest.approx((moved(change) - moved(-change)) / (2 * change), rel=2e-2)


def test_credit_says_where_and_when():
    from ontogeny.nets.lifetime import CREDITS

    logits = jnp.asarray([1.0, 3.0, 0.0])
    np.testing.assert_array_equal(CREDITS["mistakes"](logits, jnp.int32(0)), [[0, 1], [1, 0], [0, 0]])
    np.testing.assert_array_equal(CREDITS["samples"](logits, jnp.int32(1)), [[0, 0], [0, 1], [0, 0]])
    np.testing.assert_array_equal(CREDITS["outputs"](logits, jnp.int32(1)), [[1, 0], [0, 1], [1, 0]])
    lower, higher = CREDITS["soft"](logits, jnp.int32(0)).T
    np.testing.assert_allclose(higher - lower, jax.nn.one_hot(0, 3) - jax.nn.softmax(logits), atol=1e-6)
    np.testing.assert_array_equal(CREDITS["reward"](logits, jnp.int32(1)), [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    wrong = CREDITS["reward"](logits, jnp.int32(0))
    np.testing.assert_array_equal(wrong, [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1]])
    np.testing.assert_array_equal(wrong, CREDITS["reward"](logits, jnp.int32(2)), "nobody tells the right one")


def test_without_mistakes_nothing_changes():
    life = Life(PlasticNet(8, 4, starts=("normal", "zero", "zero")))
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    samples, _ = lessons(30)
    # Where all weights are 0 the first class is said.
    lived = live(life, firing_perceptron_rules(2), wiring, synapses, samples, jnp.zeros(30, jnp.int32))
    assert not np.asarray(lived.synapses.read_out).any()
    every = dataclasses.replace(life, credit="samples")
    lived = live(every, firing_perceptron_rules(2), wiring, synapses, samples, jnp.zeros(30, jnp.int32))
    assert np.asarray(lived.synapses.read_out[:, 0]).any()


@pytest.mark.parametrize("normalise", ["neuron", "matrix", "largest"])
def test_weights_are_normalised_after_each_change(normalise):
    life = Life(PlasticNet(8, 4, 2, starts=("normal", "normal", "normal")), credit="outputs", normalise=normalise)
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    lived = live(life, TableRules.create(KEY, 4, False, True), wiring, synapses, *lessons(9)).synapses
    for weights in (np.asarray(lived.recurrent), np.asarray(lived.read_out)):
        size = {
            "neuron": np.linalg.norm(weights, axis=1),
            "matrix": np.sqrt((weights**2).mean()),
            "largest": np.abs(weights).max(),
        }[normalise]
        np.testing.assert_allclose(size, 1, rtol=1e-4)


def test_with_shared_changes_a_wider_net_is_driven_no_harder():
    def moved(width, by_width):
        life = Life(
            PlasticNet(width, width // 2, 2, starts=("normal", "zero", "zero")), credit="samples", by_width=by_width
        )
        wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
        rules = TableRules(None, jnp.ones((4, 4)), firing_perceptron_rules(4).read_out)
        lived = live(life, rules, wiring, synapses, *lessons(5)).synapses
        return float(np.asarray(lived.recurrent).sum(0).mean())

    assert moved(400, True) == pytest.approx(moved(40, True), rel=0.1)
    assert moved(400, False) > 5 * moved(40, False)


def test_a_network_of_codes_is_a_table():
    rules = NetworkRules.create(KEY, 2, True)
    tables = rules.tables
    assert tables.recurrent.shape == (4, 4)
    hidden, out = rules.recurrent
    bits = jnp.asarray([1.0, 0.0, 1.0, 1.0])  # from code 2 to code 3
    expected = out(jax.nn.relu(hidden(bits)))[0]
    np.testing.assert_allclose(tables.recurrent[2, 3], expected, rtol=1e-5)


def test_hebbian_rules_are_of_both_activities():
    life = Life(PlasticNet(8, 4, 2, starts=("normal", "normal", "normal")), credit="samples", rate=1.0)
    table = jnp.asarray([[2.0, 3.0], [5.0, 7.0]])
    rules = HebbianRules(None, ByAll(table), ByAll(jnp.zeros((2, 2))))
    wiring, synapses = life.net.wire(KEY, INPUTS, CLASSES)
    samples, labels = lessons(1)
    active = np.asarray(life.net.firing(synapses, samples[0]).activity)
    lived = live(life, rules, wiring, synapses, samples, labels).synapses
    change = 2 * np.outer(active, active) + 3 * active[:, None] + 5 * active[None] + 7
    expected = np.asarray(synapses.recurrent) + np.asarray(wiring.recurrent) * change
    np.testing.assert_allclose(lived.recurrent, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("options", [{"rate": 0.0}, {"credit": "blame"}, {"normalise": "rows"}])
def test_values_out_of_range_are_refused(options):
    with pytest.raises(InputError):
        Life(**options)
