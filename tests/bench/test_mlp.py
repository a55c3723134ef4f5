import numpy as np
import pytest

from ontogeny.bench import mlp
from ontogeny.bench.learning import Learning
from ontogeny.bench.options import Options
from ontogeny.bench.peers import NOT_INSTALLED, why_not
from ontogeny.nets import MLP


def test_the_numbers_of_a_net_are_counted(learning):
    import jax

    net = MLP.create(jax.random.key(0), learning.sizes)
    assert learning.parameters == sum(leaf.size for leaf in jax.tree.leaves(net))
    assert learning.name == "6-5-3"


@pytest.mark.parametrize("key", list(mlp.CONTENDERS))
def test_generations_lower_the_loss(key, learning):
    contender = mlp.CONTENDERS[key]
    if why_not(*contender.needs):
        pytest.skip("not installed")
    trial = contender.build(learning)
    losses = [float(trial.call()) for _ in range(120)]
    assert trial.members == learning.popsize
    # Random labels of three classes: what can be learned is how often each occurs, and a little by heart.
    assert np.mean(losses[-20:]) < np.mean(losses[:20]) - 0.005


def test_the_table_without_peers(monkeypatch, learning, no_peers):
    monkeypatch.setattr(mlp, "Learning", lambda popsize: learning)
    table = mlp.run(Options(repeats=2), print)
    ours, *others = table.rows
    assert ours["contender"] == mlp.OURS
    assert ours["ontogeny_is_faster"] == 1
    assert ours["milliseconds"] >= ours["fastest_milliseconds"] > 0
    assert others == [
        {"contender": "evosax.Open_ES", "missing": NOT_INSTALLED},
        {"contender": "evotorch.PGPE", "missing": NOT_INSTALLED},
    ]


def test_images_and_labels_are_the_same_for_all():
    first, second = Learning(count=32).data, Learning(count=32).data
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert first[0].shape == (32, 784)
