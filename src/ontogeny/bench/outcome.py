"""How a contender is called, and how it did."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass(frozen=True)
class Trial:
    """A contender that is ready to run.

    Attributes:
        call: does the work once and returns, when all is done, the losses of the members, or
            their mean.
        members: how many members one call evaluates.
        detail: how, where that was tried out.
    """

    call: Callable[[], np.ndarray]
    members: int
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a contender did.

    Attributes:
        name: the contender's.
        missing: why there is no result; empty where there is one.
        members: how many members one call evaluated.
        detail: the trial's.
        first_seconds: setting up, compiling and the first call.
        seconds: of one call, in each round.
        losses: what the first call returned; in the suite `gradient`, a gradient.
    """

    name: str
    missing: str = ""
    members: int = 0
    detail: str = ""
    first_seconds: float = 0.0
    seconds: tuple[float, ...] = ()
    losses: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))

    @property
    def median(self) -> float:
        """Seconds of one call, the median over the rounds."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Members a second, by the median."""
        return self.members / self.median
