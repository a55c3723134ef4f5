"""A study: one published system, re-done."""

from __future__ import annotations

from typing import ClassVar, Protocol

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plan import Plan
from ontogeny.studies.section import Section


class Study(Protocol):
    """One published system, re-done: a plan for each budget, and what follows from the evidence.

    Attributes:
        name: on the command line.
        title: of the page.
        about: what it asks, in a line.
        budgets: names with a line about each; the first is the default.
    """

    name: str
    title: str
    about: str
    budgets: ClassVar[dict[str, str]]

    def plan(self, budget: str) -> Plan:
        """What is trained and measured for a budget of `budgets`."""
        ...

    def sections(self, evidence: Evidence) -> list[Section]:
        """Tables, charts, pictures and verdicts, in the order of the page."""
        ...
