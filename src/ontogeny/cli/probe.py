"""`probe`: what is done to a trained genome, and how it takes it."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ontogeny.cli.probe_images import probe_images
from ontogeny.cli.probe_lives import probe_lives
from ontogeny.cli.words import Json, show_json
from ontogeny.errors import InputError, refuse, require


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Look")(probe)


def probe(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[RUN] PROBE", help="Folder of a run (not with --genome), and a probe."),
    ],
    genome: Annotated[Path | None, typer.Option(help="A safetensors file in place of a run.")] = None,
    target: Annotated[str | None, typer.Option(help="With --genome: the picture that it grows.")] = None,
    size: Annotated[int | None, typer.Option(help="With --genome: side of the picture in cells.")] = None,
    padding: Annotated[int | None, typer.Option(help="With --genome: empty cells on each side.")] = None,
    fire_rate: Annotated[float | None, typer.Option(help="With --genome: probability that a cell fires.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A field of the probe (see `ontogeny list probes`); repeat."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Updates: 2,000 for growth, else 200 by default.")] = None,
    rollouts: Annotated[int | None, typer.Option(help="How many times it is grown; 64 by default.")] = None,
    seed: Annotated[int, typer.Option(help="Of the rollouts, or of what else is random.")] = 0,
    square: Annotated[int | None, typer.Option(help="erase: side of a square, in cells; 3 by default.")] = None,
    bottom: Annotated[int | None, typer.Option(help="erase: this many rows from below.")] = None,
    circle: Annotated[int | None, typer.Option(help="erase: diameter of a circle, in cells.")] = None,
    row: Annotated[int | None, typer.Option(help="erase: first row of the square, row of the circle's centre.")] = None,
    column: Annotated[int | None, typer.Option(help="erase: likewise.")] = None,
    at: Annotated[int | None, typer.Option(help="erase: after how many updates; 52 by default.")] = None,
    json: Json = False,
) -> None:
    """Do something to a trained genome, and see how it takes it.

    Of a run that grows an image: grow it many times; leave it alone (growth), erase a part (erase), or disturb it
    (signs, attack, noise, prune, quantise, fire, canvas, seeds, rotate).

    Of a run that recognises images: attack the test images (fgsm, pgd), change them (corruption), see whether it is as
    often right as it is sure (calibration); of a population, whether attacks on one member fool the others (transfer),
    and how alike members are (agreement).

    Of a run that learned plasticity rules: let them live through other samples, in a net of another width (lifetime).

    [bold]Examples[/bold]

      ontogeny probe runs/demo/es growth --steps 1000

      ontogeny probe runs/demo/es erase --bottom 4

      ontogeny probe runs/demo/adam attack --set method=pgd --set strength=0.02

      ontogeny probe --genome mine.safetensors growth --target 🥕 --size 9 --json

      ontogeny probe runs/digits pgd --set epsilon=0.05

      ontogeny probe runs/rules lifetime --set data=mnist --set width=1000
    """
    from ontogeny.runs import probing
    from ontogeny.runs.folder import RunFolder
    from ontogeny.runs.probe_names import ALL_PROBES, TASK_PROBES, check_probe

    kind, run = _parse(words, genome)
    if kind not in ALL_PROBES:
        refuse("probe", kind, ALL_PROBES)
    if run is not None:
        check_probe(kind, RunFolder.open(run))
    shapes = {"square": square, "bottom": bottom, "circle": circle}
    given = {name: value for name, value in shapes.items() if value is not None}
    if kind != "erase":
        _refuse({**shapes, "row": row, "column": column, "at": at}, "erase", kind)
    if kind not in probing.PROBES:
        _refuse({"steps": steps, "rollouts": rollouts}, "probes that grow an image", kind)
        require(run is not None, "genome", str(genome), f"{kind} needs the data of a run: give its folder")
        assert run is not None
        look = probe_lives if kind in TASK_PROBES["plasticity"] else partial(probe_images, kind=kind)
        look(run, settings=settings or [], seed=seed, json=json)
        return
    rollouts = 64 if rollouts is None else rollouts
    if kind in ("growth", "erase"):
        require(
            not settings, "set", ", ".join(settings or []), f"{kind} has no such fields; see: ontogeny probe --help"
        )
    require(len(given) <= 1, "erase", ", ".join(f"--{name}" for name in given), "give one of them")
    if run is not None:
        subject = probing.subject_of_run(run)
    else:
        assert genome is not None
        subject = probing.subject_of_genome(genome, target, size, padding, fire_rate)
    if kind == "growth":
        found = probing.probe_growth(subject, 2000 if steps is None else steps, rollouts, seed)
    elif kind == "erase":
        from ontogeny.probes import Wound
        from ontogeny.probes.erase import PUBLISHED_STEP

        shape, cells = next(iter(given.items()), ("square", None))
        wound = Wound(shape, cells, row, column, PUBLISHED_STEP if at is None else at)  # type: ignore[arg-type]
        found = probing.probe_erase(subject, wound, 200 if steps is None else steps, rollouts, seed)
    else:
        disturbance = probing.read_disturbance(kind, settings or [])
        found = probing.probe_disturbance(subject, kind, disturbance, 200 if steps is None else steps, rollouts, seed)
    show_json(found) if json else _show(found)


def _refuse(options: dict[str, int | None], whose: str, kind: str) -> None:
    for name, value in options.items():
        hint = f"it is an option of {whose}; give a field of {kind} as --set field=value"
        require(value is None, name, value, hint)


def _parse(words: list[str], genome: Path | None) -> tuple[str, Path | None]:
    if genome is not None:
        require(len(words) == 1, "probe", " ".join(words), "with --genome give only the probe, such as growth")
        return words[0], None
    if len(words) != 2:
        raise InputError(
            "probe",
            " ".join(words),
            "give a run folder and a probe, as in: ontogeny probe runs/demo/es growth",
        )
    return words[1], Path(words[0])


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    alone = found.get("untouched", {})
    table = Table("when" if found["probe"] == "erase" else "update", "median loss", "10 %", "90 %", "mean")
    if alone:
        table.add_column("left alone")
    for name, loss in found["loss"].items():
        values = [f"{loss[part]:.3g}" for part in ("median", "q10", "q90", "mean")]
        values += [f"{alone[name]['median']:.3g}"] if alone else []
        table.add_row(name.replace("_", ", "), *values)
    console = Console()
    console.print(f"{found['run']}: {found['probe']}, {found['rollouts']} rollouts of {found['steps']} updates")
    console.print(table)
    if found["probe"] == "erase":
        recovered = found["recovered"]
        share = f"{recovered:.0%} of the damage has gone at the end"
        unread = "the image decays without damage too, so no recovery can be read"
        outcome = share if math.isfinite(recovered) else unread
        console.print(f"{found['cells']} cells erased after update {found['at']}; {outcome}")
    if alone:
        share = f"{found['recovered']:.0%} of it has gone at the end" if math.isfinite(found["recovered"]) else ""
        console.print(f"it costs {found['area']:.2g} decades of loss on average" + (f"; {share}" if share else ""))
