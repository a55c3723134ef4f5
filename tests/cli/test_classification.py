"""A network that reads digits, from the command line to its report."""

import json

import pytest

from ontogeny.runs.folder import RunFolder

SETTINGS = {"task.data": "digits", "task.hidden": "[32]", "task.batch": 64, "learner.schedule_steps": 300, "every": 50}


@pytest.fixture(scope="module")
def options():
    return [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]


@pytest.fixture
def read(ontogeny, options, tmp_path):
    """A finished run of 300 updates: its folder and what was printed."""
    words = ["train", "mnist-adam", *options, "--until", "steps=300"]
    code, out, _ = ontogeny(*words, "--out", tmp_path / "run", "-q", "--no-report", "--json")
    assert code == 0
    return tmp_path / "run", json.loads(out)


def test_the_result_tells_how_it_does_on_the_test_images(read, ontogeny):
    folder, result = read
    assert result["task"] == "digits-32"
    assert result["samples"] == 300 * 64
    assert 0.9 < result["test_accuracy"] <= 1
    assert result["test_accuracy"] * 256 == pytest.approx(round(result["test_accuracy"] * 256), abs=1e-3)
    assert 0 < result["test_loss"] < 1
    assert RunFolder.open(folder).result["test_accuracy"] == result["test_accuracy"]
    table = RunFolder.open(folder).metrics()
    assert len(table["accuracy"]) == 6
    assert table["accuracy"][-1] > 0.9
    assert table["loss"][-1] == result["loss"]
    code, out, _ = ontogeny("resume", folder, "--until", "steps=350", "-q", "--no-report")
    assert code == 0
    assert f"on the test data: accuracy {RunFolder.open(folder).result['test_accuracy']:.3g}, loss" in out


def test_what_it_cannot_do_is_said(read, ontogeny):
    code, out, err = ontogeny("probe", read[0], "growth")
    assert (code, out) == (2, "")
    assert "digits-32, which grows no image" in err
