"""The configuration of a run: readable, checked, and enough to run it again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

import pydantic
import tomli_w
from pydantic import Field

from ontogeny.core.until import Until
from ontogeny.errors import InputError, nearest, require
from ontogeny.runs.config_base import Config
from ontogeny.runs.config_learners import LEARNERS, LearnerConfig
from ontogeny.runs.config_tasks import TaskConfig, task_config


class UntilConfig(Config):
    """When to stop: at whichever comes first."""

    steps: int | None = Field(None, description="gradient steps, or generations")
    evaluations: int | None = Field(None, description="episodes")
    seconds: float | None = Field(None, description="wall time, compilation included")
    loss: float | None = Field(None, description="held-out loss of the kept genome")
    population_loss: float | None = Field(None, description="mean loss over a generation")

    def build(self) -> Until:
        """The limits."""
        return Until(**self.model_dump())


class RunConfig(Config):
    """Everything that decides what a run does."""

    seed: int = Field(0, description="of all randomness, 0 or more")
    every: int = Field(25, description="steps between two lines of the metrics table")
    checkpoint_seconds: float = Field(20.0, description="between two checkpoints")
    task: TaskConfig
    learner: LearnerConfig
    until: UntilConfig

    @classmethod
    def parse(cls, tree: dict[str, Any]) -> Self:
        """Check a tree of plain values, such as a TOML file holds.

        Raises:
            InputError: naming the field, its value and what to give instead.
        """
        tree = {**tree}
        unknown = [name for name in tree if name not in cls.model_fields]
        if unknown:
            raise InputError(unknown[0], tree[unknown[0]], _unknown(unknown[0], cls.model_fields))
        tree["task"] = task_config(_table(tree, "task"))
        tree["learner"] = _learner(_table(tree, "learner"))
        tree["until"] = parse_model(UntilConfig, _table(tree, "until"), "until")
        config = parse_model(cls, tree, "")
        require(0 <= config.seed < 2**32, "seed", config.seed, "give 0 to 4294967295")
        require(config.every >= 1, "every", config.every, "give 1 or more")
        require(config.checkpoint_seconds >= 0, "checkpoint_seconds", config.checkpoint_seconds, "give 0 or more")
        config.until.build()
        config.task.check(config.learner, config.until)
        config.learner.check(config.until)
        return config

    def to_toml(self) -> str:
        """The configuration as a TOML text that `parse` reads back."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))


M = TypeVar("M", bound=Config)


def parse_model(model: type[M], values: dict[str, Any], prefix: str) -> M:
    """Check values against a model, with errors in the project's words.

    Raises:
        InputError: naming the dotted field, its value and what to give instead.
    """
    try:
        return model.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        path = [str(part) for part in first["loc"]]
        name = ".".join(([prefix] if prefix else []) + path)
        if first["type"] == "extra_forbidden":
            raise InputError(name, first["input"], _unknown(path[-1], model.model_fields)) from None
        if first["type"] == "missing":
            raise InputError(name, None, "this field must be given") from None
        hint = first["msg"][0].lower() + first["msg"][1:]
        raise InputError(name, first["input"], hint) from None


def _unknown(name: str, fields: Iterable[str]) -> str:
    near = nearest(name, fields)
    return (
        f"there is no such field; did you mean {' or '.join(near)}?"
        if near
        else (f"there is no such field; choose from {', '.join(fields)}")
    )


def _table(tree: dict[str, Any], name: str) -> dict[str, Any]:
    value = tree.get(name, {})
    if isinstance(value, Config):
        return value.model_dump()
    require(isinstance(value, dict), name, value, "give a table of fields")
    return dict(value)


def _learner(values: dict[str, Any]) -> LearnerConfig:
    by = values.get("by", "es")
    require(by in LEARNERS, "learner.by", by, f"choose from {', '.join(LEARNERS)}")
    return parse_model(LEARNERS[by], values, "learner")


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file.

    Raises:
        InputError: where there is no such file or it is no TOML.
    """
    try:
        return tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("config", str(path), f"cannot read it ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError("config", str(path), f"this is no TOML: {error}") from None


def override(tree: dict[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """The tree with `path.to.field=value` texts applied; values are read as TOML.

    Raises:
        InputError: for a text without `=`.
    """
    for text in settings:
        path, equals, value = text.partition("=")
        require(
            bool(equals) and bool(path.strip()),
            "set",
            text,
            "write it as field=value, as in learner.popsize=64",
        )
        *tables, field = path.strip().split(".")
        branch = tree
        for table in tables:
            inner = branch.setdefault(table, {})
            require(isinstance(inner, dict), path.strip(), value, f"{table} is no table")
            branch = inner
        branch[field] = read_value(value)
    return tree


def read_value(text: str) -> Any:
    """A number, boolean, list or text as TOML writes it; what is none of them is a text."""
    try:
        return tomllib.loads(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()
