import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.bench import nca, nca_jax
from ontogeny.bench.growth import STEPS, Growth, shares
from ontogeny.bench.options import Options
from ontogeny.bench.peers import NOT_INSTALLED
from ontogeny.nets import NCA


@pytest.fixture(scope="module")
def expected(growth) -> np.ndarray:
    return nca_jax.vmapped(growth).call()


def test_ours_and_the_plain_version_find_the_same_losses(growth, expected):
    assert expected.shape == (4,)
    np.testing.assert_allclose(nca_jax.given(growth).call(), expected, rtol=1e-4)
    np.testing.assert_allclose(nca_jax.rebuilt(growth).call(), expected, rtol=1e-4)


def test_shares_are_those_of_a_rollout_by_hand(growth):
    net, state = growth.net, growth.task.seed
    living, computed = [], []
    for mask in growth.masks:
        alpha = np.pad(np.asarray(state[..., 3]), 1, constant_values=-np.inf)
        lives = np.lib.stride_tricks.sliding_window_view(alpha, (3, 3)).max((2, 3)) > 0.1
        living.append(lives.mean())
        computed.append((lives & np.asarray(mask)).mean())
        state = net.step(state, mask)
    assert len(living) == STEPS
    assert growth.living == pytest.approx(np.mean(living), rel=1e-5)
    assert growth.computed == pytest.approx(np.mean(computed), rel=1e-5)


def test_nothing_lives_in_an_empty_grid(growth):
    found = shares(growth.net, jnp.zeros_like(growth.task.seed), growth.batch.words[0])
    np.testing.assert_array_equal(found, 0)


def test_the_table_without_peers(monkeypatch, growth, no_peers):
    monkeypatch.setattr(nca, "prepare", lambda size, popsize: growth)
    monkeypatch.setattr(nca, "peak", lambda: {"jax": 2.0, "numpy": 4.0})
    table = nca.run(Options(sizes=(5,), repeats=2), print)
    rows = {row["contender"]: row for row in table.rows}
    assert len(rows) == len(nca.CONTENDERS)
    assert {row["missing"] for row in rows.values() if "missing" in row} == {NOT_INSTALLED}
    assert {name for name, row in rows.items() if "missing" not in row} == {
        nca.OURS,
        nca.REFERENCE,
        "ontogeny from keys",
    }
    ours, vmap = rows[nca.OURS], rows[nca.REFERENCE]
    assert vmap["ratio_to_vmap"] == ours["ontogeny_is_faster"] == 1
    assert ours["ratio_to_vmap"] == pytest.approx(vmap["ontogeny_is_faster"])
    assert len(ours["seconds"]) == 2
    assert ours["of_peak"] == pytest.approx(ours["gflops_per_second"] / 4)
    assert ours["difference"] < 1e-4
    for row in rows.values():
        assert all(isinstance(column.cell(row), str) for column in table.columns)


def test_quick_does_not_compile_pytorch(monkeypatch, growth, no_peers):
    monkeypatch.setattr(nca, "prepare", lambda size, popsize: growth)
    monkeypatch.setattr(nca, "peak", lambda: {"jax": 2.0})
    table = nca.run(Options(sizes=(5,), repeats=1, quick=True), print)
    assert "PyTorch, compiled" not in {row["contender"] for row in table.rows}


def test_pytorch_finds_the_same_losses(growth, expected):
    pytest.importorskip("torch")
    from ontogeny.bench.nca_torch import eager

    trial = eager(growth)
    np.testing.assert_allclose(trial.call(), expected[: trial.members], rtol=1e-4)


def test_cax_makes_the_same_updates_where_all_cells_fire(growth):
    pytest.importorskip("cax.core")
    pytest.importorskip("evosax.algorithms")
    from ontogeny.bench.nca_cax import Automaton, visible_last

    net = NCA(growth.net.hidden, growth.net.output, 1.0)
    state = jax.random.uniform(jax.random.key(0), growth.task.seed.shape)
    theirs = Automaton(net)(visible_last(state, -1), num_steps=5)
    for _ in range(5):
        state = net.step(state, jnp.ones(state.shape[:2]))
    np.testing.assert_allclose(theirs, visible_last(state, -1), atol=1e-5)


def test_cax_evaluates_members(growth: Growth, expected):
    pytest.importorskip("cax.core")
    pytest.importorskip("evosax.algorithms")
    from ontogeny.bench.nca_cax import asked

    trial = asked(growth)
    losses = trial.call()
    assert losses.shape == (4,)
    assert len(set(losses.tolist())) == 4
    np.testing.assert_array_equal(losses, trial.call())
    assert losses.mean() == pytest.approx(expected.mean(), rel=0.5)
