"""Configurations of the tasks by name: the package's own, and the user's from a Python file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
from pydantic import SerializeAsAny

from ontogeny.errors import InputError, refuse, require
from ontogeny.runs.config_base import AnyTaskConfig
from ontogeny.runs.config_cells import CellsConfig
from ontogeny.runs.config_classification import ClassificationConfig
from ontogeny.runs.config_control import ControlConfig
from ontogeny.runs.config_growing import GrowingConfig
from ontogeny.runs.config_plastic import PlasticConfig
from ontogeny.runs.config_recognition import RecognitionConfig
from ontogeny.runs.config_reconstruction import ReconstructionConfig

if TYPE_CHECKING:
    from ontogeny.core import Task

TaskConfig = SerializeAsAny[AnyTaskConfig]


class UserTaskConfig(AnyTaskConfig):
    """A task of the user's: `file.py:ClassName`, and what its constructor takes."""

    model_config = pydantic.ConfigDict(extra="allow", frozen=True)

    def _build(self) -> Task:
        made = load_class(self.name)
        arguments = self.model_extra or {}
        allowed = list(inspect.signature(made).parameters)
        for name in arguments:
            if name not in allowed:
                refuse(name, arguments[name], allowed or ["nothing: the class takes no arguments"])
        try:
            return made(**arguments)
        except TypeError as error:
            raise InputError("name", self.name, f"its constructor refused: {error}") from None

    @property
    def label(self) -> str:
        """The name of the class."""
        return self.name.rpartition(":")[2]


TASKS: dict[str, type[AnyTaskConfig]] = {
    "growing": GrowingConfig,
    "classification": ClassificationConfig,
    "reconstruction": ReconstructionConfig,
    "plasticity": PlasticConfig,
    "control": ControlConfig,
    "cells": CellsConfig,
    "recognition": RecognitionConfig,
}
"""Configurations of the package's own tasks, by name."""


def task_config(values: dict[str, Any]) -> AnyTaskConfig:
    """The checked configuration of a task.

    Raises:
        InputError: naming the field, its value and what to give instead.
    """
    from ontogeny.runs.config import parse_model

    name = values.setdefault("name", "growing")
    require(isinstance(name, str), "task.name", name, "give a text")
    if ":" in name:
        return parse_model(UserTaskConfig, values, "task")
    if name not in TASKS:
        refuse("task.name", name, [*TASKS, "my_file.py:MyTask"])
    return parse_model(TASKS[name], values, "task")


def load_class(name: str) -> type[Task]:
    """The task of a `file.py:ClassName`.

    Raises:
        InputError: where there is no such file or class, the file does not run, or the
            class is no task.
    """
    from ontogeny.core import Task

    found: type[Task] = load_own(name, Task, "ontogeny.Task", "my_file.py:MyTask")
    return found


def load_own(name: str, kind: type, kind_name: str, example: str) -> type[Any]:
    """A class of the user's.

    Args:
        name: `file.py:ClassName`.
        kind: what it has to be a subclass of.
        kind_name: that, as users write it.
        example: of a name.

    Raises:
        InputError: where there is no such file or class, or the file does not run.
    """
    file, _, class_name = name.rpartition(":")
    path = Path(file).expanduser().resolve()
    require(path.is_file(), "name", name, f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"ontogeny_user_{path.stem}", path)
    require(
        spec is not None and spec.loader is not None,
        "name",
        name,
        f"give a Python file, as in {example}",
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError("name", name, f"the file does not run: {type(error).__name__}: {error}") from error
    there = [key for key, value in vars(module).items() if inspect.isclass(value) and issubclass(value, kind)]
    own = [key for key in there if vars(module)[key].__module__ == module.__name__]
    if class_name not in own:
        refuse("name", class_name, own or [f"a subclass of {kind_name}: the file has none"])
    found: type[Any] = vars(module)[class_name]
    return found
