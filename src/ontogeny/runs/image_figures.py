"""The figures of each probe of classifiers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome
from ontogeny.data import Labelled
from ontogeny.errors import require
from ontogeny.probes import (
    Corruption,
    ImageAttack,
    Logits,
    accuracies,
    accuracy,
    answers,
    brier_score,
    disagreement,
    expected_calibration_error,
    kernel_alignments,
    negative_log_likelihood,
    predictions,
    reliability,
    transfer,
    transfer_summary,
)
from ontogeny.probes.calibration import BINS
from ontogeny.probes.latent import COMPARED

Found: TypeAlias = dict[str, Any]
"""`figures` by name, numbers or numbers by name, and tables."""


@dataclasses.dataclass(frozen=True)
class Bins:
    """How a reliability table is made.

    Attributes:
        bins: of equal width, by how sure the net is, 1 or more.
    """

    bins: int = BINS

    def __post_init__(self) -> None:
        require(self.bins >= 1, "bins", self.bins, "give 1 or more")


@dataclasses.dataclass(frozen=True)
class Nothing:
    """No fields."""


def attack_figures(logits: Logits, net: Genome, test: Labelled, attack: ImageAttack, key: jax.Array) -> Found:
    """Accuracy on clean images, on attacked ones, and under signs of the same size by chance."""

    def under(how: ImageAttack) -> float:
        return float(accuracy(logits, net, how.attacked(logits, net, *test, key), test.labels))

    by_chance = dataclasses.replace(attack, method="random")
    clean = float(accuracy(logits, net, *test))
    return {"figures": {"clean": clean, "attacked": under(attack), "random_signs": under(by_chance)}}


def corruption_figures(logits: Logits, net: Genome, test: Labelled, what: Corruption, key: jax.Array) -> Found:
    """Accuracy on clean images, and by kind and strength."""
    clean = float(accuracy(logits, net, *test))
    return {"figures": {"clean": clean, **what.accuracies(logits, net, *test, key)}}


def calibration_figures(logits: Logits, net: Genome, test: Labelled, how: Bins, key: jax.Array) -> Found:
    """Accuracy, mean confidence and three scores, with the reliability table."""
    del key
    found, labels = np.asarray(answers(logits, net, test.images)), np.asarray(test.labels)
    table = reliability(found, labels, how.bins)
    edges = np.linspace(0, 1, how.bins + 1)
    rows = zip(edges, edges[1:], table.confidence, table.accuracy, table.count, strict=False)
    names = ("above", "up_to", "confidence", "accuracy", "images")
    return {
        "figures": {
            "accuracy": float((found.argmax(1) == labels).mean()),
            "confidence": float(np.nansum(table.confidence * table.count) / len(labels)),
            "expected_calibration_error": expected_calibration_error(found, labels, how.bins),
            "negative_log_likelihood": negative_log_likelihood(found, labels),
            "brier_score": brier_score(found, labels),
        },
        "reliability": [
            {name: value.item() for name, value in zip(names, row, strict=True)} for row in rows if row[-1] > 0
        ],
    }


def transfer_figures(logits: Logits, members: Genome, test: Labelled, attack: ImageAttack, key: jax.Array) -> Found:
    """Accuracy of members on images made against themselves and against each other, with the table of all pairs."""
    table = transfer(logits, members, members, *test, attack, key)
    clean = accuracies(logits, members, *test)
    first = jax.tree.map(lambda leaf: leaf[:1], members)
    by_chance = transfer(logits, first, members, *test, dataclasses.replace(attack, method="random"), key)
    return {
        "members": len(clean),
        "figures": {
            "clean": float(clean.mean()),
            **transfer_summary(table),
            "random_signs": float(by_chance.mean()),
        },
        "clean_accuracies": clean.tolist(),
        "accuracies": table.tolist(),
    }


def agreement_figures(logits: Logits, members: Genome, test: Labelled, how: Nothing, key: jax.Array) -> Found:
    """Disagreement of pairs, and the kernel alignment of each layer on the first 2,000 images."""
    del how, key
    apart = disagreement(predictions(logits, members, test.images))
    some = jnp.asarray(test.images)[:COMPARED]
    layers = jax.lax.map(lambda net: net.activations(some.reshape(len(some), -1)), members)
    names = [*(f"layer {number}" for number in range(1, len(layers))), "logits"]
    alike = {name: kernel_alignments(layer) for name, layer in zip(names, layers, strict=True)}
    return {
        "members": len(apart),
        "figures": {
            "disagreement": _spread(apart),
            **{f"alignment of {name}": _spread(table) for name, table in alike.items()},
        },
        "disagreements": apart.tolist(),
        "alignments": {name: table.tolist() for name, table in alike.items()},
    }


def _spread(table: np.ndarray) -> Mapping[str, float]:
    """Of all pairs of two different members."""
    pairs = table[np.triu_indices(len(table), 1)]
    return {"mean": float(pairs.mean()), "lowest": float(pairs.min()), "highest": float(pairs.max())}


def flat(figures: Mapping[str, Any]) -> dict[str, float]:
    """Figures in words, those by name after what they are of: `noise 0.1`."""
    found: dict[str, float] = {}
    for name, value in figures.items():
        parts = {f" {part}": each for part, each in value.items()} if isinstance(value, Mapping) else {"": value}
        found |= {(name + part).replace("_", " "): each for part, each in parts.items()}
    return found
