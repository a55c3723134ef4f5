"""When training stops."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from ontogeny.errors import InputError, refuse, require

_ALIASES = {"generations": "steps", "updates": "steps", "minutes": "seconds"}


@dataclasses.dataclass(frozen=True)
class Until:
    """When training stops: at whichever of these comes first.

    Attributes:
        steps: gradient steps, or generations.
        evaluations: episodes.
        seconds: wall time, compilation included, all sessions of the run together.
        loss: held-out loss of the kept genome, tested every few steps.
        population_loss: mean loss over a generation (or a gradient step's batch), averaged
            over the steps since the last test, tested as often as `loss`.

    Raises:
        InputError: where nothing is set, or a value is not positive.
    """

    steps: int | None = None
    evaluations: int | None = None
    seconds: float | None = None
    loss: float | None = None
    population_loss: float | None = None

    def __post_init__(self) -> None:
        values = dataclasses.asdict(self)
        require(
            any(value is not None for value in values.values()),
            "until",
            "nothing",
            f"set at least one of {', '.join(values)}",
        )
        for name, value in values.items():
            good = value is None or (math.isfinite(value) and value > 0)
            require(good, f"until.{name}", value, "give a number above 0")
            whole = value is None or name not in ("steps", "evaluations") or value == int(value)
            require(whole, f"until.{name}", value, "give a whole number")

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Until:
        """Read `name=number` texts, such as `loss=0.003` or `minutes=2`.

        Raises:
            InputError: for an unknown name or something that is no number.
        """
        return cls(**parse_limits(texts))  # type: ignore[arg-type]


def parse_limits(texts: Iterable[str]) -> dict[str, float | int]:
    """The fields of an `Until` from `name=number` texts; `generations` means `steps`."""
    names = [field.name for field in dataclasses.fields(Until)]
    limits: dict[str, float | int] = {}
    for text in texts:
        name, _, number = text.partition("=")
        name = name.strip()
        field = _ALIASES.get(name, name)
        if field not in names:
            refuse("until", name, [*names, *_ALIASES])
        try:
            value = float(number.replace("_", ""))
        except ValueError:
            raise InputError(f"until.{name}", number, f"give a number, as in --until {name}=100") from None
        value = value * 60 if name == "minutes" else value
        if field in ("steps", "evaluations"):
            require(
                value == int(value) if math.isfinite(value) else False,
                f"until.{name}",
                number,
                "give a whole number",
            )
            value = int(value)
        limits[field] = value
    return limits
