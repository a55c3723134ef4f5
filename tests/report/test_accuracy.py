import dataclasses
import json
import shutil

import numpy as np
import pytest

from ontogeny.report.accuracy import accuracy_figure, examined, examined_words, with_accuracy
from ontogeny.report.html import write_report
from ontogeny.report.material import gather
from ontogeny.runs.config import RunConfig
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import start


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A run of 40 updates on the digits."""
    path = tmp_path_factory.mktemp("digits") / "run"
    task = {"name": "classification", "data": "digits", "hidden": [16]}
    tree = {"task": task, "learner": {"by": "adam", "learning_rate": 0.01}, "until": {"steps": 40}, "every": 10}
    start(RunConfig.parse(tree), path)
    return RunFolder.open(path)


def test_figure_shows_the_metrics_table_in_percent(digits):
    (run,) = gather([digits])
    for narrow in (False, True):
        figure = accuracy_figure([run], narrow)
        for axes, against in zip(figure.axes, ("evaluations", "seconds"), strict=True):
            np.testing.assert_allclose(axes.lines[0].get_xdata(), digits.metrics()[against])
            np.testing.assert_allclose(axes.lines[0].get_ydata(), 100 * digits.metrics()["accuracy"])
        assert figure.axes[0].get_ylabel() == "held-out accuracy (%)"


def test_page_tells_the_test_accuracy_and_keeps_the_figures(digits, tmp_path):
    text = write_report([digits], tmp_path / "page.html").read_text()
    shown = examined(digits.result)["accuracy"]
    assert shown == f"{100 * digits.result['test_accuracy']:.1f}\u00a0%"
    assert text.count(shown) == 3, "in the lead, as a tile, in the table"
    assert "Held-out accuracy during training" in text
    assert "grown by" not in text
    assert {path.name for path in (digits.path / "figures").iterdir()} == {"training.png", "accuracy.png"}


def test_beside_a_run_that_has_none_there_is_a_dash(digits, tmp_path):
    other = RunFolder.open(shutil.copytree(digits.path, tmp_path / "other"))
    result = {name: value for name, value in other.result.items() if not name.startswith("test_")}
    (other.path / "result.json").write_text(json.dumps(result))
    assert (examined(result), examined_words(result)) == ({}, "")
    text = write_report([digits, other], tmp_path / "both.html").read_text()
    row = text[text.index("Test accuracy") :].split("</tr>")[0]
    assert "–" in row
    assert examined(digits.result)["accuracy"] in row


def test_a_task_without_an_accuracy_has_no_figure_of_it(digits):
    (run,) = gather([digits])
    without = dataclasses.replace(run, metrics={"loss": run.metrics["loss"]})
    assert with_accuracy([run, without]) == [run]


def test_a_loss_that_is_no_number_is_told(digits, tmp_path):
    folder = RunFolder.open(shutil.copytree(digits.path, tmp_path / "run"))
    assert "the loss is not a number" in examined_words({**folder.result, "test_loss": float("nan")})
