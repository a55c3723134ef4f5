"""The time of one generation of an evolved multilayer perceptron."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

from ontogeny.bench.contest import Contender, Tell, contest
from ontogeny.bench.learning import SIGMA, Learning
from ontogeny.bench.options import Options
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.table import Column, Row, Table

OURS = "ontogeny.Evolution"

_COLUMNS = (
    Column("contender", ""),
    Column("milliseconds", "ms a\ngeneration", ",.1f"),
    Column("fastest_milliseconds", "fastest", ",.1f"),
    Column("evaluations_per_second", "evaluations\n/s", ",.0f"),
    Column("ontogeny_is_faster", "ontogeny\nis faster", ".1f"),
)


def _later(key: str) -> Callable[[Learning], Trial]:
    """What sets a contender up, imported when it does: a process that measures one holds no other."""

    def build(learning: Learning) -> Trial:
        trial: Trial = load(key).generations(learning)
        return trial

    return build


def load(key: str) -> ModuleType:
    """Import all that a contender needs; `key` is its key in `CONTENDERS`."""
    return importlib.import_module(f"ontogeny.bench.mlp_{key}")


CONTENDERS: dict[str, Contender[Learning]] = {
    "ontogeny": Contender(OURS, _later("ontogeny")),
    "evosax": Contender("evosax.Open_ES", _later("evosax"), ("evosax.algorithms",)),
    "evotorch": Contender("evotorch.PGPE", _later("evotorch"), ("torch", "evotorch")),
}
"""Who takes part, here and in the suite `memory`."""


def run(options: Options, tell: Tell) -> Table:
    """Let each make generations of the same sizes."""
    learning = Learning(popsize=options.members(64 if options.quick else 256))
    outcomes = contest(list(CONTENDERS.values()), learning, options.repeats, tell)
    title = (
        f"Evolution of a perceptron {learning.name} ({learning.parameters:,} numbers): "
        f"population {learning.popsize}, batch {learning.batch}"
    )
    notes = (
        f"One generation: draw the members (±{SIGMA}, in pairs), evaluate all on one batch, update by Adam on "
        "centred ranks. Ontogeny's noise has low rank in the layers where that is cheaper: its default.",
    )
    return Table("mlp", title, _COLUMNS, tuple(row(each, outcomes[OURS]) for each in outcomes.values()), notes)


def row(outcome: Outcome, ours: Outcome) -> Row:
    """What the table says of one contender."""
    if outcome.missing:
        return {"contender": outcome.name, "missing": outcome.missing}
    return {
        "contender": outcome.name,
        "milliseconds": 1e3 * outcome.median,
        "fastest_milliseconds": 1e3 * min(outcome.seconds),
        "evaluations_per_second": outcome.rate,
        "ontogeny_is_faster": outcome.median / ours.median,
        "mean_loss": float(outcome.losses),
        "first_seconds": outcome.first_seconds,
        "seconds": list(outcome.seconds),
    }
