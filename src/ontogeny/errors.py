"""The two kinds of failure that a user meets, each a single clear line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn


class OntogenyError(Exception):
    """A failure that is told in one line, without a traceback.

    Attributes:
        exit_code: what the command line exits with.
    """

    exit_code = 1


class InputError(OntogenyError):
    """What the user gave cannot be used: the field, its value and what is allowed.

    Args:
        field: dotted name of the offending option or argument.
        value: what was given.
        expected: what to give instead, as a phrase after "give".
    """

    exit_code = 2

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field = field
        self.value = value
        self.expected = expected
        super().__init__(f"{field}: {value!r} cannot be used; {expected}")

    def inside(self, prefix: str) -> InputError:
        """The same error with `prefix.` before the field's name."""
        return InputError(f"{prefix}.{self.field}", self.value, self.expected)


class MachineError(OntogenyError):
    """The machine failed: no network, a full disk, a damaged file."""


def nearest(value: object, choices: Iterable[str]) -> list[str]:
    """The up to three choices that look most like `value`, best first."""
    return difflib.get_close_matches(str(value).lower(), list(choices), n=3, cutoff=0.5)


_FEW = 10


def refuse(field: str, value: object, choices: Iterable[str]) -> NoReturn:
    """Raise the error of a name that is not among the choices.

    Raises:
        InputError: always; it names the nearest choices, and all where they are few.
    """
    names = list(choices)
    near = nearest(value, names)
    every = f"choose from {', '.join(names)}"
    meant = f"did you mean {' or '.join(near)}?"
    if not near:
        raise InputError(field, value, every)
    raise InputError(field, value, f"{meant} ({every})" if len(names) <= _FEW else meant)


def require(condition: bool, field: str, value: object, expected: str) -> None:
    """Raise an `InputError` unless the condition holds.

    Raises:
        InputError: where `condition` is false.
    """
    if not condition:
        raise InputError(field, value, expected)
