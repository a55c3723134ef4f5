import shutil

import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.report.compare import compare, curves_figure
from ontogeny.report.groups import group
from ontogeny.report.labels import labels
from ontogeny.report.verdict import Party, verdict
from ontogeny.runs.config import RunConfig
from ontogeny.runs.folder import RunFolder


@pytest.fixture(scope="module")
def wider(runs, tmp_path_factory):
    """The run es0 as if it had been made with other settings."""
    path = shutil.copytree(runs["es0"].path, tmp_path_factory.mktemp("more") / "wide")
    text = (path / "config.toml").read_text()
    assert "popsize = 8" in text
    (path / "config.toml").write_text(text.replace("popsize = 8", "popsize = 16"))
    return RunFolder.open(path)


def test_runs_are_grouped_by_everything_but_the_seed(runs, wider, tmp_path):
    rows = compare([runs["es1"], runs["adam"], wider, runs["es0"]], tmp_path / "page.html")["groups"]
    assert [(row["group"], row["seeds"]) for row in rows] == [
        ("ring-7 es popsize=8", [0, 1]),
        ("ring-7 adam", [0]),
        ("ring-7 es popsize=16", [0]),
    ]
    losses = [runs[name].result["loss"] for name in ("es0", "es1")]
    assert rows[0]["loss"] == pytest.approx({"median": np.mean(losses), "low": min(losses), "high": max(losses)})
    assert rows[0]["stopped"] == "steps ×2"
    assert rows[1]["evaluations"] == runs["adam"].result["evaluations"]
    text = (tmp_path / "page.html").read_text()
    assert "://" not in text
    assert all(row["group"] in text for row in rows)


def test_curve_is_the_median_over_seeds(runs):
    (found,), _ = group([runs["es0"], runs["es1"]])
    x, median, low, high = found.curve("evaluations")
    losses = np.asarray([runs[name].metrics()["loss"] for name in ("es0", "es1")])
    np.testing.assert_array_equal(x, runs["es0"].metrics()["evaluations"])
    np.testing.assert_allclose(median, losses.mean(axis=0))
    np.testing.assert_allclose([low, high], [losses.min(axis=0), losses.max(axis=0)])
    assert len(curves_figure([found]).axes[0].lines) == 3


def test_a_run_that_still_trains_counts_as_it_stands(runs, tmp_path):
    going = RunFolder.open(shutil.copytree(runs["es0"].path, tmp_path / "going"))
    (going.path / "result.json").unlink()
    (row,) = compare([going], tmp_path / "page.html")["groups"]
    assert row["stopped"] == "running"
    assert row["loss"]["median"] == going.metrics()["loss"][-1]
    assert "have not ended" in (tmp_path / "page.html").read_text()
    (going.path / "metrics.csv").unlink()
    with pytest.raises(InputError, match="nothing was measured"):
        compare([going], tmp_path / "page.html")
    rows = compare([going, runs["adam"]], tmp_path / "page.html")["groups"]
    assert len(rows) == 1
    assert "is left out" in (tmp_path / "page.html").read_text()


def test_copies_of_a_seed_are_told(runs, tmp_path):
    compare([runs["es0"], runs["es0"]], tmp_path / "page.html")
    assert "more than once" in (tmp_path / "page.html").read_text()


def test_labels_name_what_differs_and_no_more():
    def config(by, seed=0, **learner):
        return RunConfig.parse({"seed": seed, "learner": {"by": by, **learner}, "until": {"steps": 9}})

    configs = [config("es"), config("es", popsize=8), config("adam")]
    assert labels(configs) == ["carrot-9 es popsize=64", "carrot-9 es popsize=8", "carrot-9 adam"]
    assert labels([config("es"), config("adam")], short=True) == ["es", "adam"]
    assert labels([config("es"), config("es", 3)], short=True) == ["es seed=0", "es seed=3"]
    assert labels([config("es"), config("es")], short=True) == ["es (1)", "es (2)"]


def party(label, losses, by=None, task="t"):
    many = len(losses)
    return Party(task, label, by or label, losses, [100.0] * many, [1.0] * many, [])


def test_verdict_names_the_worse_one_whichever_it_is():
    for better, worse in (("es", "adam"), ("adam", "es")):
        (text,) = verdict([party(better, [0.01]), party(worse, [0.04])])
        assert text.startswith(f"{worse} ends worse than {better}")
        assert "4.0 times" in text
        assert "One seed" in text


def test_verdict_claims_no_difference_where_there_is_none():
    (text,) = verdict([party("es", [0.0100]), party("adam", [0.0105])])
    assert "no difference" in text


def test_verdict_says_when_seeds_overlap_and_when_not():
    (text,) = verdict([party("es", [1.0, 2.0, 5.0]), party("adam", [4.0, 6.0, 7.0])])
    assert "overlap" in text
    (text,) = verdict([party("es", [1.0, 2.0, 3.0]), party("adam", [4.0, 6.0, 7.0])])
    assert "Every run of es ends below every run of adam; with 3 seeds that is a hint" in text


def test_verdict_bears_what_is_no_number_and_different_tasks():
    nan, inf = float("nan"), float("inf")
    (text,) = verdict([party("es", [nan]), party("adam", [0.1])])
    assert text.startswith("es ends worse than adam")
    (text,) = verdict([party("es", [nan]), party("adam", [inf])])
    assert "Neither" in text
    assert any("different tasks" in text for text in verdict([party("es", [1.0]), party("adam", [2.0], task="u")]))
