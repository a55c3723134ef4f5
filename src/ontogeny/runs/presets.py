"""Configurations by name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from ontogeny.errors import InputError, nearest, refuse
from ontogeny.runs.config import read_toml
from ontogeny.runs.growing_models import controlled_steps, controlled_tree, published_kinds, published_tree


def preset_texts() -> dict[str, str]:
    """The TOML texts of the presets, by name."""
    folder = resources.files("ontogeny.runs") / "presets"
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    own = {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in files}
    return dict(sorted({**own, **dict(_published())}.items()))


def _published() -> Iterator[tuple[str, str]]:
    """The models of Hestmark & Luu (2022), as published and without the flaws."""
    for kind in published_kinds():
        title = f"{kind.target} {kind.size}×{kind.size}, {kind.label}"
        trees = {
            "published": (published_tree(kind), "as Hestmark & Luu (2022) ran it, flaws included"),
            "controlled": (
                controlled_tree(kind, controlled_steps(kind)),
                "its flaws removed, as the study trains it",
            ),
        }
        for name, (tree, about) in trees.items():
            yield f"{kind.name}-{name}", f"# {title}: {about}.\n{tomli_w.dumps(tree)}"


def describe(text: str) -> str:
    """The comment that a preset starts with, as one line."""
    lines = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    return " ".join(lines)


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
