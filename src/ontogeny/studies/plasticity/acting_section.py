"""The page's part on policies that act while the body changes."""

from __future__ import annotations

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plasticity.acting import MOMENTS
from ontogeny.studies.plasticity.settings import ACTING, POLICIES, UNSEEN
from ontogeny.studies.section import Chart, Line, Row, Section, Table
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.spread import spread

_TONES = {"static": "ga", "recurrent": "adam", "hebbian": "es"}
_LABELS = {"static": "static weights", "recurrent": "recurrent weights", "hebbian": "Hebbian rules"}
_CHANGES = {
    "pendulum": "a pendulum, whose torque changes its sign",
    "cartpole": "a pole on a cart, whose force changes its sign",
    "ant": "an ant, which loses the use of a leg or gets it back",
}


def acting_sections(evidence: Evidence) -> list[Section]:
    """What rules are good for where a body changes; nothing where nobody acted."""
    charts, rows = [], []
    for place, unseen in UNSEEN.items():
        lines = []
        for policy in POLICIES:
            found = every_seed(evidence, f"acting {place}, {policy}")
            if not found:
                continue
            steps = ACTING[f"{place}, {policy}"]["task"].get("steps", 400)
            places = (np.arange(MOMENTS) + 0.5) * steps / MOMENTS
            middle, low, high = median_interval(np.asarray([each["life"] for each in found]))
            lines.append(Line(_LABELS[policy], _TONES[policy], middle, low, high, places))
            figures = [spread(numbers(found, what)) for what in ("untrained", "reward", "adapted", "unseen")]
            rows.append((f"{place}, {_LABELS[policy]}", f"{found[0]['numbers']}", *figures))
        if lines:
            charts.append(_chart(place, tuple(lines), ", ".join(unseen)))
    words = (
        "Beyond the texts. In the middle of each life the body changes without notice, half of the lives one way and "
        "half the other. Static weights evolve and stay; recurrent ones stay too, but neurons remember; of Hebbian "
        "policies only the rules evolve, one for each synapse, and every life begins with random weights (Najarro & "
        "Risi 2020). All perceive their last action and reward, and have as many generations, members and lives. The "
        "table has mean rewards of a step, with the least and greatest over seeds: of a policy as it was drawn, in all "
        "of a life, in the second half of each body's time, and the same in bodies that no policy evolved in.",
    )
    made: list[Row] = [tuple(row) for row in rows]
    table = Table(("", "numbers", "as drawn", "whole life", "adapted", "other bodies"), tuple(made))
    return [Section("Acting while the body changes", words, (*charts, table))] if made else []


def _chart(place: str, lines: tuple[Line, ...], unseen: str) -> Chart:
    return Chart(
        _CHANGES[place][0].upper() + _CHANGES[place][1:],
        lines,
        along="steps of a life; in its middle the body changes",
        up="reward of a step",
        linear=True,
        note=f"Means over lives that no policy evolved in, bands over seeds. Other bodies in the table: {unseen}.",
    )
