import numpy as np
import pytest

from ontogeny.bench.contest import Contender, contest
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.peers import NOT_INSTALLED


def silent(text):
    del text


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr("ontogeny.bench.contest._TURN", 0.0)
    monkeypatch.setattr("ontogeny.bench.contest._REST", 0.0)


def counting(name, calls, needs=()):
    def build(setting):
        def call():
            calls.append(name)
            return np.full(setting, len(calls), float)

        return Trial(call, setting, "as told")

    return Contender(name, build, needs)


def test_contenders_take_turns():
    calls = []
    outcomes = contest([counting("a", calls), counting("b", calls)], 3, 2, silent)
    assert calls == ["a", "a", "b", "b", "a", "b", "a", "b"]
    assert [len(outcome.seconds) for outcome in outcomes.values()] == [2, 2]
    assert (outcomes["a"].members, outcomes["a"].detail) == (3, "as told")
    np.testing.assert_array_equal(outcomes["b"].losses, [3, 3, 3])  # of its first call


def test_a_short_call_is_made_several_times_in_a_turn(monkeypatch):
    monkeypatch.setattr("ontogeny.bench.contest._TURN", 0.01)
    calls = []
    outcomes = contest([counting("a", calls)], 1, 1, silent)
    assert len(calls) > 10
    assert outcomes["a"].median < 0.005


def test_medians_and_rates():
    outcome = Outcome("a", members=10, seconds=(1.0, 9.0, 2.0))
    assert outcome.median == 2.0
    assert outcome.rate == 5.0


def test_what_is_not_installed_sits_out():
    calls = []
    outcomes = contest([counting("a", calls, ("no_such_library",)), counting("b", calls)], 1, 1, silent)
    assert outcomes["a"].missing == NOT_INSTALLED
    assert set(calls) == {"b"}


def test_only_the_failure_of_a_peer_is_survived():
    def build(setting):
        raise RuntimeError("its interface has changed\nsince then")

    outcomes = contest([Contender("peer", build, ("numpy",))], None, 1, silent)
    assert outcomes["peer"].missing == "failed: RuntimeError: its interface has changed"
    with pytest.raises(RuntimeError):
        contest([Contender("own", build)], None, 1, silent)


def test_each_is_told():
    told = []
    contest([counting("a", [])], 1, 2, told.append)
    assert told == ["a: setting up", "round 1 of 2", "round 2 of 2"]
