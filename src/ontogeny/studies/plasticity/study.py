"""The study: its budgets, and the page."""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from typing import ClassVar

from ontogeny.errors import MachineError
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plan import Plan
from ontogeny.studies.plasticity.acting_section import acting_sections
from ontogeny.studies.plasticity.claims import claims_section
from ontogeny.studies.plasticity.kept import EVIDENCE
from ontogeny.studies.plasticity.plan import SMOKE, Scale, experiments
from ontogeny.studies.plasticity.rule_sections import form_section, picture_section
from ontogeny.studies.plasticity.sections import (
    attack_section,
    course_section,
    elsewhere_section,
    original_section,
    published_section,
    sweep_section,
    table_section,
)
from ontogeny.studies.plasticity.settings import ACTING
from ontogeny.studies.section import Section
from ontogeny.studies.subject import no_subject


class PlasticityStudy:
    """Plasticity rules, evolved and learned by gradients."""

    name = "plasticity"
    title = "Plasticity rules, evolved and learned by gradients"
    about = "which learns better rules, and which rules generalise?"
    budgets: ClassVar[dict[str, str]] = {
        "quick": "the text's presets anew, what takes longer from results that come with the package; a minute on two "
        "cores",
        "smoke": "a minute: rules that are hardly learned, on digits that come with the package",
        "full": "all of it made anew, policies that act where the extra control is installed; three hours on two cores",
    }

    def plan(self, budget: str) -> Plan:
        """What is done."""
        scale = SMOKE if budget == "smoke" else _with_images()
        if budget == "full":
            scale = dataclasses.replace(scale, acting=_installed())
        kept = EVIDENCE if budget == "quick" else None
        return Plan((), (), 0, no_subject, experiments=experiments(scale), kept_evidence=kept)

    def sections(self, evidence: Evidence) -> list[Section]:
        """The page."""
        return [
            claims_section(evidence),
            published_section(evidence),
            course_section(evidence),
            table_section(evidence),
            picture_section(evidence),
            form_section(evidence),
            elsewhere_section(evidence),
            sweep_section(evidence),
            original_section(evidence),
            attack_section(evidence),
            *acting_sections(evidence),
        ]


def _with_images() -> Scale:
    """With images of the MNIST family, or scikit-learn's digits alone where those are not to be had."""
    from ontogeny.data import load_images

    try:
        for name in ("mnist", "fashion-mnist"):
            load_images(name)
    except MachineError:
        return dataclasses.replace(Scale(), images=("digits",))
    return Scale()


def _installed() -> tuple[str, ...]:
    """Policies whose environments are installed."""
    libraries = {"ant": "brax"}
    return tuple(name for name in ACTING if find_spec(libraries.get(name.partition(",")[0], "gymnax")))
