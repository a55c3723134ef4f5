"""Experiments that are done with several seeds, and what is read from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ontogeny.studies.evidence import Evidence


def named(name: str, seed: int) -> str:
    """What an experiment with one seed is called."""
    return f"{name}, seed {seed}".replace(",", "").replace(" ", "-").replace("'", "")


def every_seed(evidence: Evidence, name: str) -> list[dict[str, Any]]:
    """What an experiment found with each of its seeds, which start from 0."""

    def found() -> Iterator[dict[str, Any]]:
        seed = 0
        while (key := named(name, seed)) in evidence.experiments:
            yield evidence.experiments[key]
            seed += 1

    return list(found())


def numbers(found: list[dict[str, Any]], *path: str) -> np.ndarray:
    """A number of each seed by the path to it, or of a list its mean, `(seeds,)`."""
    return np.asarray([np.mean(follow(each, path)) for each in found], np.float64)


def over_seeds(values: np.ndarray) -> str:
    """Median, least and greatest over seeds, in words."""
    low, high = values.min(), values.max()
    return f"{np.median(values):.3f} ({low:.3f} to {high:.3f})" if len(values) > 1 else f"{low:.3f}"


def follow(found: Any, path: tuple[str, ...]) -> Any:
    """What lies at the end of a path of names."""
    for name in path:
        found = found[name]
    return found
