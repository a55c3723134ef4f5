"""What a suite found, as rows of numbers."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""`contender`, and either numbers by name or `missing`: why there are none."""


@dataclasses.dataclass(frozen=True)
class Column:
    """What a table shows of its rows.

    Attributes:
        key: name of the number in a row.
        heading: what stands above it.
        form: how it is written, as in `format(value, form)`.
    """

    key: str
    heading: str
    form: str = ""

    def cell(self, row: Row) -> str:
        """The number as text; empty where the row has none."""
        value = row.get(self.key)
        return "" if value is None else format(value, self.form)


@dataclasses.dataclass(frozen=True)
class Table:
    """What a suite found.

    Attributes:
        suite: its name.
        title: what was measured.
        columns: what is shown of the rows; they hold more.
        rows: one a contender.
        notes: what one must know to read it, a line each.
    """

    suite: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything but how it is shown."""
        return {"suite": self.suite, "title": self.title, "rows": list(self.rows), "notes": list(self.notes)}
