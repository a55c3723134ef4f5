"""What is to be measured, and how thoroughly."""

from __future__ import annotations

import dataclasses

from ontogeny.data.targets import LARGEST, SMALLEST
from ontogeny.errors import InputError, refuse, require

SUITES = {
    "nca": "rollouts of a neural cellular automaton a second, and of what the machine can do at most",
    "gradient": "gradients through such a rollout",
    "mlp": "time of one generation of an evolved multilayer perceptron",
    "autoencoder": "evaluations of a convolutional autoencoder a second",
    "population": "time of one generation of nets that each learn by gradients",
    "memory": "peak memory of the evolution of a larger one, each contender in a process of its own",
    "start": "time from the command to the first generation",
}
"""A line about each suite, by name."""


@dataclasses.dataclass(frozen=True)
class Options:
    """What is to be measured.

    Attributes:
        only: suites, some of `SUITES`.
        repeats: timed rounds, 1 or more.
        popsize: members of a generation, even; `None` for 256, and 1,024 for `memory` (a
            quarter and an eighth of that when quick).
        sizes: sides of the grids of `nca` and `gradient`, in cells.
        quick: smaller and less exact.

    Raises:
        InputError: for a value out of range.
    """

    only: tuple[str, ...] = tuple(SUITES)
    repeats: int = 7
    popsize: int | None = None
    sizes: tuple[int, ...] = (9, 15, 40)
    quick: bool = False

    def __post_init__(self) -> None:
        for name in self.only:
            if name not in SUITES:
                refuse("only", name, SUITES)
        require(self.repeats >= 1, "repeats", self.repeats, "give 1 or more")
        for size in self.sizes:
            require(SMALLEST <= size <= LARGEST, "sizes", size, f"give {SMALLEST} to {LARGEST} cells")
        if self.popsize is not None:
            require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
            even = self.popsize % 2 == 0
            require(even, "popsize", self.popsize, f"members come in pairs: give {self.popsize + 1}")

    @classmethod
    def parse(
        cls, only: str | None, repeats: int | None, popsize: int | None, sizes: str | None, quick: bool
    ) -> Options:
        """The options of the command line; `None` for the default, which `quick` changes.

        Args:
            only: names of suites, separated by commas.
            repeats: timed rounds.
            popsize: members of a generation.
            sizes: whole numbers, separated by commas.
            quick: smaller and less exact.

        Raises:
            InputError: for a value that cannot be used.
        """
        return cls(
            only=tuple(SUITES) if only is None else tuple(dict.fromkeys(_parts("only", only))),
            repeats=(3 if quick else 7) if repeats is None else repeats,
            popsize=popsize,
            sizes=((9,) if quick else (9, 15, 40)) if sizes is None else _numbers(sizes),
            quick=quick,
        )

    def members(self, usual: int) -> int:
        """How many members, where `popsize` does not say."""
        return usual if self.popsize is None else self.popsize


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(int(part) for part in _parts("sizes", text)))
    except ValueError:
        raise InputError("sizes", text, "give sides in cells, as in 9,15,40") from None


def _parts(field: str, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    require(all(parts), field, text, "give one or more, separated by commas")
    return parts
