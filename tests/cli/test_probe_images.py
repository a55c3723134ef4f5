"""Probes of a network that reads digits, from the command line to its report."""

import json
import shutil

import equinox as eqx
import jax
import numpy as np
import pytest

from ontogeny.probes import ImageAttack
from ontogeny.runs.folder import RunFolder

TASK = ["--set", "task.data=digits", "--set", "task.hidden=[16, 12]", "--set", "task.batch=64"]
SCHEDULE = ["--set", "learner.schedule_steps=200"]
HYBRID = ["popsize=3", "children=3", "fresh=0", "gradient_steps=60", "learning_rate=0.1"]


def _trained(tmp_path_factory, name, *words):
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("runs") / name
    command = [sys.executable, "-m", "ontogeny", "train", *words, "--out", str(folder), "-q", "--no-report"]
    subprocess.run(command, capture_output=True, text=True, check=True)
    return folder


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    return _trained(tmp_path_factory, "single", "mnist-adam", *TASK, *SCHEDULE, "--until", "steps=200")


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    settings = [part for text in HYBRID for part in ("--set", f"learner.{text}")]
    return _trained(
        tmp_path_factory, "population", "mixed-horizontal-text", *TASK, *settings, "--until", "generations=2"
    )


@pytest.fixture
def found(ontogeny):
    """What a probe prints as JSON."""

    def probe(*words):
        code, out, _ = ontogeny("probe", *words, "--json")
        assert code == 0
        return json.loads(out)

    return probe


def _nets(path):
    folder = RunFolder.open(path)
    task = folder.config.task.build()
    like = eqx.filter_eval_shape(task.init, jax.random.key(0))
    return task.data.test, folder.genome(like), folder.population(like)


def _right(net, images, labels):
    return float((np.asarray(net(np.reshape(images, (len(images), -1)))).argmax(1) == labels).mean())


def test_attacks_are_those_of_the_kept_genome_on_test_images(single, found):
    test, net, _ = _nets(single)
    ours = found(single, "fgsm", "--set", "epsilon=0.05")
    logits = lambda net, images: net(images.reshape(len(images), -1))  # noqa: E731
    moved = ImageAttack("fgsm", 0.05).attacked(logits, net, *test)
    assert ours["figures"]["clean"] == pytest.approx(RunFolder.open(single).result["test_accuracy"])
    assert ours["figures"]["attacked"] == pytest.approx(_right(net, moved, test.labels), abs=1e-6)
    assert (ours["epsilon"], ours["images"], ours["seed"]) == (0.05, 256, 0)
    assert "method" not in ours
    stronger = found(single, "pgd", "--set", "steps=5", "--set", "epsilon=0.2")["figures"]
    assert stronger["attacked"] < ours["figures"]["attacked"] < ours["figures"]["random_signs"]
    kept = RunFolder.open(single).probes()
    assert kept["fgsm-epsilon-0.05"]["figures"] == ours["figures"]
    assert "pgd-epsilon-0.2-steps-5" in kept


def test_corruption_and_calibration(single, found, ontogeny):
    changed = found(single, "corruption", "--set", "noise=[0.2]", "--set", "blur=[]")
    assert list(changed["figures"]["noise"]) == ["0.2"]
    assert changed["figures"]["blur"] == {}
    assert list(changed["figures"]["shift"]) == ["1", "2", "3", "4"]
    assert "corruption-noise-0.2-blur-none" in RunFolder.open(single).probes()
    sure = found(single, "calibration", "--set", "bins=5")
    assert sure["figures"]["negative_log_likelihood"] == pytest.approx(
        RunFolder.open(single).result["test_loss"], rel=1e-4
    )
    assert sum(row["images"] for row in sure["reliability"]) == 256
    assert sure["reliability"][-1]["up_to"] == 1
    code, out, _ = ontogeny("probe", single, "calibration")
    assert code == 0
    assert "0.93 to 1.00" in out
    assert "expected calibration error" in out
    assert "noise 0.1" in ontogeny("probe", single, "corruption")[1]


def test_a_population_is_shown_each_others_images(population, found, ontogeny):
    test, _, members = _nets(population)
    crossed = found(population, "transfer", "--set", "epsilon=0.05")
    table = np.asarray(crossed["accuracies"])
    assert table.shape == (3, 3)
    assert crossed["members"] == 3
    assert crossed["figures"]["white_box"] == pytest.approx(np.diag(table).mean())
    clean = [_right(jax.tree.map(lambda leaf, i=i: leaf[i], members), *test) for i in range(3)]
    assert crossed["clean_accuracies"] == pytest.approx(clean)
    assert crossed["figures"]["random_signs"] == pytest.approx(np.mean(clean), abs=0.05)
    alike = found(population, "agreement")
    assert set(alike["alignments"]) == {"layer 1", "layer 2", "logits"}
    assert 0 < alike["figures"]["disagreement"]["mean"] < 0.5
    assert "transferred lowest" in ontogeny("probe", population, "transfer")[1]


def test_what_cannot_be_probed_is_said(single, ontogeny, grown, tmp_path):
    def refused(*words):
        code, out, err = ontogeny("probe", *words)
        assert (code, out) == (2, "")
        return " ".join(err.split())

    assert "kept one genome" in refused(single, "transfer")
    assert "choose from fgsm, pgd, corruption, calibration, transfer, agreement" in refused(single, "noise")
    assert "an image that grows; choose from growth, erase" in refused(grown[0], "fgsm")
    assert "choose from epsilon, clip, spare_mistakes, norm" in refused(single, "fgsm", "--set", "steps=3")
    assert "0 to 1" in refused(single, "fgsm", "--set", "epsilon=-1")
    assert "1 or more" in refused(single, "calibration", "--set", "bins=0")
    assert "no fields" in refused(single, "agreement", "--set", "bins=0")
    assert "probes that grow an image" in refused(single, "pgd", "--steps", 20)
    assert "option of erase" in refused(single, "pgd", "--square", 2)
    assert "give its folder" in refused("--genome", single / "genome.safetensors", "fgsm")
    shutil.copytree(single, tmp_path / "unfinished", ignore=shutil.ignore_patterns("*.safetensors"))
    assert "has not ended" in refused(tmp_path / "unfinished", "fgsm")


def test_components_are_no_pixels(ontogeny, tmp_path, found):
    words = ["--set", "task.components=8", "--until", "steps=30", "--out", tmp_path / "run", "-q", "--no-report"]
    assert ontogeny("train", "mnist-adam", *TASK, *words)[0] == 0
    for kind in ("fgsm", "corruption", "transfer"):
        code, _, err = ontogeny("probe", tmp_path / "run", kind)
        assert code == 2
        assert "8 principal components" in err
    assert found(tmp_path / "run", "calibration")["figures"]["accuracy"] == pytest.approx(
        RunFolder.open(tmp_path / "run").result["test_accuracy"]
    )


def test_list_knows_their_fields(ontogeny):
    probes = {entry["name"]: entry for entry in json.loads(ontogeny("list", "probes", "--json")[1])["probes"]}
    assert {field["name"] for field in probes["fgsm"]["fields"]} == {"epsilon", "clip", "spare_mistakes", "norm"}
    assert {field["name"]: field["default"] for field in probes["corruption"]["fields"]}["shift"] == [1, 2, 3, 4]
    assert probes["fgsm"]["task"] == "classification"
    assert probes["noise"]["task"] == "growing"


def test_the_report_shows_them_until_the_genome_changes(single, population, found, ontogeny, tmp_path):
    run = shutil.copytree(single, tmp_path / "run")
    shutil.rmtree(run / "probes", ignore_errors=True)
    figures = found(run, "fgsm", "--set", "epsilon=0.03")["figures"]
    (run / "probes" / "other.json").write_text('{"probe": "of another version", "figures": {}}')
    assert ontogeny("report", run)[0] == 0
    page = (run / "report.html").read_text()
    assert "epsilon 0.03, clip yes" in page
    assert f"attacked {figures['attacked']:.3f}" in page
    assert ontogeny("resume", run, "--until", "steps=210", "-q", "--no-report")[0] == 0
    assert ontogeny("report", run)[0] == 0
    assert "epsilon 0.03" not in (run / "report.html").read_text()
