"""`search`: cells for one's own images."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ontogeny.cli.words import Json, show_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Look")(search)


def search(
    data: Annotated[
        str, typer.Argument(help="digits, mnist, fashion-mnist, cifar10, or a folder of images.")
    ] = "digits",
    objective: Annotated[
        list[str] | None, typer.Option(help="A score, a size, or accuracy; several times for several.")
    ] = None,
    by: Annotated[
        str, typer.Option(help="nsga2, pareto or random; for one objective ageing or predictor too.")
    ] = "nsga2",
    popsize: Annotated[int, typer.Option(help="Cells of a generation.")] = 30,
    generations: Annotated[int, typer.Option(help="How many.")] = 5,
    seed: Annotated[int, typer.Option(help="Of all randomness.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Json = False,
) -> None:
    """Search cells for images: by scores of nets that nobody trained, by how large they are, or by short trainings.

    A folder of images has a folder for each class. What is printed are the cells that no other is better than in all
    objectives; the first has the smallest sum of ranks. Ctrl-C prints what was found until then.

    [bold]Examples[/bold]

      ontogeny search mnist

      ontogeny search my-photos --objective expressivity --objective parameters --objective latency

      ontogeny search my-photos --objective accuracy --by predictor --popsize 4 --generations 8

      ontogeny train cell-digits --set task.data=my-photos --set 'task.net="…"'
    """
    import time

    from ontogeny.runs.cell_search import DEFAULT, Progress, search_cells

    begun = time.perf_counter()

    def watch(progress: Progress) -> None:
        if quiet:
            return
        if not progress.generation:
            typer.echo("compiling, and scoring the first generation", err=True)
            return
        rate = progress.scored / max(time.perf_counter() - begun, 1e-9)
        left = (progress.generations - progress.generation) * progress.seconds / progress.generation
        typer.echo(
            f"generation {progress.generation} of {progress.generations} · {progress.scored} cells · {60 * rate:.0f} a "
            f"minute · at most {left:.0f} s left",
            err=True,
        )

    found = search_cells(
        data, tuple(objective or DEFAULT), by=by, popsize=popsize, generations=generations, seed=seed, watch=watch
    )
    show_json(found) if json else _show(found)
    if found["stopped"] == "interrupted":
        raise typer.Exit(130)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    names = [f"{name}, {'more' if higher else 'less'}" for name, higher in found["objectives"].items()]
    table = Table("", *names)
    for place, each in enumerate(found["front"], 1):
        table.add_row(f"{place}", *(f"{each[name]:.4g}" for name in found["objectives"]))
    console.print(table)
    for place, each in enumerate(found["front"][:5], 1):
        typer.echo(f"{place}: {each['cell']}")
    typer.echo(f"{found['scored']} cells scored in {found['seconds']} s; {found['stopped']}")
    chosen = f"--set task.data={found['data']} --set 'task.net=\"{found['front'][0]['cell']}\"'"
    typer.echo(f"train the first: ontogeny train cell-digits {chosen}")
