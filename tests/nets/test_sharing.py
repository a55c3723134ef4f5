import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import HebbianRules, Life, PlasticNet, live
from ontogeny.nets.plasticity import changes
from ontogeny.nets.sharing import SHARINGS, ByAll, ByCluster, BySynapse, merged

KEY = jax.random.key(5)
FEATURES, SYNAPSES = (2, 2), (7, 3)


def made(sharing, clusters=4):
    return SHARINGS[sharing](KEY, FEATURES, SYNAPSES, 1.0, clusters)


def numbers(rules):
    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(rules, eqx.is_inexact_array)))


@pytest.mark.parametrize(
    ("sharing", "shape", "count"),
    [("all", (2, 2), 4), ("neuron", (2, 2, 7, 3), 40), ("cluster", (2, 2, 7, 3), 16), ("synapse", (2, 2, 7, 3), 84)],
)
def test_few_or_many_numbers_make_a_table(sharing, shape, count):
    rules = made(sharing)
    assert rules.table.shape == shape
    assert numbers(rules) == count


def test_a_synapse_has_the_rule_of_its_cluster_or_the_mean_of_its_neurons():
    rules = made("cluster")
    own = rules.table[:, :, 5, 2]
    np.testing.assert_array_equal(own, rules.values[rules.members[5, 2]])
    neurons = made("neuron")
    expected = (neurons.senders[:, :, 5] + neurons.receivers[:, :, 2]) / 2
    np.testing.assert_allclose(neurons.table[:, :, 5, 2], expected)


def test_changes_of_synapses_with_own_rules_are_those_one_by_one():
    random = np.random.default_rng(0)
    senders, receivers = (random.normal(size=(count, 2)).astype(np.float32) for count in SYNAPSES)
    table = np.asarray(made("synapse").table)
    found = changes(jnp.asarray(senders), jnp.asarray(table), jnp.asarray(receivers))
    for sender in range(7):
        for receiver in range(3):
            expected = senders[sender] @ table[:, :, sender, receiver] @ receivers[receiver]
            np.testing.assert_allclose(found[sender, receiver], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("sharing", ["neuron", "cluster", "synapse"])
def test_rules_of_their_own_that_are_all_the_same_are_one_for_all(sharing):
    life = Life(PlasticNet(12, 6, 2, starts=("normal", "normal", "zero")), credit="soft")
    layers = ((4, 12), (12, 12), (12, 3))
    shared = HebbianRules.create(KEY, layers, scale=0.1)
    each = HebbianRules.create(KEY, layers, sharing)

    def alike(own, one):
        def filled(leaf):
            if not jnp.issubdtype(leaf.dtype, jnp.inexact):
                return leaf
            value = one.values if isinstance(own, ByCluster) else one.values.reshape(2, -1, *(1,) * (leaf.ndim - 2))
            return jnp.broadcast_to(value, leaf.shape)

        return jax.tree.map(filled, own)

    same = dataclasses.replace(
        each, **{name: alike(getattr(each, name), getattr(shared, name)) for name in ("input", "recurrent", "read_out")}
    )
    wiring, synapses = life.net.wire(KEY, 4, 3)
    random = np.random.default_rng(1)
    samples, labels = jnp.asarray(random.normal(size=(20, 4)), jnp.float32), jnp.asarray(random.integers(0, 3, 20))
    both = [eqx.filter_jit(live)(life, rules, wiring, synapses, samples, labels).synapses for rules in (shared, same)]
    assert float(jnp.abs(both[0].recurrent - synapses.recurrent).max()) > 0.01
    for found, wanted in zip(both[1], both[0], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


def test_merging_finds_the_rules_that_there_are():
    wanted = jnp.asarray([[[1.0, 0], [0, 0]], [[0, 5.0], [0, 0]], [[0, 0], [-3.0, 2]]])
    members = jax.random.randint(KEY, SYNAPSES, 0, 3)
    noisy = ByCluster(wanted, members).table + 0.01 * jax.random.normal(KEY, (*FEATURES, *SYNAPSES))
    found = merged(BySynapse(noisy), 3)
    assert found.values.shape == (3, 2, 2)
    np.testing.assert_allclose(found.table, ByCluster(wanted, members).table, atol=0.05)
    again = merged(found, 2)
    assert len(np.unique(again.members)) == 2


def test_what_cannot_be_merged_is_refused():
    with pytest.raises(InputError, match="rules"):
        merged(ByAll(jnp.ones((2, 2))), 1)
    with pytest.raises(InputError, match="give 1 to 21"):
        merged(made("synapse"), 22)
