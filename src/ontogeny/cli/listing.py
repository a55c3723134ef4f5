"""`runs` and `list`: what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ontogeny.cli.words import Json, show_json
from ontogeny.errors import refuse


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Look")(runs)
    app.command("list", rich_help_panel="Look")(list_)


def runs(
    folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("runs"),
    json: Json = False,
) -> None:
    """List the runs below a folder, with how they ended.

    [bold]Example[/bold]

      ontogeny runs
    """
    from ontogeny.runs.folder import list_runs

    rows = [run.overview() for run in list_runs(folder)]
    if json:
        show_json({"runs": rows})
    elif not rows:
        print(f"no runs below {folder}; start one with: ontogeny grow 🥕")
    else:
        _table(rows)


def list_(
    kind: Annotated[
        str | None, typer.Argument(help="tasks, nets, learners, strategies, presets, probes, targets or data.")
    ] = None,
    json: Json = False,
) -> None:
    """List tasks, nets, learners, strategies, presets, probes, targets and data, with their fields.

    [bold]Examples[/bold]

      ontogeny list

      ontogeny list learners
    """
    from ontogeny.runs.catalogue import catalogue

    found = catalogue()
    if kind is not None and kind not in found:
        refuse("list", kind, found)
    chosen = {kind: found[kind]} if kind else found
    if json:
        show_json(chosen)
        return
    for name, entries in chosen.items():
        _entries(name, entries)


def _entries(name: str, entries: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{name}[/bold]")
    for entry in entries:
        console.print(f"  [cyan]{escape(entry['name'])}[/cyan]  {escape(entry['about'])}")
        for field in entry.get("fields", []):
            text = f"      {field['name']} = {field['default']}  [dim]{escape(field['about'])}[/dim]"
            console.print(text)
    console.print()


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0])
    for row in rows:
        table.add_row(*[f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values()])
    Console().print(table)
