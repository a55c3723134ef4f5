import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.nets import PlasticNet
from ontogeny.nets.firing_rules import NetworkRules, RecurrentRules, TableRules, TernaryRules, firing_perceptron_rules

KEY = jax.random.key(2)


def test_ternary_changes_are_the_nearest_steps():
    rules = TernaryRules(None, jnp.asarray([[0.4, 0.6], [-7.0, -0.2]]), jnp.asarray([[0.51, -0.51], [3.0, 0.0]]))
    np.testing.assert_array_equal(rules.tables.recurrent, [[0, 1], [-1, 0]])
    np.testing.assert_array_equal(rules.tables.read_out, [[1, -1], [1, 0]])
    assert rules.tables.input is None


def test_tables_have_a_column_for_each_credit():
    rules = TableRules.create(KEY, 8, True, True, credits=4)
    assert [table.shape for table in rules.tables] == [(1, 8), (8, 8), (8, 4)]


def test_a_network_says_of_each_pair_what_its_bits_say():
    rules = NetworkRules.create(KEY, 3, True)
    bits = lambda code: [code >> 2 & 1, code >> 1 & 1, code & 1]  # noqa: E731
    hidden, output = rules.recurrent
    for sender, receiver in ((0, 0), (3, 6), (7, 1)):
        pair = jnp.asarray([*bits(sender), *bits(receiver)], jnp.float32)
        expected = output(jax.nn.relu(hidden(pair)))
        np.testing.assert_allclose(rules.tables.recurrent[sender, receiver], expected[0], rtol=1e-4, atol=1e-5)


def test_recurrent_rules_learn_no_read_out():
    rules = RecurrentRules.create(KEY, 2)
    np.testing.assert_array_equal(rules.tables.read_out, firing_perceptron_rules(4).read_out)
    assert rules.tables.recurrent.shape == (4, 4)
    learned = eqx.filter(rules, eqx.is_inexact_array)
    assert {leaf.shape for leaf in jax.tree.leaves(learned)} == {(20, 4), (20,), (1, 20), (1,)}


def test_neurons_with_one_code_are_alike():
    net = PlasticNet(9, 4, 2, starts=("normal", "normal", "zero"))
    _, synapses = net.wire(KEY, 5, 2)
    firing = net.firing(synapses, jnp.asarray([1.0, -2, 3, 0, 1]))
    features = TableRules.create(KEY, 4, False, True).neurons(firing)
    np.testing.assert_array_equal(jnp.argmax(features, 1), firing.codes)
    np.testing.assert_array_equal(features.sum(1), np.ones(9))
