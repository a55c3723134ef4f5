"""`probe` of runs that learned plasticity rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ontogeny.cli.words import show_json


def probe_lives(run: Path, settings: Iterable[str], seed: int, json: bool) -> None:
    """Try the rules of a run in other lifetimes and print what came of it.

    Args:
        run: its folder.
        settings: fields of the probe, as `field=value`.
        seed: of nets and orders.
        json: whether to print one JSON object.
    """
    from ontogeny.runs.probing_lives import probe_lives as look

    found = look(run, settings, seed)
    show_json(found) if json else _show(found)


def _show(found: dict[str, Any]) -> None:
    import statistics

    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"{found['run']}: lifetime, {found['nets']} nets, {found['passes']} × {found['samples']:,} samples")
    table = Table("rules", "accuracy, median", "lowest", "highest")
    for name, label in (
        ("accuracy", "learned"),
        ("perceptron", "perceptron"),
        ("averaged_perceptron", "averaged perceptron"),
    ):
        values = found[name]
        table.add_row(label, *(f"{of(values):.4f}" for of in (statistics.median, min, max)))
    console.print(table)
    classes = Table("class", "accuracy by the learned rules")
    for number, value in enumerate(found["by_class"]):
        classes.add_row(str(number), f"{value:.3f}")
    console.print(classes)
