"""Small real runs that the tests of the reports share."""

from pathlib import Path

import jax
import pytest

from ontogeny.runs.config import RunConfig
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.launch import start


def make_run(path: Path, by: str = "es", seed: int = 0, steps: int = 6, **learner) -> RunFolder:
    """A run of a few steps on a 7×7 ring."""
    config = RunConfig.parse(
        {
            "seed": seed,
            "every": 2,
            "task": {"target": "ring", "size": 7, "channels": 8, "hidden": 8, "steps": (6, 9)},
            "learner": {"by": by, **learner},
            "until": {"steps": steps},
        }
    )
    start(config, path)
    return RunFolder.open(path)


@pytest.fixture(scope="package", autouse=True)
def compiled_once(tmp_path_factory):
    """Programs that occur again, in the second seed or the second report, are compiled once."""
    names = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")
    before = [getattr(jax.config, name) for name in names]
    jax.config.update(names[0], str(tmp_path_factory.mktemp("compiled")))
    jax.config.update(names[1], 0.1)
    yield
    for name, value in zip(names, before, strict=True):
        jax.config.update(name, value)


@pytest.fixture(scope="package")
def runs(tmp_path_factory) -> dict[str, RunFolder]:
    """Two seeds of an evolution strategy and one run of Adam."""
    folder = tmp_path_factory.mktemp("runs")
    return {
        "es0": make_run(folder / "es0", popsize=8, devices=1),
        "es1": make_run(folder / "es1", seed=1, popsize=8, devices=1),
        "adam": make_run(folder / "adam", by="adam"),
    }
