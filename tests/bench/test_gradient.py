import numpy as np
import pytest

from ontogeny.bench import gradient
from ontogeny.bench.options import Options
from ontogeny.bench.peers import NOT_INSTALLED


def test_all_find_the_same_gradient(growth):
    expected = gradient.plain(growth).call()
    assert expected.shape == (2048,)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(gradient.compiled(growth).call(), expected, rtol=1e-3, atol=1e-6)


def test_pytorch_finds_it_too(growth):
    pytest.importorskip("torch")
    from ontogeny.bench.nca_torch import gradient as by_torch

    found = by_torch(growth, gradient.chances(growth)).call()
    np.testing.assert_allclose(found, gradient.plain(growth).call(), rtol=1e-3, atol=1e-6)


def test_episodes_differ(growth):
    assert len(np.unique(gradient.chances(growth), axis=0)) == gradient.EPISODES


def test_the_table_without_peers(monkeypatch, growth, no_peers):
    monkeypatch.setattr(gradient, "prepare", lambda size, popsize: growth)
    table = gradient.run(Options(sizes=(5,), repeats=2), print)
    rows = {row["contender"]: row for row in table.rows}
    assert len(rows) == len(gradient.CONTENDERS)
    assert rows["PyTorch"]["missing"] == NOT_INSTALLED
    ours, reference = rows[gradient.OURS], rows[gradient.REFERENCE]
    assert reference["ratio_to_jax"] == ours["ontogeny_is_faster"] == 1
    assert ours["ratio_to_jax"] == pytest.approx(reference["ontogeny_is_faster"])
    assert ours["difference"] < 1e-3
    assert reference["difference"] == 0
