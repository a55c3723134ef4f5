"""Configurations by name, and what `ontogeny grow` runs unless told otherwise."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from ontogeny.errors import InputError, nearest, refuse
from ontogeny.runs.config import read_toml
from ontogeny.runs.config_learners import LEARNERS

_STOP: dict[str, dict[str, float]] = {
    "es": {"population_loss": 0.003, "seconds": 600},
    "adam": {"steps": 2000},
    "ga": {"seconds": 120},
}


def preset_texts() -> dict[str, str]:
    """The TOML texts of the presets, by name."""
    folder = resources.files("ontogeny.runs") / "presets"
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in sorted(files, key=lambda file: file.name)
    }


def describe(text: str) -> str:
    """The comment that a preset starts with, as one line."""
    lines = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    return " ".join(lines)


def growing_tree(target: str, size: int, by: str, padding: int, pool: int) -> dict[str, Any]:
    """The configuration of `ontogeny grow`, as plain values, without limits.

    Adam takes batches of 8 as published; evolution takes one episode a member, or two with a
    pool, of which one is the seed.

    Raises:
        InputError: for an unknown learner.
    """
    if by not in LEARNERS:
        refuse("by", by, LEARNERS)
    batch = 8 if by == "adam" else (2 if pool else 1)
    task = {"name": "growing", "target": target, "size": size, "padding": padding, "batch": batch}
    if pool:
        task |= {"pool": pool, "pool_rule": "worst-after" if by == "adam" else "seed-first"}
    return {"task": task, "learner": {"by": by}, "until": {}}


def default_limits(by: str) -> dict[str, float]:
    """When `ontogeny grow` stops unless told otherwise."""
    return dict(_STOP[by])


def growing_learner(by: str, limits: dict[str, Any]) -> dict[str, Any]:
    """How `ontogeny grow` learns: Adam warms up and comes down over the updates that it is given.

    Where updates are not what it stops at, its learning rate stays.

    Args:
        by: the learner's name.
        limits: when it stops.
    """
    if by != "adam" or "steps" not in limits:
        return {"by": by}
    schedule = {"schedule": "warmup-cosine", "schedule_steps": int(limits["steps"])}
    return {"by": by, "learning_rate": 0.005, "beta2": 0.99, **schedule}


def named_tree(name: str) -> dict[str, Any]:
    """The configuration of a preset, a TOML file or a task of the user's, as plain values.

    Args:
        name: a preset's name, the path of a `.toml` file, or `my_file.py:MyTask`.

    Raises:
        InputError: where it is none of them.
    """
    if ":" in name and name.rpartition(":")[0].endswith(".py"):
        file, _, made = name.rpartition(":")
        return {"task": {"name": f"{Path(file).resolve()}:{made}"}, "learner": {}, "until": {}}
    presets = preset_texts()
    if name in presets:
        return tomllib.loads(presets[name])
    if Path(name).is_dir():
        return read_toml(Path(name) / "config.toml")
    if name.endswith(".toml"):
        return read_toml(Path(name))
    if nearest(name, presets):
        refuse("config", name, presets)
    hint = f"give a .toml file, a run folder, my_file.py:MyTask, or a preset: {', '.join(presets)}"
    raise InputError("config", name, hint)
