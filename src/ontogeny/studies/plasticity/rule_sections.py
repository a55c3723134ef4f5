"""What rules look like: forms beside each other, and learned tables as pictures."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plasticity.settings import BOTH, EVOLVED, FORMS, GRADIENT, ORIGINAL
from ontogeny.studies.section import HeatMap, Row, Section, Table
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.spread import percent

_PLACES = ("silent, wrong", "silent, right", "fires, wrong", "fires, right")


def form_section(evidence: Evidence) -> Section:
    """Forms of rules: how many numbers, and whether they hold elsewhere."""
    rows: list[Row] = []
    for name in FORMS:
        found = every_seed(evidence, f"form {name}")
        if not found:
            continue
        counts = ", then ".join(f"{count}" for count in found[0]["numbers"])
        figures = [percent(numbers(found, what)) for what in ("untrained", "new", "other_nets")]
        rows.append((name, counts, *figures))
    words = (
        "All evolve for one net of 20 neurons that fires once, on eight sets, in 200 generations of 32 members. "
        "Accuracy, in percent, on test samples of eight other sets after 1,000 samples: with the rules as they were "
        "drawn, as they evolved, and as they evolved but in other nets. Under reward a net is told only whether its "
        "answer was right. Where rules are merged, the synapses whose rules have become alike get one for all, "
        "after a third and after two thirds of the generations.",
    )
    table = Table(("", "numbers", "as drawn", "new sets", "other nets"), tuple(rows))
    return Section("Forms of rules", words, (table,))


def picture_section(evidence: Evidence) -> Section:
    """Learned tables of the read-out, with their signs, each seed a row."""
    names = {EVOLVED: EVOLVED, GRADIENT: GRADIENT, BOTH: BOTH}
    names |= {f"original, {start}": f"Cristian et al., {start}" for start in ORIGINAL}
    rows, values = [], []
    for key, label in names.items():
        for seed, found in enumerate(every_seed(evidence, key)):
            table = np.asarray(found["tables"]["read_out"], float)
            rows.append(f"{label}, seed {seed}")
            values.append((table / np.abs(table).max()).ravel())
    middle = np.stack(values)
    note = "Each table is divided by its largest number. The perceptron's is 0, 0, −1, 1; what Cristian et al.'s "
    note += "theory asks for is 1, −1, −1, 1."
    picture = HeatMap(
        "Changes of the read-out", tuple(rows), _PLACES, middle, middle, middle, "rules", "synapse", "change", note
    )
    words = (
        "What was learned by nets that fire once: by how much a synapse to an output changes where its neuron was "
        "silent or fired, and the output was the wrong one, so that it should have been lower, or the right one.",
    )
    return Section("Learned tables", words, (picture,))
