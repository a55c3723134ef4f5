import sys

from ontogeny.bench.peers import NOT_INSTALLED, PEERS, versions, why_not


def test_what_is_there_may_be_used():
    assert why_not() == ""
    assert why_not("numpy", "jax.numpy") == ""


def test_what_is_blocked_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert why_not("numpy", "torch") == NOT_INSTALLED
    assert why_not("no_such_library.part") == NOT_INSTALLED


def test_what_is_broken_says_why(monkeypatch, tmp_path):
    (tmp_path / "broken_library.py").write_text("raise OSError('a library of its own is missing')")
    (tmp_path / "hollow_library.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(tmp_path)
    assert "a library of its own is missing" in why_not("broken_library")
    assert why_not("hollow_library") == "does not import: No module named 'no_such_library'"


def test_versions_of_all_peers():
    found = versions()
    assert set(found) == {"jax", *PEERS}
    assert found["jax"]
