"""`probe` of runs that recognise images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ontogeny.cli.words import show_json

_SCORES = ("calibration", "agreement")


def probe_images(run: Path, kind: str, settings: Iterable[str], seed: int, json: bool) -> None:
    """Probe the classifier of a run and print what was found.

    Args:
        run: its folder.
        kind: the name of a probe of classifiers.
        settings: fields of the probe, as `field=value`.
        seed: of what is random about it.
        json: whether to print one JSON object.
    """
    from ontogeny.runs.probing_images import image_subject_of_run
    from ontogeny.runs.probing_images import probe_images as look

    found = look(image_subject_of_run(run), kind, settings, seed)
    show_json(found) if json else _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from ontogeny.runs.image_figures import flat

    console = Console()
    whom = f"{found['members']} members, " if "members" in found else ""
    console.print(f"{found['run']}: {found['probe']}, {whom}{found['images']:,} test images")
    if table := found.get("reliability"):
        bins = Table("as sure as", "images", "confidence", "accuracy")
        for row in table:
            sure = f"{row['above']:.2f} to {row['up_to']:.2f}"
            bins.add_row(sure, f"{row['images']:,}", f"{row['confidence']:.3f}", f"{row['accuracy']:.3f}")
        console.print(bins)
    figures = Table(found["probe"], "" if found["probe"] in _SCORES else "accuracy")
    for name, value in flat(found["figures"]).items():
        figures.add_row(name, f"{value:.4f}")
    console.print(figures)
