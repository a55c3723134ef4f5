"""`bench`: speed and memory beside named peers."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ontogeny.cli.words import Json, show_json

if TYPE_CHECKING:
    from ontogeny.bench.suites import Report
    from ontogeny.bench.table import Column, Row, Table


_NAME_WIDTH = 18


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Look")(bench)


def bench(
    only: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Of nca, gradient, mlp, autoencoder, population, memory, start; by commas."),
    ] = None,
    repeats: Annotated[int | None, typer.Option(help="Timed rounds: 7 by default, 3 with --quick.")] = None,
    popsize: Annotated[
        int | None, typer.Option(help="Members of a generation: 256 by default, 1,024 for memory; less with --quick.")
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(metavar="CELLS", help="nca, gradient: sides of the grids; 9,15,40 by default, 9 if quick."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller and less exact: about two minutes.")] = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    r"""Measure speed and memory on this machine, beside evosax, EvoTorch, CAX and PyTorch.

    All take turns in one process. Peers take part where they are installed:
    pip install 'ontogeny\[bench]'

    [bold]Examples[/bold]

      ontogeny bench --quick

      ontogeny bench --only nca,mlp --sizes 9,40 --repeats 15

      ontogeny bench --only memory --json
    """
    from ontogeny.bench.options import Options

    options = Options.parse(only, repeats, popsize, sizes, quick)

    from ontogeny.bench.suites import run

    def tell(text: str) -> None:
        if not quiet:
            print(text, file=sys.stderr, flush=True)

    # Some peers write to standard output as they please.
    out = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        report = run(options, tell, lambda table: None if json else _show(table, out))
    if json:
        show_json(report.to_json())
    else:
        print(_about(report))


def _show(found: Table, out: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Grid

    console = Console(file=out, highlight=False)
    console.print(f"[bold]{escape(found.title)}[/bold]")
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for column in found.columns:
        if column.key == "contender":
            grid.add_column(escape(column.heading), min_width=_NAME_WIDTH)
        else:
            grid.add_column(escape(column.heading), justify="right")
    for row in found.rows:
        grid.add_row(*[_cell(column, row) for column in found.columns])
    console.print(grid)
    console.print()
    for row in found.rows:
        if "missing" in row:
            console.print(f"{escape(row['contender'])}: {escape(row['missing'])}", soft_wrap=True)
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/dim]")
    console.print()


def _cell(column: Column, row: Row) -> str:
    from rich.markup import escape

    text = escape(column.cell(row))
    more = "see below" if "missing" in row else row.get("detail")
    return f"{text}\n[dim]{escape(more)}[/dim]" if column.key == "contender" and more else text


def _about(report: Report) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items() if version)
    machine = report.machine
    return f"{machine['cores']} cores, kernels {machine['kernels']}, load before {machine['load']}; {versions}"
