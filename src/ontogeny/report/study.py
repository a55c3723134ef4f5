"""The page of a study: its sections drawn, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ontogeny.report.numbers import number
from ontogeny.report.page import render
from ontogeny.report.pictures import png
from ontogeny.report.study_chart import chart_svg
from ontogeny.report.study_film import film
from ontogeny.report.study_graph import graphs_svg
from ontogeny.report.study_heat import heat_table
from ontogeny.report.study_matrix import matrices_svg
from ontogeny.report.study_panels import panels_svg
from ontogeny.report.study_scatter import scatter_svg
from ontogeny.runs.files import write_atomic
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import (
    Cell,
    Chart,
    Claim,
    Film,
    Graphs,
    HeatMap,
    Matrices,
    Panels,
    Part,
    Scatter,
    Section,
    Spread,
    Strip,
    Table,
)
from ontogeny.studies.study import Study


def write_study(study: Study, budget: str, evidence: Evidence, sections: Sequence[Section], path: Path) -> Path:
    """Write the page of a study.

    Args:
        study: which.
        budget: for which it was carried out.
        evidence: what was found.
        sections: what follows from it.
        path: of the HTML file.

    Returns:
        `path`.

    Raises:
        MachineError: where the disk cannot be written.
    """
    page = render(
        "study.html.j2",
        title=study.title,
        icon="",
        budget=budget,
        about=study.about,
        seeds=evidence.plan.seeds,
        rollouts=evidence.plan.rollouts,
        experiments=len(evidence.experiments),
        models=[model.name for model in evidence.plan.models],
        command=f"ontogeny study {study.name} --budget {budget}",
        sections=[_section(section, number) for number, section in enumerate(sections)],
    )
    write_atomic(path, page)
    return path


def _section(section: Section, number: int) -> dict[str, Any]:
    parts = [_part(part, f"s{number}p{index}") for index, part in enumerate(section.parts)]
    return {"title": section.title, "words": section.words, "parts": parts}


def _part(part: Part, name: str) -> dict[str, Any]:
    if isinstance(part, Table):
        rows = [[_cell(cell) for cell in row] for row in part.rows]
        return {"kind": "table", "columns": part.columns, "rows": rows, "note": part.note}
    if isinstance(part, Chart):
        return {"kind": "figure", "title": part.title, "svg": chart_svg(part, name), "note": part.note}
    if isinstance(part, Scatter):
        return {"kind": "figure", "title": part.title, "svg": scatter_svg(part, name), "note": part.note}
    if isinstance(part, HeatMap):
        return {"kind": "heat", "title": part.title, "map": part, "note": part.note, **heat_table(part)}
    if isinstance(part, Panels):
        return {"kind": "figure", "title": part.title, "svg": panels_svg(part, name), "note": part.note}
    if isinstance(part, Matrices):
        return {"kind": "figure", "title": part.title, "svg": matrices_svg(part, name), "note": part.note}
    if isinstance(part, Graphs):
        return {"kind": "figure", "title": part.title, "svg": graphs_svg(part, name), "note": part.note}
    if isinstance(part, Film):
        return {"kind": "film", "title": part.title, "note": part.note, **film(part)}
    if isinstance(part, Strip):
        drawn = [(label, [(caption, png(picture)) for caption, picture in cells]) for label, cells in part.rows]
        return {"kind": "strip", "title": part.title, "rows": drawn, "note": part.note, "across": part.across}
    assert isinstance(part, Claim)
    return {"kind": "claim", "claim": part, "note": part.test}


def _cell(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, Spread):
        ends = f" [{number(cell.low, 2)}, {number(cell.high, 2)}]" if cell.known > 1 else ""
        few = f" ({cell.known} of {cell.seeds})" if cell.known < cell.seeds else ""
        return f"{number(cell.middle, 2)}{ends}{few}"
    return cell if isinstance(cell, str) else number(cell, 2)
