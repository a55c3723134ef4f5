"""What probes of classifiers found, a line each."""

from __future__ import annotations

from typing import Any

from ontogeny.report.material import Material
from ontogeny.report.numbers import number
from ontogeny.runs.image_figures import flat
from ontogeny.runs.image_probes import IMAGE_PROBES


def image_probes(run: Material) -> list[dict[str, Any]]:
    """A line for each probe of a classifier that was made since its genome was kept.

    Args:
        run: of any task.
    """
    if run.folder.config.task.name != "classification":
        return []
    kept = (run.folder.path / "genome.safetensors").stat().st_mtime
    return [
        _line(run, found)
        for name, found in run.folder.probes().items()
        if found.get("probe") in IMAGE_PROBES and (run.folder.path / "probes" / f"{name}.json").stat().st_mtime >= kept
    ]


def _line(run: Material, found: dict[str, Any]) -> dict[str, Any]:
    probe = IMAGE_PROBES[found["probe"]]
    return {
        "label": run.label,
        "tone": run.tone.name,
        "probe": found["probe"],
        "settings": ", ".join(f"{name.replace('_', ' ')} {_words(found[name])}" for name in probe.fields) or "–",
        "figures": ", ".join(f"{name} {number(value)}" for name, value in flat(found["figures"]).items()),
        "images": found["images"],
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
