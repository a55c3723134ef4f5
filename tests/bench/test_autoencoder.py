import jax
import numpy as np
import pytest

from ontogeny.bench import autoencoder
from ontogeny.bench.options import Options
from ontogeny.nets import Autoencoder
from ontogeny.nets.autoencoder import to_signal


@pytest.fixture(scope="module")
def work():
    return autoencoder.prepare(4)


def test_all_find_the_same_losses(work):
    expected = autoencoder.convolutions(work).call()
    assert expected.shape == (4,)
    assert len(np.unique(expected)) == 4
    np.testing.assert_allclose(autoencoder.compiled(work).call(), expected, rtol=1e-4)
    np.testing.assert_allclose(autoencoder.plain(work).call(), expected, rtol=1e-4)


def test_convolutions_by_xla_are_ours_with_biases_too():
    layers = ("convolution 3 2 bias", "transposed 2 shared bias", "transposed 2 linear bias")
    net = Autoencoder.create(jax.random.key(0), (6, 6), layers)
    net = jax.tree.map(lambda leaf: leaf + 0.1, net)
    signal = to_signal(jax.random.uniform(jax.random.key(1), (3, 6, 6)))
    np.testing.assert_allclose(autoencoder.convolved(net, signal), net.run(signal, 0, 3), atol=1e-5)


def test_the_table(monkeypatch, work):
    monkeypatch.setattr(autoencoder, "prepare", lambda popsize: work)
    table = autoencoder.run(Options(repeats=2), print)
    rows = {row["contender"]: row for row in table.rows}
    ours, reference = rows[autoencoder.OURS], rows[autoencoder.REFERENCE]
    assert len(rows) == len(autoencoder.CONTENDERS)
    assert reference["ratio_to_convolutions"] == ours["ontogeny_is_faster"] == 1
    assert ours["ratio_to_convolutions"] == pytest.approx(reference["ontogeny_is_faster"])
    assert all(row["difference"] < 1e-4 for row in rows.values())
    assert ours["gflops_per_second"] == pytest.approx(ours["evaluations_per_second"] * 1.7e-3, rel=0.2)
