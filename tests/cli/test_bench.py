import json
import subprocess
import sys

import pytest

from ontogeny.bench.peers import NOT_INSTALLED


@pytest.fixture(autouse=True)
def no_peers(monkeypatch):
    for name in ("evosax", "evosax.algorithms", "evotorch", "torch"):
        monkeypatch.setitem(sys.modules, name, None)


def test_bench_prints_a_table_with_what_is_missing(ontogeny):
    code, out, err = ontogeny("bench", "--only", "mlp", "--popsize", 4, "--repeats", 1)
    assert code == 0
    assert "population 4" in out
    assert "ontogeny.Evolution" in out
    for name in ("evosax.Open_ES", "evotorch.PGPE"):
        assert f"{name}: {NOT_INSTALLED}\n" in out
    assert "mlp: ontogeny.Evolution: setting up" in err


def test_bench_prints_one_json_object(ontogeny):
    code, out, err = ontogeny("bench", "--only", "mlp", "--popsize", 4, "--repeats", 2, "--json", "--quiet")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["options"]["popsize"] == 4
    assert found["versions"]["jax"]
    (table,) = found["tables"]
    assert table["suite"] == "mlp"
    assert len(table["rows"][0]["seconds"]) == 2
    assert [row["missing"] for row in table["rows"][1:]] == [NOT_INSTALLED] * 2


@pytest.mark.parametrize(
    "arguments",
    [("--only", "speed"), ("--sizes", "9;15"), ("--sizes", "1000"), ("--repeats", 0), ("--popsize", 3)],
)
def test_bench_refuses_what_cannot_be_used(ontogeny, arguments):
    code, out, err = ontogeny("bench", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {arguments[0][2:]}: ")
    assert err.count("\n") == 1


def test_bench_has_examples(ontogeny):
    code, out, _ = ontogeny("bench", "--help")
    assert code == 0
    assert "Examples" in out
    assert "ontogeny bench --quick" in out


def test_options_are_refused_before_jax_starts():
    code = "import sys; sys.argv = ['ontogeny', 'bench', '--only', 'x']; import atexit; "
    code += "atexit.register(lambda: print('jax' in sys.modules)); from ontogeny.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout.strip() == "False"
