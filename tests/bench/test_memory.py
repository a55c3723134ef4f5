import subprocess
import sys

import numpy as np
import pytest

from ontogeny.bench import memory, rss
from ontogeny.bench.learning import Learning
from ontogeny.bench.options import Options
from ontogeny.bench.peers import NOT_INSTALLED


def test_a_contender_is_measured_in_a_process_of_its_own():
    held = np.ones(2**27)  # a gigabyte here must not count there
    row = memory._measure("ontogeny", Learning((6, 5, 3), popsize=8, batch=16, count=64))
    assert held.nbytes / 1e6 > row["peak_mb"] > row["imports_mb"] > 10


def test_the_peak_grows_with_what_is_held():
    script = "from ontogeny.bench.rss import peak_bytes; a = peak_bytes(); b = b'1' * 2**26; print(peak_bytes() - a)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 2**26 - 2**20
    assert rss.peak_bytes() > 2**20


def test_what_does_not_fit_is_not_started(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 10**9)
    row = memory._measure("evosax", Learning((784, 512, 512, 10), popsize=1024))
    assert row == {"missing": "not measured: takes up to 11 GB, 1 GB are free"}


def test_a_failure_is_one_line():
    row = memory._measure("ontogeny", Learning((6, 5, 3), popsize=7))
    assert row["missing"].startswith("failed: ")
    assert "popsize: 7" in row["missing"]


def test_ratios_are_to_ontogeny(monkeypatch):
    found = {
        "ontogeny": {"peak_mb": 100.0, "imports_mb": 50.0},
        "evosax": {"peak_mb": 400.0, "imports_mb": 60.0},
        "evotorch": {"missing": NOT_INSTALLED},
    }
    asked = []
    monkeypatch.setattr(memory, "_measure", lambda key, learning: asked.append(learning) or dict(found[key]))
    table = memory.run(Options(popsize=32), print)
    assert [row.get("ratio") for row in table.rows] == [1, 4, None]
    assert asked[0] == Learning((784, 512, 512, 10), popsize=32, batch=64)


@pytest.mark.parametrize("quick", [False, True])
def test_the_population(monkeypatch, quick):
    asked = []
    monkeypatch.setattr(memory, "_measure", lambda key, learning: asked.append(learning.popsize) or {"missing": ""})
    memory.run(Options(quick=quick), print)
    assert set(asked) == {128 if quick else 1024}
