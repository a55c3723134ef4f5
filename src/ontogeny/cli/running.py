"""`grow`, `train`, `resume`, `demo`: the commands that train."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ontogeny.cli.progress import note_plain, watching, watching_each
from ontogeny.cli.words import Json, show_json, tell_result

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Any field, as in learner.popsize=64; see `ontogeny list`."),
]
UntilOption = Annotated[
    list[str] | None,
    typer.Option(
        "--until",
        metavar="NAME=NUMBER",
        help="Stop at steps, generations, evaluations, seconds, minutes, loss, population_loss; the first of several.",
    ),
]
Minutes = Annotated[float | None, typer.Option(help="Stop after this many minutes, compilation included.")]
Seed = Annotated[int | None, typer.Option(help="Of all randomness; the same seed gives the same run.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the run; by default a new one below runs/.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Whether to end with report.html.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Train")(grow)
    app.command(rich_help_panel="Train")(train)
    app.command(rich_help_panel="Train")(resume)
    app.command(rich_help_panel="Train")(demo)


def grow(
    target: Annotated[
        str, typer.Argument(help="An emoji, its name, an image file, or heart, ring, star, smiley.")
    ] = "🥕",
    size: Annotated[int, typer.Option(help="Side of the picture in cells, 4 to 256.")] = 9,
    by: Annotated[
        str, typer.Option(help="es (evolution strategies), adam (gradients) or ga (genetic algorithm).")
    ] = "es",
    until: UntilOption = None,
    minutes: Minutes = None,
    seed: Seed = None,
    padding: Annotated[int, typer.Option(help="Empty cells on each side of the picture.")] = 0,
    pool: Annotated[
        int, typer.Option(help="States in the sample pool, so that growth learns to stay; 0 for none.")
    ] = 0,
    out: Out = None,
    settings: Set = None,
    report: Report = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Grow an image from one cell.

    [bold]Examples[/bold]

      ontogeny grow 🥕

      ontogeny grow rabbit --size 15 --by adam --until steps=5000

      ontogeny grow logo.png --size 20 --padding 2 --until generations=800 --set task.bias=true
    """
    from ontogeny.runs.config import override
    from ontogeny.runs.growing import growing_learner, growing_limits, growing_tree

    tree = growing_tree(target, size, by, padding, pool)
    limits = growing_limits(by, size, _limits(until, minutes))
    asked = override({"task": dict(tree["task"]), "learner": {}}, settings or [])
    tree["learner"] = growing_learner(by, limits, asked["task"], asked["learner"].get("popsize"))
    _start({**tree, "until": limits}, settings, seed, out, report, json, quiet)


def train(
    config: Annotated[str, typer.Argument(help="A preset, a .toml file, a run folder, or my_file.py:MyTask.")],
    by: Annotated[
        str | None,
        typer.Option(help="es, adam, ga, seed-ga, hybrid, pbt or esgd, where the configuration does not say."),
    ] = None,
    until: UntilOption = None,
    minutes: Minutes = None,
    seed: Seed = None,
    out: Out = None,
    settings: Set = None,
    report: Report = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train what a configuration says: a preset, a TOML file, or a task of your own.

    Where nothing says when to stop, it stops after two minutes.

    [bold]Examples[/bold]

      ontogeny train carrot-9-es-published --minutes 10

      ontogeny train runs/mine/config.toml --set learner.popsize=64

      ontogeny train my_file.py:MyTask --by es --until generations=500
    """
    from ontogeny.runs.growing import default_limits
    from ontogeny.runs.presets import named_tree

    tree = named_tree(config)
    if by is not None:
        old = tree.get("learner", {})
        tree["learner"] = old if old.get("by") == by else {"by": by}
    limits: dict[str, Any] = _limits(until, minutes) or tree.get("until", {})
    tree["until"] = limits or default_limits("ga")
    _start(tree, settings, seed, out, report, json, quiet)


def resume(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    until: UntilOption = None,
    minutes: Minutes = None,
    report: Report = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on with a run that was interrupted or killed: it ends as if it never had been.

    [bold]Examples[/bold]

      ontogeny resume runs/20261122-101500-carrot-9-es-seed0

      ontogeny resume runs/mine --until generations=5000
    """
    from ontogeny.runs import launch

    note_plain(quiet)
    with watching(_learner_of(run), f"resuming {run}", quiet) as callbacks:
        result = launch.resume(run, _limits(until, minutes), callbacks)
    _end(result, report, json)


def demo(
    out: Annotated[Path, typer.Option(help="Folder of the two runs and the report.")] = Path("runs/demo"),
    quiet: Quiet = False,
) -> None:
    """Grow a carrot by evolution and by Adam, erase part of each, and report side by side.

    [bold]Example[/bold]

      ontogeny demo --out runs/demo
    """
    from ontogeny.report.html import write_report
    from ontogeny.runs.folder import RunFolder
    from ontogeny.runs.launch import fresh_folder
    from ontogeny.studies.demo import demo as run_demo
    from ontogeny.studies.demo import demo_target

    note_plain(quiet)
    target, why = demo_target()
    if why:
        print(why, file=sys.stderr)
    folder = fresh_folder(out)
    with watching_each(quiet) as watch:
        folders = run_demo(target, folder, lambda by: watch(by, f"growing by {by}, then erasing parts: compiling"))
    for path in folders:
        print(tell_result(RunFolder.open(path).result or {}), end="\n\n")
    page = write_report([RunFolder.open(path) for path in folders], folder / "report.html")
    print(f"report: {page.resolve()}")


def _limits(until: list[str] | None, minutes: float | None) -> dict[str, Any]:
    from ontogeny.core.until import parse_limits

    limits = parse_limits(until or [])
    return limits if minutes is None else {**limits, "seconds": minutes * 60}


def _start(
    tree: dict[str, Any],
    settings: list[str] | None,
    seed: int | None,
    out: Path | None,
    report: bool,
    json: bool,
    quiet: bool,
) -> None:
    from ontogeny.runs import launch
    from ontogeny.runs.config import RunConfig, override

    if seed is not None:
        tree["seed"] = seed
    config = RunConfig.parse(override(tree, settings or []))
    note_plain(quiet)
    title = f"{config.task.label} by {config.learner.by}, seed {config.seed}: compiling"
    with watching(config.learner.by, title, quiet) as callbacks:
        result = launch.start(config, out, callbacks)
    _end(result, report, json)


def _end(result: dict[str, Any], report: bool, json: bool) -> None:
    page = None
    if report and result["stopped"] != "interrupted":
        from ontogeny.report.html import write_report
        from ontogeny.runs.folder import RunFolder

        path = Path(result["run"])
        page = write_report([RunFolder.open(path)], path / "report.html")
    if json:
        show_json({**result, "report": str(page) if page else None})
    else:
        print(tell_result(result))
        if page:
            print(f"report: {page.resolve()}")
    if result["stopped"] == "interrupted":
        raise typer.Exit(130)
    if result["stopped"] == "diverged":
        raise typer.Exit(1)


def _learner_of(run: Path) -> str:
    from ontogeny.runs.folder import RunFolder

    return RunFolder.open(run).config.learner.by
