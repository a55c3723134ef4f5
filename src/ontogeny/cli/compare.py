"""`compare` and `report`: pages about runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ontogeny.cli.words import Json, show_json

Runs = Annotated[list[Path], typer.Argument(help="Folders of runs.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Look")(compare)
    app.command(rich_help_panel="Look")(report)


def compare(
    runs: Runs,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("compare.html"),
    json: Json = False,
) -> None:
    """Compare runs: curves, medians and intervals over seeds, and who is ahead at equal cost.

    Runs that differ only in their seed are one group.

    [bold]Example[/bold]

      ontogeny compare runs/*-carrot-9-es-* runs/*-carrot-9-adam-*
    """
    from ontogeny.report.compare import compare as compare_runs
    from ontogeny.runs.folder import RunFolder

    found = compare_runs([RunFolder.open(run) for run in runs], out)
    if json:
        show_json({**found, "page": str(out)})
        return
    _table(found["groups"])
    print(f"page: {out.resolve()}")


def report(
    runs: Runs,
    out: Annotated[
        Path | None,
        typer.Option(help="The page to write; by default report.html in the run's folder, or here for several."),
    ] = None,
    json: Json = False,
) -> None:
    """Write the report of a run, or of several side by side.

    [bold]Examples[/bold]

      ontogeny report runs/demo/es

      ontogeny report runs/demo/es runs/demo/adam --out both.html
    """
    from ontogeny.report.html import write_report
    from ontogeny.runs.folder import RunFolder

    folders = [RunFolder.open(run) for run in runs]
    page = write_report(folders, out or (runs[0] / "report.html" if len(runs) == 1 else Path("report.html")))
    if json:
        show_json({"report": str(page)})
    else:
        print(f"report: {page.resolve()}")


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    table = Table(*[name.replace("_", " ") for name in rows[0]])
    for row in rows:
        table.add_row(*[_cell(value) for value in row.values()])
    Console().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        return f"{value['median']:.3g} [{value['low']:.3g}, {value['high']:.3g}]"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
