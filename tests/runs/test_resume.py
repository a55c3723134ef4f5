"""A run that is killed and goes on ends as one that never was: bit for bit."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ontogeny.runs.checkpoints import list_checkpoints
from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_tensors
from ontogeny.runs.launch import resume, start
from ontogeny.runs.metrics import read_metrics

STEPS = 1200


def configuration(by: str, pool: int = 0) -> RunConfig:
    task = {"target": "ring", "size": 7, "channels": 8, "hidden": 8, "steps": [8, 12], "batch": 2, "pool": pool}
    learner = {"by": by} if by == "adam" else {"by": by, "popsize": 16}
    return RunConfig.parse(
        {"task": task, "learner": learner, "until": {"steps": STEPS}, "checkpoint_seconds": 0, "every": 20}
    )


def start_and_kill(config: RunConfig, folder: Path, after: float) -> None:
    """Start the run in another process, and kill it once it has saved and some more time has passed."""
    file = folder.with_suffix(".toml")
    file.write_text(config.to_toml())
    command = [sys.executable, "-m", "ontogeny", "train", str(file), "--out", str(folder), "--no-report", "-q"]
    process = subprocess.Popen(command)
    wanted = 2 if after else 1
    while len(list_checkpoints(folder / "checkpoints")) < wanted and process.poll() is None:
        time.sleep(0.01)
    time.sleep(after * random.random())
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(("by", "pool"), [("es", 0), ("adam", 8), ("ga", 0)])
def test_killed_and_resumed_equals_unbroken(by, pool, tmp_path):
    config = configuration(by, pool)
    start(config, tmp_path / "unbroken")
    start_and_kill(config, tmp_path / "killed", after=1.0)
    newest = list_checkpoints(tmp_path / "killed" / "checkpoints")[0]
    assert 0 < int(newest.stem.partition("-")[2]) < STEPS, "it was not killed half way; the test shows nothing"
    assert not (tmp_path / "killed" / "result.json").exists()
    result = resume(tmp_path / "killed")
    assert result["generations"] == STEPS
    one, _ = load_tensors(tmp_path / "unbroken" / "genome.safetensors")
    two, _ = load_tensors(tmp_path / "killed" / "genome.safetensors")
    for name in one:
        assert one[name].tobytes() == two[name].tobytes(), name
    first, second = read_metrics(tmp_path / "unbroken"), read_metrics(tmp_path / "killed")
    for name in ("step", "evaluations", "loss", "population_loss"):
        np.testing.assert_array_equal(first[name], second[name])


def test_killed_before_the_first_step_can_go_on(tmp_path):
    config = configuration("es")
    start_and_kill(config, tmp_path / "killed", after=0)
    assert resume(tmp_path / "killed", {"steps": 40})["generations"] == 40


def test_interrupt_saves_and_says_how_to_go_on(tmp_path):
    file = tmp_path / "run.toml"
    config = configuration("es").model_copy(
        update={"until": configuration("es").until.model_copy(update={"steps": 10**6})}
    )
    file.write_text(config.to_toml())
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "ontogeny", "train", str(file), "--out", str(folder), "--no-report", "-q"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(list_checkpoints(folder / "checkpoints")) < 2 and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"ontogeny resume {folder}" in out
    assert "Traceback" not in err
    assert resume(folder, {"steps": 1})["stopped"] == "steps", "it stands beyond the new limit already"


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path):
    config = configuration("es")
    start(config.model_copy(update={"until": config.until.model_copy(update={"steps": 200})}), tmp_path / "run")
    newest, _ = list_checkpoints(tmp_path / "run" / "checkpoints")[:2]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    result = resume(tmp_path / "run", {"steps": 260})
    assert result["generations"] == 260
    start(config.model_copy(update={"until": config.until.model_copy(update={"steps": 260})}), tmp_path / "whole")
    one, _ = load_tensors(tmp_path / "run" / "genome.safetensors")
    two, _ = load_tensors(tmp_path / "whole" / "genome.safetensors")
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)
    steps = read_metrics(tmp_path / "run")["step"]
    np.testing.assert_array_equal(steps, np.arange(20, 261, 20))
