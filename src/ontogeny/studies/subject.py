"""What a study measures: a trained genome with what it was trained for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from ontogeny.runs.config import RunConfig


class Subject(Protocol):
    """A trained genome with what it was trained for; of a class of each study's own."""

    @property
    def arrays(self) -> Sequence[np.ndarray]:
        """What it is made of: what was measured on equal arrays need not be measured again."""
        ...


Opening: TypeAlias = Callable[[RunConfig, Path], Subject]
"""From the configuration of a training and the file of its genome to what is measured."""


def no_subject(config: RunConfig, genome: Path) -> Subject:
    """For plans without trainings, which have nothing to open."""
    raise NotImplementedError
