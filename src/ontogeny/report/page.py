"""Pages from templates: everything in one file, nothing loaded from elsewhere."""

from __future__ import annotations

from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from ontogeny.report import numbers
from ontogeny.report.palette import variables


def render(template: str, **values: Any) -> str:
    """A page from `templates/`; texts are escaped, figures come as `Markup`."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": numbers.number,
        "count": numbers.count,
        "flops": numbers.flops,
        "duration": numbers.duration,
    }
    style = _read("style.css").replace("/* light */", variables(dark=False)).replace("/* dark */", variables(dark=True))
    return environment.get_template(template).render(
        style=Markup(style),
        player_code=Markup(_read("player.js")),
        film_code=Markup(_read("film.js")),
        **values,
    )


def _read(name: str) -> str:
    return (resources.files("ontogeny.report") / "templates" / name).read_text(encoding="utf-8")
