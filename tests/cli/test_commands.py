import json
import subprocess
import sys
import time

import numpy as np
import pytest

from ontogeny.runs.folder import RunFolder
from ontogeny.runs.metrics import read_metrics

FIELDS = {
    "run", "by", "loss", "population_loss", "generations", "evaluations", "seconds", "compile_seconds", "stopped",
}  # fmt: skip


def test_grow_prints_one_json_object_and_leaves_a_whole_folder(grown):
    folder, result = grown
    assert set(result) >= FIELDS
    assert result["generations"] == 50
    assert result["evaluations"] == 50 * 256
    assert result["stopped"] == "steps"
    assert 0 < result["compile_seconds"] < result["seconds"]
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "config.toml",
        "environment.json",
        "metrics.csv",
        "events",
        "checkpoints",
        "genome.safetensors",
        "result.json",
    }
    assert list((folder / "events").iterdir())


def test_the_metrics_table_is_read_by_pandas(grown):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(grown[0] / "metrics.csv")
    assert list(table["step"]) == [25, 50]
    assert np.isfinite(table.to_numpy()).all()


def test_the_configuration_runs_again_to_the_same_genome(ontogeny, grown, tmp_path):
    folder, result = grown
    code, out, _ = ontogeny("train", folder / "config.toml", "--out", tmp_path / "again", "--json", "--no-report", "-q")
    assert code == 0
    assert json.loads(out)["loss"] == result["loss"]
    assert (tmp_path / "again" / "genome.safetensors").read_bytes() == (folder / "genome.safetensors").read_bytes()


def test_the_devices_and_the_chunk_do_not_matter(ontogeny, grown, tmp_path):
    # Sums in another order differ by rounding, which Muon makes larger than Adam does.
    classic = ["learner.optimizer=adam", "learner.noise=byte-sums", "learner.antithetic=true", "learner.sigma=0.01"]
    classic += ["learner.shaping=centred-ranks", "learner.learning_rate=0.003"]

    def loss(name, *options):
        rest = ["--until", "steps=50", "--out", tmp_path / name, "--json", "--no-report", "-q"]
        settings = [word for setting in classic for word in ("--set", setting)]
        code, out, _ = ontogeny("train", grown[0] / "config.toml", *settings, *options, *rest)
        assert code == 0
        return json.loads(out)["loss"]

    small, large = (loss(n, "--set", "learner.devices=1", "--set", f"learner.chunk={n}") for n in ("4", "32"))
    assert small == pytest.approx(large, rel=1e-3)
    assert loss("chosen") == pytest.approx(small, rel=1e-3)


@pytest.mark.parametrize("by", ["adam", "ga"])
def test_grow_by_the_other_learners(ontogeny, small, by, tmp_path):
    out = tmp_path / by
    code, printed, _ = ontogeny(
        "grow", "ring", "--size", 7, "--by", by, *small, "--until", "steps=30", "--out", out, "--no-report"
    )
    assert code == 0
    assert "stopped: all steps are done" in printed
    assert RunFolder.open(out).result["by"] == by


def test_progress_goes_to_standard_error_only(small, tmp_path):
    command = [sys.executable, "-m", "ontogeny", "grow", "ring", "--size", "7", *small, "--until", "steps=30"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "run"), "--json", "--no-report"], capture_output=True, text=True, check=True
    )
    json.loads(done.stdout)
    assert "compiling" in done.stderr


def test_a_goal_stops_the_run(ontogeny, small, tmp_path):
    code, out, _ = ontogeny(
        "grow", "ring", "--size", 7, *small, "--until", "loss=0.2", "--until", "steps=5000",
        "--out", tmp_path / "run", "--json", "--no-report", "-q",
    )  # fmt: skip
    result = json.loads(out)
    assert code == 0
    assert result["stopped"] == "loss"
    assert result["loss"] <= 0.2
    assert result["generations"] % 25 == 0


def test_divergence_is_said_and_the_last_good_genome_kept(ontogeny, small, tmp_path):
    code, out, _ = ontogeny(
        "grow", "ring", "--size", 7, "--by", "adam", *small, "--set", "learner.optimizer=sgd",
        "--set", "learner.learning_rate=1e30", "--until", "steps=500", "--set", "every=1",
        "--out", tmp_path / "run", "--no-report", "-q",
    )  # fmt: skip
    assert code == 1
    assert "diverged" in out
    tensors = RunFolder.open(tmp_path / "run").nca()
    assert np.isfinite(np.asarray(tensors.hidden.weight)).all()


def test_resume_of_a_finished_run_with_a_further_limit(ontogeny, small, tmp_path):
    folder = tmp_path / "run"
    ontogeny("grow", "ring", "--size", 7, *small, "--until", "steps=30", "--out", folder, "--no-report", "-q")
    code, out, _ = ontogeny("resume", folder, "--until", "generations=60", "--json", "--no-report", "-q")
    assert code == 0
    assert json.loads(out)["generations"] == 60
    np.testing.assert_array_equal(read_metrics(folder)["step"], [25, 50])


def test_probe_a_disturbance(ontogeny, grown):
    folder, _ = grown
    quick = ["--steps", 20, "--rollouts", 4]
    code, out, _ = ontogeny("probe", folder, "noise", "--set", "sigma=0.5", *quick, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["sigma"] == 0.5
    assert found["recovered"] is None, "it lasts"
    kept = RunFolder.open(folder).probes()["noise-sigma-0.5"]
    assert len(kept["curve"]["median"]) == 20
    assert kept["loss"]["20"] == found["loss"]["20"] != kept["untouched"]["20"]
    code, out, _ = ontogeny("probe", folder, "attack", "--set", "at=5", "--set", "horizon=3", *quick)
    assert code == 0
    assert "decades" in out
    assert "attack-horizon-3-at-5" in RunFolder.open(folder).probes()


def test_probe_growth_and_erase(ontogeny, grown):
    folder, _ = grown
    code, out, _ = ontogeny("probe", folder, "growth", "--steps", 40, "--rollouts", 8, "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found["loss"]) == {"35", "40"}
    code, out, _ = ontogeny("probe", folder, "erase", "--bottom", 3, "--steps", 60, "--rollouts", 8, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["cells"] == 21
    assert {"erase-bottom-3", "growth"} <= set(RunFolder.open(folder).probes())
    code, out, _ = ontogeny("probe", folder, "erase", "--steps", 60, "--rollouts", 8)
    assert "9 cells erased" in out


def test_runs_lists_them(ontogeny, grown):
    code, out, _ = ontogeny("runs", grown[0].parent, "--json")
    assert code == 0
    assert json.loads(out)["runs"][0]["task"] == "ring-7"
    assert "ring-7" in ontogeny("runs", grown[0].parent)[1]


@pytest.mark.parametrize("kind", ["tasks", "nets", "learners", "strategies", "presets", "probes", "targets", "data"])
def test_list_knows_every_kind(ontogeny, kind):
    code, out, _ = ontogeny("list", kind, "--json")
    assert code == 0
    assert all(entry["name"] and entry["about"] for entry in json.loads(out)[kind])
    assert kind in ontogeny("list", kind)[1]


@pytest.mark.parametrize("command", ["grow", "train", "resume", "demo", "probe", "compare", "report", "runs", "list"])
def test_help_has_an_example(ontogeny, command):
    code, out, _ = ontogeny(command, "--help")
    assert code == 0
    assert "Example" in out
    assert f"ontogeny {command}" in out


def test_import_and_help_do_not_start_jax():
    for code in ("import ontogeny", "import sys; sys.argv = ['ontogeny', '--help']; import ontogeny.__main__"):
        check = f"import atexit, sys; atexit.register(lambda: print('jax' in sys.modules))\n{code}"
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
        assert done.stdout.rstrip().endswith("False")
        assert done.returncode == 0
        assert time.perf_counter() - start < 20


def test_report_and_compare_write_pages(ontogeny, grown, tmp_path):
    folder, result = grown
    code, out, _ = ontogeny("report", folder, "--out", tmp_path / "report.html", "--json")
    assert code == 0
    assert json.loads(out)["report"] == str(tmp_path / "report.html")
    assert "<html" in (tmp_path / "report.html").read_text()
    code, out, _ = ontogeny("compare", folder, "--out", tmp_path / "compare.html", "--json")
    group = json.loads(out)["groups"][0]
    assert code == 0
    assert group["loss"]["median"] == pytest.approx(result["loss"])
    code, out, _ = ontogeny("compare", folder, "--out", tmp_path / "compare.html")
    assert code == 0
    assert "ring-7" in out


def test_missing_kernels_are_said_once_on_standard_error(ontogeny, tmp_path, monkeypatch):
    monkeypatch.setattr("ontogeny.kernels.native.why_plain", lambda: "no compiled kernels: no compiler")
    options = ["grow", "heart", "--size", "5", "--until", "steps=1", "--no-report", "--out", tmp_path / "run", "--json"]
    code, out, err = ontogeny(*options)
    assert code == 0
    assert json.loads(out)["generations"] == 1
    assert err.count("note: no compiled kernels: no compiler; automata grow by the plain version") == 1


def test_the_environment_says_what_the_kernels_use(grown):
    from ontogeny.kernels.native import instruction_set

    environment = json.loads((grown[0] / "environment.json").read_text())
    assert environment["kernels"] == instruction_set()
