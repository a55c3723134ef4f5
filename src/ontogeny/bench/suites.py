"""The suites, one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from ontogeny.bench import autoencoder, gradient, machine, memory, mlp, nca, population, start
from ontogeny.bench.contest import Tell, within
from ontogeny.bench.options import Options
from ontogeny.bench.peers import versions
from ontogeny.bench.table import Table

RUN: dict[str, Callable[[Options, Tell], Table]] = {
    "nca": nca.run,
    "gradient": gradient.run,
    "mlp": mlp.run,
    "autoencoder": autoencoder.run,
    "population": population.run,
    "memory": memory.run,
    "start": start.run,
}
"""What runs each suite, by name."""


@dataclasses.dataclass(frozen=True)
class Report:
    """What was measured, on what.

    Attributes:
        options: what was asked for.
        machine: what `machine.describe` says; its `load` was that before the start.
        versions: of JAX and the peers, `None` for what is not installed.
        tables: one a suite.
    """

    options: Options
    machine: dict[str, Any]
    versions: dict[str, str | None]
    tables: tuple[Table, ...]

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "options": dataclasses.asdict(self.options),
            "machine": self.machine,
            "versions": self.versions,
            "tables": [table.to_json() for table in self.tables],
        }


def run(options: Options, tell: Tell, show: Callable[[Table], None]) -> Report:
    """Measure what the options name.

    Args:
        options: what is to be measured.
        tell: is told what is going on.
        show: is given each table as soon as it is there.
    """
    described = machine.describe()
    tables = []
    for name in options.only:
        table = RUN[name](options, within(name, tell))
        # The load at its end says whether other work was in the way.
        tables.append(dataclasses.replace(table, notes=(*table.notes, f"Load when done: {machine.load()}.")))
        show(tables[-1])
    return Report(options, described, versions(), tuple(tables))
