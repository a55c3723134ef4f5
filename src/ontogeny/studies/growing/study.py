"""The study: its budgets, and what is done for each."""

from __future__ import annotations

from typing import ClassVar

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.measurements import measurements
from ontogeny.studies.growing.models import Kind, kinds
from ontogeny.studies.growing.sections import attack_section, cost_section, erase_section, growth_section, loss_section
from ontogeny.studies.plan import Plan
from ontogeny.studies.section import Section

_STEPS = {
    "smoke": {("es", 7): 10, ("adam", 7): 30},
    "quick": {("es", 9): 216, ("adam", 9): 2000},
    "full": {("es", 9): 2000, ("es", 15): 4000, ("adam", 9): 20_000, ("adam", 15): 20_000},
}
"""Training steps by learner and size."""

_SEEDS = {"smoke": 1, "quick": 3, "full": 5}
_ROLLOUTS = {"smoke": 4, "quick": 64, "full": 64}


class GrowingStudy:
    """Evolution strategies against Adam on growing images."""

    name = "growing"
    title = "Evolution and Adam grow images"
    about = "does evolution grow images that stay, heal and bear noise better than Adam's?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "3 seeds of the 9×9 models, an estimated half hour on two cores",
        "smoke": "two minutes: a drawn heart, hardly trained, to see that all of it runs",
        "full": "5 seeds of all 16 models, as long as published; days on two cores",
    }

    def kinds(self, budget: str) -> list[Kind]:
        """The models of a budget."""
        if budget == "smoke":
            return kinds(["heart"], [7])
        return kinds(["carrot", "rabbit"], [9] if budget == "quick" else [9, 15])

    def plan(self, budget: str) -> Plan:
        """What is trained and measured."""
        models = tuple(kind.model(_STEPS[budget][kind.by, kind.size]) for kind in self.kinds(budget))
        long, short = (120, 80) if budget == "smoke" else (2000, 400)
        return Plan(models, tuple(range(_SEEDS[budget])), measurements(long, short), _ROLLOUTS[budget])

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        known = {model.name for model in evidence.plan.models}
        every = [kind for kind in kinds(["heart", "carrot", "rabbit"], [7, 9, 15]) if kind.name in known]
        return [
            claims_section(every, evidence),
            loss_section(every, evidence),
            cost_section(every, evidence),
            growth_section(every, evidence),
            erase_section(every, evidence),
            attack_section(every, evidence),
        ]
