"""Start a run from its configuration, and go on with one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax

from ontogeny.core import Learner, Progress, Task, train
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.runs.config import RunConfig
from ontogeny.runs.examination import examine
from ontogeny.runs.folder import RunFolder

Callbacks = Iterable[Callable[[Progress], None]]

RUNS = Path("runs")
"""Where runs go unless told otherwise."""


def start(config: RunConfig, out: Path | None = None, callbacks: Callbacks = ()) -> dict[str, Any]:
    """Run a configuration in a new folder.

    Args:
        config: what to run.
        out: the folder; `None` for a new one below `runs/`.
        callbacks: called with a `Progress` about twice a second.

    Returns:
        How it ended, as `RunFolder.finish` writes it.

    Raises:
        InputError: for a configuration or a folder that cannot be used.
        MachineError: where the machine fails.
    """
    task = config.task.build()
    config = _settled(config, task, config.learner.build())
    folder = RunFolder.create(out or new_folder(config), config)
    # Built again with the chunk that was chosen, so that nobody has to choose it once more: that takes a second.
    return _go(folder, task, config.learner.build(), callbacks)


def resume(path: Path, limits: dict[str, Any] | None = None, callbacks: Callbacks = ()) -> dict[str, Any]:
    """Go on with a run; it ends as if it had never been broken off.

    Args:
        path: its folder.
        limits: other limits to stop at than it was started with.
        callbacks: called with a `Progress` about twice a second.

    Raises:
        InputError: where there is no run, or another process is training in it.
        MachineError: where the machine fails or the folder is damaged.
    """
    folder = RunFolder.open(path)
    if limits:
        # Kept, so that this session may be killed and resumed too: a run with these limits from
        # the start would be the same.
        folder.reconfigure(RunConfig.parse({**folder.config.model_dump(), "until": limits}))
    task, learner = folder.config.task.build(), _learner_here(folder.config)
    return _go(folder, task, learner, callbacks)


def _go(folder: RunFolder, task: Task, learner: Learner, callbacks: Callbacks) -> dict[str, Any]:
    config = folder.config
    with folder.lock():
        run = train(
            task,
            learner,
            until=config.until.build(),
            seed=config.seed,
            every=config.every,
            run=folder.recorder,
            callbacks=callbacks,
        )
        return folder.finish(run, examine(task, run.genome))


def _settled(config: RunConfig, task: Task, learner: Learner) -> RunConfig:
    """The configuration with the devices and the chunk that were chosen for this machine."""
    try:
        state = eqx.filter_eval_shape(learner.init, task, jax.random.key(config.seed))
        if not isinstance(learner, Evolution):
            # What does not fit the task's genome is found before there is a folder.
            eqx.filter_eval_shape(learner.step, task, state)
            return config
        layout = learner.layout(task, state)
    except InputError as error:
        raise error.inside("learner") from None
    chosen = {"devices": layout.devices, "chunk": layout.chunk}
    return config.model_copy(update={"learner": config.learner.model_copy(update=chosen)})


def _learner_here(config: RunConfig) -> Learner:
    """The learner of a run that may come from a machine with more devices."""
    there = jax.local_device_count()
    devices = getattr(config.learner, "devices", None)
    if devices is None or devices <= there:
        return config.learner.build()
    return config.learner.model_copy(update={"devices": there}).build()


def new_folder(config: RunConfig) -> Path:
    """A folder below `runs/` that does not exist yet, named by time, task, learner and seed."""
    now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    name = f"{now}-{config.task.label}-{config.learner.by}-seed{config.seed}"
    return fresh_folder(RUNS / name)


def fresh_folder(path: Path) -> Path:
    """The path, or where it exists already the first of `path-2`, `path-3`, … that does not."""
    fresh, count = path, 1
    while fresh.exists():
        count += 1
        fresh = path.with_name(f"{path.name}-{count}")
    return fresh
