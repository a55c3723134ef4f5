"""`study`: a published system, re-done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ontogeny.cli.progress import note_plain, watching_each
from ontogeny.errors import refuse


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Study")(study)


def study(
    name: Annotated[str | None, typer.Argument(help="Which; without it they are listed.")] = None,
    budget: Annotated[str | None, typer.Option(help="How much to spend; listed with the studies.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; runs/study-NAME-BUDGET by default.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Re-do a published system: train its models, probe them, and weigh what its text claims.

    What is done already is kept in the folder: the same command goes on where it was broken off.

    [bold]Examples[/bold]

      ontogeny study

      ontogeny study growing --budget smoke
    """
    from ontogeny.report.study import write_study
    from ontogeny.studies import studies
    from ontogeny.studies.evidence import collect

    known = studies()
    if name is None:
        for each in known.values():
            print(f"{each.name}: {each.about}")
            for key, about in each.budgets.items():
                print(f"  --budget {key}: {about}")
        return
    if name not in known:
        refuse("study", name, known)
    chosen = known[name]
    budget = budget or next(iter(chosen.budgets))
    if budget not in chosen.budgets:
        refuse("budget", budget, chosen.budgets)
    folder = out or Path("runs") / f"study-{name}-{budget}"

    note_plain(quiet)

    def say(text: str) -> None:
        if not quiet:
            print(text, file=sys.stderr, flush=True)

    try:
        with watching_each(quiet) as watch:
            evidence = collect(chosen.plan(budget), folder, watch, say)
    except KeyboardInterrupt:
        again = f"ontogeny study {name} --budget {budget} --out {folder}"
        print(f"interrupted; all of it is saved. Go on with: {again}", file=sys.stderr)
        raise typer.Exit(130) from None
    page = write_study(chosen, budget, evidence, folder / "report.html")
    print(f"report: {page.resolve()}")
