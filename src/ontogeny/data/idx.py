"""The idx format of the MNIST family: a header of big-endian numbers, then plain bytes."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from ontogeny.errors import MachineError

_BYTES = 0x08
"""Code of the one element type that the MNIST family uses, unsigned bytes."""


def read_idx(path: Path) -> np.ndarray:
    """The array in a gzip-compressed idx file.

    Args:
        path: of a `.gz` file.

    Returns:
        Unsigned bytes, of the shape that the file's header says.

    Raises:
        MachineError: where the file cannot be read or is no idx file of unsigned bytes.
    """
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise MachineError(f"cannot read {path} ({type(error).__name__}); remove it to download it again") from error
    shape = _shape(data)
    if shape is None:
        raise MachineError(f"{path} is no idx file of unsigned bytes; remove it to download it again")
    return np.frombuffer(data, np.uint8, offset=len(data) - math.prod(shape)).reshape(shape)


def _shape(data: bytes) -> tuple[int, ...] | None:
    """What the header says; `None` where it is none, or not as long as the data."""
    if len(data) < 4 or data[:3] != bytes((0, 0, _BYTES)):
        return None
    header = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[start : start + 4], "big") for start in range(4, header, 4))
    return shape if len(data) == header + math.prod(shape) else None
