"""`score`: what an untrained net says of how it will learn."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ontogeny.cli.words import Json, show_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Look")(score)


def score(
    net: Annotated[str, typer.Argument(help="my_net.py:Net, or a cell as NAS-Bench-201 writes it.")],
    data: Annotated[str, typer.Option(help="Images: digits, mnist, fashion-mnist or cifar10.")] = "digits",
    images: Annotated[int, typer.Option(help="How many are shown.")] = 64,
    draws: Annotated[int, typer.Option(help="How often the weights are drawn.")] = 3,
    seed: Annotated[int, typer.Option(help="Of all randomness.")] = 0,
    only: Annotated[list[str] | None, typer.Option(help="A score; several times for several.")] = None,
    json: Json = False,
) -> None:
    """Score a net that nobody trained, beside how large it is.

    Scores guess which of several nets will learn better. Parameters and operations often guess as well: look at both.
    A net of your own is an Equinox module made from a random key, Net(key), that takes one image, (height, width,
    channels), to logits.

    [bold]Examples[/bold]

      ontogeny score my_net.py:Net --data mnist

      ontogeny score "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|" --only naswot
    """
    from ontogeny.runs.scoring import score_net

    found = score_net(net, data=data, images=images, draws=draws, seed=seed, only=tuple(only or ()))
    if json:
        show_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("score", "value", "standard error", "better", "what it looks at")
    for name, each in found["scores"].items():
        mean, error = (("" if value is None else f"{value:.4g}") for value in (each["mean"], each["error"]))
        table.add_row(name, each["flaw"] or mean, error, "more" if each["higher"] else "less", each["about"])
    console = Console()
    console.print(table)
    console.print(
        f"{found['parameters']:,} parameters, {found['flops'] / 1e6:,.4g} million operations an image; "
        f"{found['images']} images of {found['data']}, weights drawn {found['draws']} times"
    )
