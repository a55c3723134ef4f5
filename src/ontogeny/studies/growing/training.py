"""What training costs, and what it does to growth: table 2 and figure 17 of the text."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.growing_models import Kind
from ontogeny.studies.evidence import COURSE, Evidence
from ontogeny.studies.growing.measurements import LATER, TRAINED
from ontogeny.studies.growing.parts import pictures
from ontogeny.studies.growing.speed import GOAL
from ontogeny.studies.section import Chart, Line, Row, Section, Table

_TABLE_2: dict[int, tuple[float, float, str]] = {
    6: (25, 150, "36 min 7 s"),
    10: (20, 200, "43 min 36 s"),
    40: (7, 280, "2 h 24 min 58 s"),
    100: (3, 300, "5 h 38 min 38 s"),
    1000: (0.25, 250, "not finished"),
}
"""Of the text: generations and mutants a second, and the time to a fitness of -0.003, on 128 cores."""


def speed_section(evidence: Evidence) -> Section:
    """Table 2: population size against speed."""
    found = evidence.experiments["speed"]
    here = {row["popsize"]: (row["generations"], row["mutants"]) for row in found["published"]}
    rows: list[Row] = []
    for popsize in sorted({*here, *_TABLE_2}):
        generations, mutants = here.get(popsize, (None, None))
        theirs = _TABLE_2.get(popsize, (None, None, None))
        rows.append((f"{popsize:,}", generations, mutants, *theirs))
    grow = found["grow"]
    reached = f"reaches {grow['loss']:.2g}" if grow["stopped"] == "population_loss" else f"ends at {grow['loss']:.2g}"
    words = (
        "Table 2 of the text: the published program with several populations, here in float32 and on what grows "
        "automata in this package. A mutant is one member of a generation, evaluated in one episode. Measured on the "
        "machine on which this page was made.",
        f"In {grow['seconds']:.0f} s, compilation included, ontogeny grow {reached} in population loss, after "
        f"{grow['generations_made']:,} generations of {grow['popsize']:,} ({grow['mutants']:,.0f} mutants a second); "
        f"the goal is {GOAL}.",
    )
    columns = (
        "members",
        "generations a second",
        "mutants a second",
        "published: generations",
        "mutants",
        "to the goal",
    )
    return Section("Population size and speed", words, (Table(columns, tuple(rows)),))


def course_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """Figure 17: the loss after as many updates as in training, and after many more, during training."""
    charts = [
        Chart(
            f"{title}: after {updates} updates",
            tuple(_course(kind, evidence, name) for kind in group),
            logarithmic=True,
            along="episodes of training",
        )
        for title, group in pictures(kinds)
        for name, updates in (("trained", TRAINED), ("later", LATER))
    ]
    words = (
        "As in figure 17 of the text. Episodes of training last 30 to 39 updates; what comes after, only a pool "
        "lets the net see. Median over seeds; band: their range.",
    )
    return Section("During training", words, tuple(charts))


def _course(kind: Kind, evidence: Evidence, name: str) -> Line:
    losses = evidence.values(kind.name, COURSE, name)
    places = np.median(evidence.values(kind.name, COURSE, "evaluations"), axis=0)
    return Line(kind.label, kind.by, np.median(losses, axis=0), losses.min(axis=0), losses.max(axis=0), places)
