"""`study`: a published system, re-done."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from ontogeny.cli.progress import note_plain, watching_each
from ontogeny.cli.words import Json, show_json
from ontogeny.errors import refuse


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Study")(study)


def study(
    name: Annotated[str | None, typer.Argument(help="Which; without it they are listed.")] = None,
    budget: Annotated[str | None, typer.Option(help="How much to spend; listed with the studies.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; runs/study-NAME-BUDGET by default.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: Json = False,
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
    from ontogeny.studies.section import Claim

    known = studies()
    if name is None:
        if json:
            show_json(
                {"studies": [{"name": one.name, "about": one.about, "budgets": one.budgets} for one in known.values()]}
            )
            return
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
    sections = chosen.sections(evidence)
    page = write_study(chosen, budget, evidence, sections, folder / "report.html")
    if json:
        parts = [part for section in sections for part in section.parts]
        claims = [dataclasses.asdict(part) for part in parts if isinstance(part, Claim)]
        show_json({"study": name, "budget": budget, "claims": claims, "report": str(page)})
    else:
        print(f"report: {page.resolve()}")
