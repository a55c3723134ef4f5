"""Write files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ontogeny.errors import MachineError


@contextlib.contextmanager
def machine_errors(path: Path) -> Iterator[None]:
    """Turn a failing disk into one clear line.

    Raises:
        MachineError: for any `OSError` inside the `with` block.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MachineError(f"cannot write {path}: {reason}; what was saved before is whole") from error


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write a file by a temporary one beside it, on the disk before it takes the name.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """
    data = data.encode() if isinstance(data, str) else data
    with machine_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # Windows cannot open folders; there a rename is as durable as it gets.
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, atomically.

    Raises:
        MachineError: where the disk is full or the folder cannot be written.
    """
    write_atomic(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        MachineError: where it is damaged.
    """
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise MachineError(f"{path} is damaged or cannot be read ({type(error).__name__})") from error
