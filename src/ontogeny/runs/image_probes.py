"""The probes of classifiers of images, by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import jax

from ontogeny.core import Genome
from ontogeny.data import Labelled
from ontogeny.probes import Corruption, ImageAttack, Logits
from ontogeny.runs.image_figures import (
    Bins,
    Found,
    Nothing,
    agreement_figures,
    attack_figures,
    calibration_figures,
    corruption_figures,
    transfer_figures,
)
from ontogeny.runs.probe_fields import fields_of


@dataclasses.dataclass(frozen=True)
class ImageProbe:
    """A probe of classifiers.

    Attributes:
        about: what it asks, or does.
        plain: its fields, a dataclass, as by default.
        names: of the fields that may be set; `None` for all.
        pixels: whether it changes pixels, so that a net of principal components cannot be asked.
        figures: of a classifier, its nets, images, the fields and a key. The nets are stacked where `several`.
        several: whether it takes a population.
    """

    about: str
    plain: Any
    figures: Callable[[Logits, Genome, Labelled, Any, jax.Array], Found]
    names: tuple[str, ...] | None = None
    pixels: bool = True
    several: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that may be set, with their values by default."""
        every = fields_of(self.plain)
        return every if self.names is None else {name: every[name] for name in self.names}


_BOUND = ("epsilon", "clip", "spare_mistakes", "norm")

IMAGE_PROBES = {
    "fgsm": ImageProbe(
        "each test image is moved along the sign of the net's gradient: how many does it still recognise?",
        ImageAttack("fgsm"),
        attack_figures,
        _BOUND,
    ),
    "pgd": ImageProbe(
        "the same in several steps within the same bound, from a random start",
        ImageAttack("pgd"),
        attack_figures,
        (*_BOUND, "steps"),
    ),
    "corruption": ImageProbe(
        "test images are noisy, blurred or shifted: how many does it still recognise?",
        Corruption(),
        corruption_figures,
    ),
    "calibration": ImageProbe("is it as often right as it is sure?", Bins(), calibration_figures, pixels=False),
    "transfer": ImageProbe(
        "images made against one member of a population are shown to the others: are they fooled too?",
        ImageAttack("fgsm"),
        transfer_figures,
        several=True,
    ),
    "agreement": ImageProbe(
        "how alike are the members of a population in their answers and hidden layers?",
        Nothing(),
        agreement_figures,
        pixels=False,
        several=True,
    ),
}
"""Probes of classifiers, by name."""
