"""What there is to choose from, with every field of every configuration."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

from ontogeny.data.drawn import DRAWN
from ontogeny.data.generated import ABOUT
from ontogeny.data.images import IMAGES
from ontogeny.runs.config_base import Config
from ontogeny.runs.config_learners import LEARNERS
from ontogeny.runs.config_tasks import TASKS
from ontogeny.runs.presets import describe, preset_texts
from ontogeny.runs.probe_fields import fields_of

Entry = dict[str, Any]

_ATTRIBUTE = re.compile(r"^    (\w+): ((?:.|\n(?= {8}))+)", re.MULTILINE)


def catalogue() -> dict[str, list[Entry]]:
    """Names with a line about each, by kind; configurations with their fields."""
    from ontogeny.probes import DISTURBANCES
    from ontogeny.runs.image_probes import IMAGE_PROBES
    from ontogeny.runs.probing import PROBES
    from ontogeny.runs.probing_lives import LIFE_PROBES, Lifetime

    return {
        "tasks": [
            *[_entry(name, config) for name, config in TASKS.items()],
            {"name": "my_file.py:MyTask", "about": "a task of your own: a subclass of ontogeny.Task"},
        ],
        "nets": [
            {"name": "nca", "about": "neural cellular automaton: one rule for all cells of a grid"},
            {"name": "mlp", "about": "multilayer perceptron: dense layers with rectified units"},
        ],
        "learners": [_entry(name, config) for name, config in LEARNERS.items()],
        "strategies": [
            {"name": "OpenES", "about": "evolution strategies as a gradient estimator (--by es)"},
            {"name": "GA", "about": "genetic algorithm on weights (--by ga)"},
            {"name": "RegularisedEvolution", "about": "of whole numbers; the oldest die (--by ageing)"},
            {"name": "PredictorSearch", "about": "whole numbers that a predictor thinks promising (--by predictor)"},
            {"name": "RandomSearch", "about": "whole numbers drawn at random (--by random)"},
        ],
        "presets": [{"name": name, "about": describe(text)} for name, text in preset_texts().items()],
        "probes": [
            *[
                {
                    "name": name,
                    "about": about,
                    "task": "growing",
                    "fields": _documented(DISTURBANCES[name]()) if name in DISTURBANCES else [],
                }
                for name, about in PROBES.items()
            ],
            *[
                {
                    "name": name,
                    "about": f"of a classifier: {probe.about}",
                    "task": "classification",
                    "fields": _documented(probe.plain, probe.fields),
                }
                for name, probe in IMAGE_PROBES.items()
            ],
            *[
                {"name": name, "about": about, "task": "plasticity", "fields": _documented(Lifetime())}
                for name, about in LIFE_PROBES.items()
            ],
        ],
        "targets": [
            {"name": ", ".join(DRAWN), "about": "drawn by the package, without a network"},
            {"name": "🥕, carrot, rabbit, lizard, …", "about": "any emoji or its Unicode name (noto-emoji)"},
            {"name": "picture.png", "about": "any image file"},
        ],
        "data": [{"name": name, "about": about} for name, about in {**IMAGES, **ABOUT}.items()],
    }


def _documented(plain: Any, names: Iterable[str] | None = None) -> list[Entry]:
    """Fields of a dataclass with what its docstring says of them; all of them if none are named."""
    about = dict(_ATTRIBUTE.findall(inspect.getdoc(plain) or ""))
    return [
        # A list is how `--set` takes several values.
        {
            "name": name,
            "default": list(value) if isinstance(value, tuple) else value,
            "about": " ".join(about[name].split()),
        }
        for name, value in fields_of(plain).items()
        if names is None or name in names
    ]


def _entry(name: str, config: type[Config]) -> Entry:
    doc = (config.__doc__ or "").strip().splitlines()[0]
    fields = [
        {"name": field, "default": info.default, "about": info.description}
        for field, info in config.model_fields.items()
        if info.description
    ]
    return {
        "name": name,
        "about": doc.rstrip("."),
        "fields": sorted(fields, key=lambda each: str(each["name"])),
    }
