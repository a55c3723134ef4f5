"""The text's figures: members in the plane and histograms of likeness, generation by generation; and transfer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.probes.gene_similarity import in_the_plane
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.reading import square
from ontogeny.studies.mixed.settings import HORIZONTAL, POPULATIONS, VERTICAL
from ontogeny.studies.section import Film, Matrices, Panels, Part
from ontogeny.studies.seeds import every_seed

_SHOWN = {HORIZONTAL: (0, 3, 6, 12), VERTICAL: (0, 4, 5, 6)}
"""Generations that are drawn: the text's, and twice as many of the horizontal net."""

_LAYERS = {3: ("layer 1", "layer 2", "output layer"), 4: ("layer 1", "layer 2a", "layer 2b", "output layer")}
"""Names of the genes whose likeness is measured, by how many they are."""


def layer_names(genes: int) -> tuple[str, ...]:
    """Names of the genes whose likeness is measured."""
    return _LAYERS[genes]


def likeness_figures(evidence: Evidence) -> tuple[Part, ...]:
    """For both published nets, the first seed: members in the plane, histograms, and how they moved."""
    parts: list[Part] = []
    for name, generations in _SHOWN.items():
        known = np.asarray(every_seed(evidence, name)[0]["similarity"])
        columns = layer_names(known.shape[1])
        rows = [each for each in generations if each < len(known)]
        planes = _planes(known)
        about = f"{POPULATIONS[name]}, first seed"
        parts += [
            Panels(
                f"Members by the likeness of their layers: {about}",
                columns,
                tuple((f"generation {each}", planes[each]) for each in rows),
                "two principal components of the table of cosine similarities",
                note="A point is a member; the nearer two are, the more alike. Colours number the members, best first.",
            ),
            Panels(
                f"How alike two members are: {about}",
                columns,
                tuple((f"generation {each}", tuple(known[each])) for each in rows),
                "cosine similarity of two members",
                histogram=True,
                limits=(-0.05, 1.0),
            ),
            Film(
                f"Members over the generations: {about}",
                columns,
                tuple((f"generation {each}", plane) for each, plane in enumerate(planes)),
                "Axes are those of each generation, turned to fit the one before. A point is a rank, not a lineage: "
                "the best member of one generation moves to where the best of the next one is.",
            ),
        ]
    return tuple(parts)


def _planes(known: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """Members as points for each generation and layer, each generation turned to fit the one before."""
    planes: list[tuple[np.ndarray, ...]] = []
    for generation in known:
        points = [in_the_plane(square(pairs)) for pairs in generation]
        if planes:
            points = [_turned(one, before) for one, before in zip(points, planes[-1], strict=True)]
        planes.append(tuple(points))
    return planes


def _turned(points: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Points turned, and mirrored if need be, so that they are nearest to others (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd(points.T @ before)
    return np.asarray(points @ (left @ right))


def transfer_maps(evidence: Evidence) -> tuple[Part, ...]:
    """Attacks on one, tried on another: members, their children, nets alone; first seeds, pixel units."""
    members, nets = every_seed(evidence, HORIZONTAL)[0], every_seed(evidence, "baseline")[0]
    parts = []
    for attack, words in (("pixels", "0.1 of a pixel's range, pixels kept in it"), ("published", "as published")):
        tables = {
            "members": members["transfer"][attack],
            "untrained children": members["young"]["transfer"][attack],
            "trained children": members["trained"]["transfer"][attack],
            "independent nets": nets["transfer"][attack],
        }
        parts.append(
            Matrices(
                f"Accuracy under an attack on another net: {words}",
                {label: np.asarray(table) for label, table in tables.items()},
                "attack made on",
                "tried on",
                "accuracy",
                (0.0, _most(list(tables.values()))),
                "The diagonal is white-box: a net under an attack on itself. Published preset, first seed.",
            )
        )
    return tuple(parts)


def _most(tables: Sequence[list[list[float]]]) -> float:
    return float(np.ceil(max(np.max(table) for table in tables) * 10) / 10)
