"""Tables, charts and pictures of the study, each beside what was published."""

from __future__ import annotations

import itertools
import operator
from statistics import median

from ontogeny.probes.growth import LANDMARKS
from ontogeny.runs.growing_models import Kind
from ontogeny.runs.published import STEPS, published_model
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.growing.measurements import OTHERS, SIGNS, WOUNDS
from ontogeny.studies.growing.parts import FIRST, curve_line, film_row, interval_note, pictures, title_of
from ontogeny.studies.section import Chart, Row, Section, Strip, Table
from ontogeny.studies.spread import spread

STRIP = (1, 4, 10, 30, 40, 100, 1000)


def loss_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """How low the loss gets, and whether it stays: ours beside the published values."""
    last = int(evidence.found[kinds[0].name, "growth"][0]["steps"])
    steps = [step for step in LANDMARKS if step <= last]
    rows: list[Row] = []
    for kind in kinds:
        values = [evidence.values(kind.name, "growth", "loss", str(step), "median") for step in steps]
        rows.append((title_of(kind), "here", *(spread(value) for value in values)))
        mark = published_model(kind.way, kind.pool, kind.picture)
        if mark:
            known = dict(zip(STEPS, mark.losses, strict=True))
            rows.append(("", f"published: {mark.name}", *(known.get(step) for step in steps)))
    words = (
        "Each genome is grown from the seed; the loss is the mean squared error over RGBA. "
        f"Medians over seeds of the median over rollouts{interval_note(evidence)}. Published values "
        "were measured on the released weights, one net each.",
    )
    columns = ("model", "", *(f"update {step:,}" for step in steps))
    return Section("How low the loss, and does it stay?", words, (Table(columns, tuple(rows)),))


def cost_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """What each training cost."""
    rows: list[Row] = []
    for kind in kinds:
        results = [one.result for one in evidence.trained[kind.name]]
        costs = [
            [float(result[name]) for result in results] for name in ("generations", "evaluations", "flops", "seconds")
        ]
        compiled = [float(result["compile_seconds"]) for result in results]
        seconds = median(map(operator.sub, costs[3], compiled))
        rows.append((title_of(kind), f"{len(results)}", *map(median, costs[:3]), seconds))
    words = (
        "Medians over seeds. An evaluation is one episode; one of Adam's comes with its gradient, which the "
        "arithmetic counts. With a pool evolution takes two episodes where it takes one without. Seconds without "
        "compilation, on the machine that trained: for genomes that come with the package, two cores that did other "
        "work too and at times stood still, and not all with the same version of this package.",
    )
    columns = ("model", "seeds", "steps", "evaluations", "FLOPs", "seconds")
    return Section("Cost", words, (Table(columns, tuple(rows)),))


def growth_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """Figures 7 and 12, and the strips of tables 4 and 6."""
    parts: list[Chart | Strip] = []
    for title, group in pictures(kinds):
        lines = tuple(curve_line(kind, evidence, "growth", "curve") for kind in group)
        marks = {}
        for kind in group:
            mark = published_model(kind.way, kind.pool, kind.picture)
            if mark:
                marks[f"published: {mark.name}"] = (STEPS, mark.losses)
        parts.append(Chart(title, lines, marks, logarithmic=True))
        parts.append(
            Strip(f"{title} (tables 4 and 6)", tuple(film_row(kind, evidence, STRIP) for kind in group), FIRST)
        )
    words = (
        "As in figures 7 and 12 and tables 4 and 6 of the text. Band: from the lowest first to the highest "
        "ninth decile over seeds.",
    )
    return Section("Growth over many updates", words, tuple(parts))


def erase_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """Figures 8, 9, 13 and 14: squares and the bottom rows erased."""
    rows: list[Row] = []
    for kind in kinds:
        shares = [spread(evidence.values(kind.name, name, "recovered")) for name in WOUNDS]
        ends = [spread(evidence.values(kind.name, name, "loss", "end", "median")) for name in WOUNDS]
        rows.append((title_of(kind), *itertools.chain(*zip(shares, ends, strict=True))))
    columns = ("model", *itertools.chain(*((f"{name[6:]}: recovered", "loss at the end") for name in WOUNDS)))
    charts = [
        Chart(
            f"{title}: {name[6:]} erased",
            tuple(curve_line(kind, evidence, name, "curve") for kind in group),
            at=(wound.at,),
        )
        for title, group in pictures(kinds)
        for name, wound in WOUNDS.items()
    ]
    words = (
        "Erased right after update 52, as in the published program. Recovered: the share of the damage that "
        "is gone at the "
        "end; 1 is all of it. A dash: the picture decays without damage too, so that nothing can be read.",
    )
    return Section("Erasing", words, (Table(columns, tuple(rows)), *charts))


def attack_section(kinds: list[Kind], evidence: Evidence) -> Section:
    """Figures 10, 11, 15 and 16, and their controls; attacks that are ones; noise; a larger canvas."""
    names = [*SIGNS, *OTHERS]
    rows = [(title_of(kind), *(spread(evidence.values(kind.name, name, "area")) for name in names)) for kind in kinds]
    words = (
        "Decades of loss that each disturbance costs on average over the updates after it sets in: 0 is no "
        "harm, 1 ten times the "
        "loss. The published attack (signs) adds the sign of the state's own error and clamps all channels "
        "to 0…1; clamp is the "
        "clamp without the signs, free signs the signs, 0.007 strong, without the clamp. PGD is a white-box attack "
        "through 20 updates, random as large a change by chance; noise lies on the weights (σ 0.01); canvas "
        "is 39 cells wide.",
    )
    charts = [
        Chart(f"{title}: {name}", tuple(curve_line(kind, evidence, name, "curve") for kind in group))
        for title, group in pictures(kinds)
        for name in ("signs-growing", "signs-after", "free-signs-growing")
    ]
    return Section("Attacks, noise, canvas", words, (Table(("model", *names), tuple(rows)), *charts))
