"""A run that is killed and goes on ends as one that never was: bit for bit."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ontogeny.runs import launch
from ontogeny.runs.checkpoints import list_checkpoints
from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_tensors
from ontogeny.runs.metrics import read_metrics

ENDLESS = 10**6

# The other tests run code that is not optimised; here it is the code that users run.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}


def configuration(by: str, steps: int = ENDLESS, pool: int = 0) -> RunConfig:
    task = {"target": "ring", "size": 7, "channels": 8, "hidden": 8, "steps": [8, 12], "batch": 2, "pool": pool}
    learner = {"by": by} if by == "adam" else {"by": by, "popsize": 16}
    return RunConfig.parse(
        {"task": task, "learner": learner, "until": {"steps": steps}, "checkpoint_seconds": 0, "every": 20}
    )


def start(config: RunConfig, folder: Path) -> subprocess.Popen[str]:
    file = folder.with_suffix(".toml")
    file.write_text(config.to_toml())
    command = [sys.executable, "-m", "ontogeny", "train", str(file), "--out", str(folder), "--no-report", "-q"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def finish(config: RunConfig, folder: Path) -> None:
    process = start(config, folder)
    _, err = process.communicate()
    assert process.returncode == 0, err


def resume(folder: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "ontogeny", "resume", str(folder), "--no-report", "-q", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    return json.loads(done.stdout)


def wait_for_checkpoints(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    while len(list_checkpoints(folder / "checkpoints")) < count and process.poll() is None:
        time.sleep(0.005)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def assert_same_genome(*folders: Path) -> None:
    one, two = (load_tensors(folder / "genome.safetensors")[0] for folder in folders)
    assert one.keys() == two.keys()
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)


@pytest.mark.parametrize(("by", "pool"), [("es", 0), ("adam", 8)])
def test_killed_and_resumed_equals_unbroken(by, pool, tmp_path):
    # Nobody can say how far it gets before it dies, so the unbroken run is as long as what came of it.
    process = start(configuration(by, ENDLESS, pool), tmp_path / "killed")
    wait_for_checkpoints(process, tmp_path / "killed", 2)
    time.sleep(0.3 * random.random())
    kill(process)
    assert not (tmp_path / "killed" / "result.json").exists()
    reached = int(list_checkpoints(tmp_path / "killed" / "checkpoints")[0].stem.partition("-")[2])
    assert reached > 0
    until = reached + 100
    assert resume(tmp_path / "killed", "--until", f"steps={until}")["generations"] == until
    finish(configuration(by, until, pool), tmp_path / "unbroken")
    assert_same_genome(tmp_path / "unbroken", tmp_path / "killed")
    first, second = read_metrics(tmp_path / "unbroken"), read_metrics(tmp_path / "killed")
    for name in ("step", "evaluations", "loss", "population_loss"):
        np.testing.assert_array_equal(first[name], second[name])


def test_killed_before_the_first_step_can_go_on(tmp_path):
    process = start(configuration("es"), tmp_path / "killed")
    wait_for_checkpoints(process, tmp_path / "killed", 1)
    kill(process)
    assert resume(tmp_path / "killed", "--until", "steps=40")["generations"] == 40


def test_interrupt_saves_and_says_how_to_go_on(tmp_path):
    folder = tmp_path / "run"
    process = start(configuration("es"), folder)
    wait_for_checkpoints(process, folder, 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"ontogeny resume {folder}" in out
    assert "Traceback" not in err
    assert resume(folder, "--until", "steps=1")["stopped"] == "steps", "it stands beyond the new limit already"


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path):
    launch.start(configuration("es", 200), tmp_path / "run")
    newest, _ = list_checkpoints(tmp_path / "run" / "checkpoints")[:2]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    assert launch.resume(tmp_path / "run", {"steps": 260})["generations"] == 260
    launch.start(configuration("es", 260), tmp_path / "whole")
    assert_same_genome(tmp_path / "run", tmp_path / "whole")
    steps = read_metrics(tmp_path / "run")["step"]
    np.testing.assert_array_equal(steps, np.arange(20, 261, 20))


def test_a_genetic_algorithm_that_goes_on_equals_one_that_never_stopped(tmp_path):
    launch.start(configuration("ga", 40), tmp_path / "broken")
    launch.resume(tmp_path / "broken", {"steps": 80})
    launch.start(configuration("ga", 80), tmp_path / "whole")
    assert_same_genome(tmp_path / "broken", tmp_path / "whole")
