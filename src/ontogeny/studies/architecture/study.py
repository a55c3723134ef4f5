"""The study: its budgets, and the page."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from ontogeny.data.cifar import cifar10_is_here
from ontogeny.studies.architecture.claims import claims_section
from ontogeny.studies.architecture.kept import EVIDENCE
from ontogeny.studies.architecture.plan import SMOKE, Scale, experiments
from ontogeny.studies.architecture.score_sections import elsewhere_section, predictor_section, score_section
from ontogeny.studies.architecture.search_sections import own_section, search_section
from ontogeny.studies.architecture.sections import (
    cost_section,
    size_section,
    table_section,
)
from ontogeny.studies.architecture.trained_section import cells_section, trained_section
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plan import Plan
from ontogeny.studies.section import Section
from ontogeny.studies.subject import no_subject


class ArchitectureStudy:
    """A search for cells, by scores of untrained nets and by accuracies."""

    name = "architecture"
    title = "Cells, searched by scores without training"
    about = "do scores of untrained nets find good architectures, and what finds better ones?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "a first population scored here, what takes longer from results that come with the package; a minute "
        "on two cores",
        "smoke": "a minute: a few cells, on digits that come with the package",
        "full": "all of it made anew; five hours on two cores, and CIFAR-10",
    }

    def plan(self, budget: str) -> Plan:
        """What is done."""
        scale = SMOKE if budget == "smoke" else Scale()
        if budget == "quick" and not cifar10_is_here():
            scale = dataclasses.replace(scale, measured_here="digits")
        kept = EVIDENCE if budget == "quick" else None
        return Plan((), (), 0, no_subject, experiments=experiments(scale), kept_evidence=kept)

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        return [
            claims_section(evidence),
            score_section(evidence),
            elsewhere_section(evidence),
            predictor_section(evidence),
            table_section(evidence),
            size_section(evidence),
            search_section(evidence),
            own_section(evidence),
            cells_section(evidence),
            trained_section(evidence),
            cost_section(evidence),
        ]
