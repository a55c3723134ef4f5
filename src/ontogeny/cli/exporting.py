"""`export`: a trained cell as a program of its own, and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ontogeny.cli.words import Json, show_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Look")(export)


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run that trained a cell.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; `export` in the run's by default.")] = None,
    json: Json = False,
) -> None:
    """Write a trained cell as a Python file that needs JAX alone, its weights, and a picture of the cell.

    [bold]Examples[/bold]

      ontogeny train cell-digits --out runs/digits

      ontogeny export runs/digits

      python runs/digits/export/net.py runs/digits/export/weights.safetensors picture.npy
    """
    from ontogeny.report.study_graph import graphs_figure
    from ontogeny.report.svg import to_png
    from ontogeny.runs.exporting import export_cell
    from ontogeny.runs.files import write_atomic
    from ontogeny.studies.architecture.trained_section import edges
    from ontogeny.studies.section import Graphs

    folder = out or run / "export"
    found = export_cell(run, folder)
    picture = folder / "cell.png"
    write_atomic(picture, to_png(graphs_figure([Graphs("Cell", {"": edges(found["cell"])})])))
    found["picture"] = str(picture)
    if json:
        show_json(found)
        return
    for name in ("net", "weights", "picture"):
        typer.echo(f"{name}: {found[name]}")
