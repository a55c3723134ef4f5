"""Known cells and found ones: what they look like, where their scores lie, and what becomes of them when trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.data.cells import EDGES, OPERATIONS, parse_cell
from ontogeny.studies.architecture.settings import CHANNELS, FOUND, KNOWN, TEXT_SCORES, TRAINED
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Graphs, Row, Scatter, Section, Table
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.spread import percent, spread

PICTURES = {"cifar10": "CIFAR-10", "mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "digits": "digits"}
"""What nets are trained on in the end."""

_WORDS = {
    "skip_connect": "skip",
    "nor_conv_1x1": "convolution 1×1",
    "nor_conv_3x3": "convolution 3×3",
    "avg_pool_3x3": "mean 3×3",
}


def edges(cell: str) -> tuple[tuple[int, int, str], ...]:
    """What a picture shows of a cell, `none` left out.

    Args:
        cell: as NAS-Bench-201 writes it.
    """
    named = ((*ends, OPERATIONS[choice]) for ends, choice in zip(EDGES, parse_cell(cell), strict=True))
    return tuple((sender, to, _WORDS[kind]) for sender, to, kind in named if kind != "none")


def cells_section(evidence: Evidence) -> Section:
    """Pictures of cells, and the text's figure 4."""
    (found,), (known,) = (every_seed(evidence, name) for name in ("scores", "known cells"))
    drawn = {name: edges(cell) for name, cell in KNOWN.items()}
    for name, cells in FOUND.items():
        for seed, cell in enumerate(cells):
            drawn[f"{name}, {seed + 1}" if len(cells) > 1 else name] = edges(cell)
    words = (
        "A cell has an input, an output and two nodes between them; what comes to a node is added. The first four are "
        "what people would draw and the best of the table; the others were found, and are trained below.",
    )
    figures = [_plane(found, known, up) for up in TEXT_SCORES[1:]]
    return Section("Cells", words, (Graphs("Cells", drawn), *figures))


def _plane(found: dict[str, Any], known: dict[str, Any], up: str) -> Scatter:
    """Figure 4, of which a page can show two of three dimensions."""
    along = TEXT_SCORES[0]
    both = [[*found["scores"][score], *(each[score] for each in known.values())] for score in (along, up)]
    points = np.asarray([[np.nan if each is None else each for each in values] for values in both], np.float64).T
    points[:, 0] = np.log10(points[:, 0])
    points[:, 1] = -points[:, 1] if up == "naswot" else np.log10(points[:, 1])
    points = (points - np.nanmin(points, 0)) / np.maximum(np.nanmax(points, 0) - np.nanmin(points, 0), 1e-12)
    count = len(found["cells"])
    groups = {"random cells": points[:count]}
    groups |= {name: points[count + place][None] for place, name in enumerate(known)}
    return Scatter(
        f"Figure 4: {along} and {up}",
        {name: each[np.isfinite(each).all(1)] for name, each in groups.items()},
        along=f"{along}, logarithm",
        up="negative of naswot" if up == "naswot" else f"{up}, logarithm",
        note="From the least to the most of what is drawn; lower left is better, where the text has the nets that "
        "people designed.",
    )


def trained_section(evidence: Evidence) -> Section:
    """The final comparison: nets that are trained alike."""
    rows: list[Row] = []
    for data, title in PICTURES.items():
        for name in TRAINED:
            found = every_seed(evidence, f"trained on {data}, {name}")
            if not found:
                continue
            reference = every_seed(evidence, f"trained on {data}, {TRAINED[0]}")
            gap = 100 * (numbers(reference, "accuracy")[: len(found)] - numbers(found, "accuracy")[: len(reference)])
            rows.append(
                (
                    f"{title}, {name}",
                    f"{len(found)}",
                    percent(numbers(found, "accuracy")),
                    None if name == TRAINED[0] else spread(gap),
                    f"{np.median(numbers(found, 'parameters')):,.0f}",
                    f"{np.median(numbers(found, 'flops')) / 1e6:,.0f}",
                    spread(numbers(found, "seconds")),
                )
            )
    words = (
        f"Nets of one cell a stage, {CHANNELS} channels in the first, beside a ResNet-18 whose stem is right for "
        "32×32. All are trained alike: the same pictures in as many epochs, Adam, a learning rate "
        "that comes down from 0.002 along a cosine, pictures shifted and, where they may be, mirrored; with each "
        "seed other weights, batches and another random cell. Tested once, at the end. Two cores allow a few thousand "
        "pictures in a few epochs: these accuracies are not what the nets can reach, and a large net has had less "
        "time to learn than it would need. The gap is ResNet-18's accuracy less the net's with the same seed, in "
        "percentage points; median and interval.",
    )
    columns = ("", "seeds", "accuracy, %", "gap", "parameters", "million operations a picture", "seconds of training")
    return Section("Trained in the end", words, (Table(columns, tuple(rows)),) if rows else ())
