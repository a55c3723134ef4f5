"""The folder of a run.

config.toml          the resolved configuration; `ontogeny train config.toml` runs it again
environment.json     versions, devices, cores, the command
metrics.csv          a line every few steps; events/ holds the same for TensorBoard
checkpoints/         the newest three, each all that the run goes on from
genome.safetensors   the kept genome
population.safetensors  all members, of learners that keep them (Hybrid)
result.json          how it ended
probes/              what probes found, a JSON file each
figures/             pictures
report.html          everything on one page
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from ontogeny.core import Run
from ontogeny.errors import InputError, MachineError, require
from ontogeny.runs.checkpoints import list_checkpoints
from ontogeny.runs.config import RunConfig, read_toml
from ontogeny.runs.environment import command_line, environment
from ontogeny.runs.files import machine_errors, read_json, write_atomic, write_json
from ontogeny.runs.genomes import load_like, load_nca, load_stacked, save_genome
from ontogeny.runs.metrics import read_metrics
from ontogeny.runs.recorder import Checkpoints

FORMAT = 1
"""The version of the layout; a folder of a newer one is refused."""


class RunFolder:
    """A run on the disk.

    Attributes:
        path: the folder.
        config: the resolved configuration.
        recorder: what `train` keeps the run with.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        self.path = path
        self.config = config
        self.recorder = Checkpoints(path, config.checkpoint_seconds)
        self._lock = filelock.FileLock(path / ".lock", timeout=0)

    @classmethod
    def create(cls, path: Path, config: RunConfig) -> RunFolder:
        """A new folder, with the configuration and the environment in it.

        Raises:
            InputError: where a run is there already, or the folder cannot be made.
        """
        if (path / "config.toml").exists():
            hint = f"a run is there already; go on with: ontogeny resume {path}"
            raise InputError("out", str(path), hint)
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / ".lock").touch()
        except OSError as error:
            raise InputError("out", str(path), f"cannot write there: {error.strerror}") from None
        write_json(path / "environment.json", {"format": FORMAT, **environment(command_line())})
        write_atomic(path / "config.toml", config.to_toml())
        return cls(path, config)

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """An existing folder.

        Raises:
            InputError: where there is no run, or one of a newer format.
            MachineError: where it is damaged.
        """
        if not (path / "config.toml").exists():
            hint = "this is no run folder; `ontogeny runs` lists yours"
            raise InputError("run", str(path), hint)
        found = read_json(path / "environment.json").get("format", 0)
        if found > FORMAT:
            hint = f"it has format {found}, this version reads {FORMAT}; install a newer ontogeny"
            raise InputError("run", str(path), hint)
        try:
            config = RunConfig.parse(read_toml(path / "config.toml"))
        except InputError as error:
            raise MachineError(f"{path / 'config.toml'} is damaged: {error}") from error
        return cls(path, config)

    def reconfigure(self, config: RunConfig) -> None:
        """Go on under another configuration, which replaces `config.toml`.

        Raises:
            InputError: where another process trains in this folder.
            MachineError: where the disk is full or the folder cannot be written.
        """
        with self.lock():
            write_atomic(self.path / "config.toml", config.to_toml())
            self.config = config

    def lock(self) -> AbstractContextManager[object]:
        """A context in which no other process can train in this folder.

        Raises:
            InputError: where another one does.
        """
        with machine_errors(self.path / ".lock"):
            try:
                return self._lock.acquire()
            except filelock.Timeout:  # an OSError too, so it must be met first
                hint = "another process is training in this folder; wait for it or stop it"
                raise InputError("run", str(self.path), hint) from None

    def finish(self, run: Run, examined: dict[str, float] | None = None) -> dict[str, Any]:
        """Write the kept genome and how the run ended; return the latter.

        Args:
            run: what `train` returned.
            examined: how the kept genome does on test data, by name.
        """
        save_genome(self.path / "genome.safetensors", run.genome, self._about())
        if run.population is not None:
            save_genome(self.path / "population.safetensors", run.population, self._about())
        result = {**self.summary(run), **(examined or {})}
        write_json(self.path / "result.json", result)
        return result

    def summary(self, run: Run) -> dict[str, Any]:
        """How a run ended, as plain values."""
        cost = run.cost
        return {
            "run": str(self.path),
            "task": self.config.task.label,
            "by": self.config.learner.by,
            "seed": self.config.seed,
            "loss": run.loss,
            "population_loss": run.population_loss,
            "generations": cost.steps,
            "evaluations": cost.evaluations,
            "samples": cost.samples,
            "flops": cost.flops,
            "seconds": round(cost.seconds, 3),
            "compile_seconds": round(cost.compile_seconds, 3),
            "stopped": run.stopped,
        }

    def _about(self) -> dict[str, str]:
        task = self.config.task
        return {
            name: str(getattr(task, name))
            for name in ("name", "target", "size", "padding", "fire_rate", "data")
            if hasattr(task, name)
        }

    @property
    def result(self) -> dict[str, Any] | None:
        """How it ended; `None` while it trains or after a crash."""
        path = self.path / "result.json"
        return {**read_json(path), "run": str(self.path)} if path.exists() else None

    def overview(self) -> dict[str, Any]:
        """A line of `ontogeny runs`."""
        result = self.result or {}
        return {
            "run": str(self.path),
            "task": self.config.task.label,
            "by": self.config.learner.by,
            "seed": self.config.seed,
            "loss": result.get("loss"),
            "steps": result.get("generations", self.step),
            "seconds": result.get("seconds"),
            "stopped": result.get("stopped", "running or killed"),
        }

    @property
    def environment(self) -> dict[str, Any]:
        """What it ran on."""
        found: dict[str, Any] = read_json(self.path / "environment.json")
        return found

    @property
    def step(self) -> int:
        """Steps at the newest checkpoint; 0 without one."""
        paths = list_checkpoints(self.path / "checkpoints")
        return int(paths[0].stem.partition("-")[2]) if paths else 0

    def metrics(self) -> dict[str, np.ndarray]:
        """The columns of the metrics table."""
        return read_metrics(self.path)

    def genome(self, like: Any) -> Any:
        """The kept genome.

        Args:
            like: a genome of the task, or its shapes.

        Raises:
            InputError: where nothing was kept yet, or something else.
        """
        return load_like(self._genome_file(), like)

    def population(self, like: Any) -> Any | None:
        """All members, stacked along a new first axis, best first; `None` where the learner kept one genome.

        Args:
            like: one genome of the task, or its shapes.

        Raises:
            InputError: for a file that holds something else.
        """
        path = self.path / "population.safetensors"
        return load_stacked(path, like) if path.exists() else None

    def nca(self) -> Any:
        """The kept genome of a growing run.

        Raises:
            InputError: where the task grows nothing, or nothing was kept yet.
        """
        if self.config.task.name != "growing":
            raise InputError("run", str(self.path), f"it learned {self.config.task.label}, which grows no image")
        return load_nca(self._genome_file())

    def _genome_file(self) -> Path:
        path = self.path / "genome.safetensors"
        hint = f"it has not ended; go on with: ontogeny resume {self.path}"
        require(path.exists(), "run", str(self.path), hint)
        return path

    def write_probe(self, name: str, value: dict[str, Any]) -> Path:
        """Keep what a probe found."""
        path = self.path / "probes" / f"{name}.json"
        write_json(path, value)
        return path

    def probes(self) -> dict[str, dict[str, Any]]:
        """What probes found, by name."""
        return {path.stem: read_json(path) for path in sorted((self.path / "probes").glob("*.json"))}


def list_runs(folder: Path) -> list[RunFolder]:
    """The runs below a folder, up to three levels down, by name; damaged ones are left out."""
    paths = {path.parent for depth in ("*", "*/*", "*/*/*") for path in folder.glob(f"{depth}/config.toml")}
    found = []
    for path in sorted(paths):
        try:
            found.append(RunFolder.open(path))
        except (InputError, MachineError):
            continue
    return found
