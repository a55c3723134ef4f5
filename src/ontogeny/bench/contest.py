"""Time several programs that do the same work, in turns, so that all meet the same disturbances."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.peers import why_not

Setting = TypeVar("Setting")

_TURN = 0.2
"""Seconds that a turn lasts at least, with several calls where one is shorter."""

_REST = 0.05
"""Seconds between two turns, in which the threads of the last contender come to rest."""

Tell: TypeAlias = Callable[[str], None]
"""Is told what is going on."""


@dataclasses.dataclass(frozen=True)
class Contender(Generic[Setting]):
    """Who takes part.

    Attributes:
        name: as tables show it.
        build: sets the work up.
        needs: modules of other packages; where one is missing, the contender sits out.
    """

    name: str
    build: Callable[[Setting], Trial]
    needs: tuple[str, ...] = ()


def contest(contenders: Sequence[Contender[Setting]], setting: Setting, repeats: int, tell: Tell) -> dict[str, Outcome]:
    """Let all contenders do the work `repeats` times, one after the other in each round.

    Args:
        contenders: who takes part.
        setting: what they are set up for.
        repeats: rounds, 1 or more; two calls of each go before and are not counted.
        tell: is told what is going on.

    Returns:
        An outcome for each, by name. A contender that needs another package and fails is
        reported, not raised: that package may have changed.
    """
    outcomes: dict[str, Outcome] = {}
    turns: dict[str, Callable[[], float]] = {}
    for contender in contenders:
        tell(f"{contender.name}: setting up")
        outcomes[contender.name], trial = _set_up(contender, setting)
        if trial is not None:
            turns[contender.name] = _turn(trial.call)
    for number in range(repeats):
        tell(f"round {number + 1} of {repeats}")
        for name, turn in turns.items():
            outcomes[name] = dataclasses.replace(outcomes[name], seconds=(*outcomes[name].seconds, turn()))
    return outcomes


def _set_up(contender: Contender[Setting], setting: Setting) -> tuple[Outcome, Trial | None]:
    if missing := why_not(*contender.needs):
        return Outcome(contender.name, missing), None
    start = time.perf_counter()
    try:
        trial = contender.build(setting)
        losses = trial.call()
    except Exception as error:
        if not contender.needs:
            raise
        return Outcome(contender.name, f"failed: {first_line(error)}"), None
    seconds = time.perf_counter() - start
    return Outcome(contender.name, "", trial.members, trial.detail, seconds, (), losses), trial


def _turn(call: Callable[[], object]) -> Callable[[], float]:
    """A turn of at least `_TURN` seconds, which says how long one call took."""
    calls = max(1, round(_TURN / _seconds(call, 1)))
    return lambda: _seconds(call, calls)


def _seconds(call: Callable[[], object], calls: int) -> float:
    time.sleep(_REST)
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def within(part: str, tell: Tell) -> Tell:
    """`tell` with the name of a part before each text."""
    return lambda text: tell(f"{part}: {text}")


def first_line(error: Exception) -> str:
    """An error's kind and the first line of what it says."""
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
