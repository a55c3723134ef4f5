"""The fields of a probe, a dataclass, as `field=value` texts set them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

import pydantic

from ontogeny.errors import InputError, refuse
from ontogeny.runs.config import override

T = TypeVar("T")


def read_fields(plain: T, settings: Iterable[str], names: Iterable[str] | None = None) -> T:
    """A dataclass like `plain`, but for the fields that texts set.

    Args:
        plain: a dataclass.
        settings: texts such as `sigma=0.05`.
        names: of the fields that may be set; `None` for all.

    Raises:
        InputError: for an unknown field, or a value of the wrong type or out of range.
    """
    allowed = list(fields_of(plain) if names is None else names)
    values = override({}, settings)
    for name in values:
        if name not in allowed:
            refuse("set", name, allowed) if allowed else _refuse_all(name)
    try:
        return pydantic.TypeAdapter(type(plain)).validate_python({**fields_of(plain), **values})
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        message = str(first["msg"])
        raise InputError(str(first["loc"][0]), first["input"], message[0].lower() + message[1:]) from None


def _refuse_all(name: str) -> None:
    raise InputError("set", name, "this probe has no fields")


def fields_of(plain: Any) -> dict[str, Any]:
    """The fields of a dataclass with their values."""
    return {field.name: getattr(plain, field.name) for field in dataclasses.fields(plain)}


def name_of(kind: str, value: Any, plain: Any) -> str:
    """What a probe's results are called: its name, with the fields that are not as by default.

    Args:
        kind: the name of the probe.
        value: a dataclass.
        plain: the same with its fields as by default.
    """
    given, usual = fields_of(value), fields_of(plain)
    changed = [f"{name}-{_text(given[name])}" for name in usual if given[name] != usual[name]]
    return "-".join([kind, *changed])


def _text(value: Any) -> str:
    return ("-".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)
