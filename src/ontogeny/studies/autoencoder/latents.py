"""The latent space of the long trainings, which the text did not investigate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ontogeny.probes import decoded_grid, occupied
from ontogeny.probes.regularity import encoded
from ontogeny.studies.autoencoder.sections import ALL, TEN
from ontogeny.studies.autoencoder.subject import Subject
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.section import Part, Row, Scatter, Section, Strip, Table
from ontogeny.studies.spread import spread

_FIGURES = {
    "spacing": "spacing",
    "separation": "separation",
    "linear_probe": "linear probe",
    "grid_change": "change",
    "grid_jump": "jump",
}
"""Columns of the table, by what `probes.regularity` calls them."""

_POINTS = 2000


def latent_section(evidence: Evidence) -> Section:
    """Figure 1; where pictures lie, over what is decoded there; and measures of both."""
    parts: list[Part] = []
    rows: list[Row] = []
    for name, label in {**TEN, **{name: f"{label}, all pictures" for name, label in ALL.items()}}.items():
        if not evidence.has(name):
            continue
        found, subject = evidence.found[name, "reconstruct"], evidence.trained[name][0].subject
        if name in TEN:
            maps = tuple((f"{number}", _stretched(each)) for number, each in enumerate(found[0]["maps"]))
            parts.append(Strip(f"What the encoder sees, {label}: maps of 4×4 (figure 1)", ((label, maps),)))
        parts.append(_plane(subject, label))
        rows.append((label, *(spread(_numbers(found, each)) for each in _FIGURES)))
    words = (
        "The text did not look at the latent space. Of the first seed: what the encoder's convolutions answer, each "
        "map stretched to its own range; where the pictures lie, over what is decoded there. Spacing is the smallest "
        "distance between two latents over the mean, where they are few. Separation is the mean silhouette of the "
        "classes, -1 to 1; the linear probe, the share of pictures held back whose class a logistic regression reads "
        "from the latent. Change and jump are the mean and the largest difference of neighbours on the decoded grid, "
        "in mean differences of two of its pictures.",
    )
    table = Table(("learner", *_FIGURES.values()), tuple(rows))
    return Section("The latent space", words, (table, *parts))


def _plane(subject: Subject, label: str) -> Scatter:
    """Latents by class; of more than two units in the plane in which they differ most."""
    latents = encoded(subject.net, subject.pictures[:_POINTS])
    window = occupied(latents)
    classes = np.arange(len(latents)) if subject.labels is None else subject.labels[:_POINTS]
    places = window.coordinates(latents)
    axes = {}
    if latents.shape[1] > 2:
        axes = {"along": "first principal component", "up": "second principal component"}
    return Scatter(
        f"Latents of {label}",
        {f"{each}": places[classes == each] for each in np.unique(classes)},
        behind=decoded_grid(subject.net, window),
        window=(float(window.low[0]), float(window.high[0]), float(window.low[1]), float(window.high[1])),
        note=f"Of {latents.shape[1]} units, the plane in which they differ most." if axes else "",
        **axes,
    )


def _stretched(picture: object) -> np.ndarray:
    values = np.asarray(picture, np.float64)
    return np.asarray((values - values.min()) / max(float(np.ptp(values)), 1e-9))


def _numbers(found: Sequence[dict[str, float]], name: str) -> np.ndarray:
    return np.asarray([each.get(name, np.nan) for each in found])
