"""What the documentation shows runs: by import, and as a user would type it."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ontogeny
from ontogeny.runs.config import RunConfig, read_toml

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command(*words):
    result = subprocess.run([sys.executable, "-m", "ontogeny", *map(str, words)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_own_task_is_trained_by_evolution_from_the_command_line(tmp_path):
    mine = f"{EXAMPLES / 'own_task.py'}:MyTask"
    limits = ["--until", "generations=25", "--set", "task.width=8", "--set", "learner.popsize=16"]
    out = command("train", mine, "--by", "ga", *limits, "--out", tmp_path / "run", "--no-report", "--json", "-q")
    result = json.loads(out)
    assert result["task"] == "MyTask"
    assert result["evaluations"] == 25 * 16
    assert 0 <= result["loss"] <= 0.5
    assert read_toml(tmp_path / "run" / "config.toml")["task"]["width"] == 8


def test_mistakes_have_no_gradient_and_the_surrogate_has_one():
    made = example("own_task").MyTask

    @eqx.filter_jit
    def largest(task):
        genome = task.init(jax.random.key(0))
        batch = task.draw(jax.random.key(1), None)
        gradient = eqx.filter_grad(lambda g: task.loss(g, batch)[0])(genome)
        return jnp.stack([jnp.abs(leaf).max() for leaf in jax.tree.leaves(gradient)]).max()

    assert largest(made()) == 0
    assert largest(made(surrogate=True)) > 0


def test_the_python_example_trains_and_keeps_its_checkpoints(tmp_path, capsys):
    run = example("python_api").main(tmp_path / "run", generations=3)
    assert run.cost.steps == 3
    assert "192 evaluations" in capsys.readouterr().out
    assert (tmp_path / "run" / "checkpoints" / "step-0000000003.npz").exists()


def test_digits_are_read_by_either_learner(capsys):
    found = example("read_digits").main(updates=100, generations=40)
    assert found["adam"] > 0.9
    assert found["es"] > 0.4
    assert "after 12,800 samples" in capsys.readouterr().out


def test_asking_and_telling_finds_the_angles():
    angles, distance = example("ask_tell").main()
    assert angles.shape == (4,)
    assert distance < 0.1


@pytest.mark.parametrize("bias", [True, False])
def test_written_genomes_are_read_in_the_same_order(tmp_path, bias):
    module = example("write_genome")
    draw = np.random.default_rng(0)
    first, second = draw.normal(size=(32, 48)), draw.normal(size=(16, 32))
    module.write(tmp_path / "mine.safetensors", first, draw.normal(size=32) if bias else None, second)
    net = ontogeny.load_nca(tmp_path / "mine.safetensors")
    np.testing.assert_array_equal(net.hidden.weight, first.astype(np.float32))
    assert (net.hidden.bias is not None) == bias
    # Column 3c + f is filter f of channel c; the net itself computes filter-major.
    filter_major = np.asarray(net.hidden.weight.reshape(32, 16, 3).swapaxes(1, 2).reshape(32, 48))
    np.testing.assert_array_equal(module.filter_major_to_channel_major(filter_major), net.hidden.weight)
    assert filter_major[0, 16 + 5] == net.hidden.weight[0, 3 * 5 + 1]


def test_the_small_configuration_is_valid():
    config = RunConfig.parse(read_toml(EXAMPLES / "small.toml"))
    assert config.task.label == "heart-8"
