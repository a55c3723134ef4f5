"""The study: its budgets, and the page."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from ontogeny.errors import MachineError
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.claims import claims_section
from ontogeny.studies.mixed.kept import EVIDENCE
from ontogeny.studies.mixed.plan import SMOKE, Scale, experiments
from ontogeny.studies.mixed.sections import (
    accuracy_section,
    agreement_section,
    attack_section,
    cost_section,
    incentive_section,
    likeness_section,
)
from ontogeny.studies.plan import Plan
from ontogeny.studies.section import Section
from ontogeny.studies.subject import no_subject

_DIGITS = Scale("digits", (15, 12))
"""Where MNIST is not to be had."""


class MixedStudy:
    """Populations that alternate gradient descent and recombination."""

    name = "mixed"
    title = "Populations that alternate gradient descent and recombination"
    about = "can recombination buy diversity, and diversity robustness?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "published presets grown anew, incentives from results that come with the package; 15 minutes on two "
        "cores",
        "smoke": "two minutes: small populations, hardly trained, on digits that come with the package",
        "full": "all of it made anew, 5 seeds; hours on two cores",
    }

    def plan(self, budget: str) -> Plan:
        """What is done."""
        scale = SMOKE if budget == "smoke" else _available()
        if budget == "full":
            scale = dataclasses.replace(scale, seeds=5)
        kept = EVIDENCE if budget == "quick" else None
        return Plan((), (), 0, no_subject, experiments=experiments(scale), kept_evidence=kept)

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        return [
            claims_section(evidence),
            accuracy_section(evidence),
            likeness_section(evidence),
            agreement_section(evidence),
            attack_section(evidence),
            incentive_section(evidence),
            cost_section(evidence),
        ]


def _available() -> Scale:
    """MNIST, or scikit-learn's digits where it is not in the cache and cannot be downloaded."""
    from ontogeny.data import load_images

    try:
        load_images("mnist")
    except MachineError:
        return _DIGITS
    return Scale()
