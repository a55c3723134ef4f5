"""How regular the latent space of an autoencoder is, which Váradi (2021) did not investigate."""

from __future__ import annotations

import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data import Pictures
from ontogeny.errors import require
from ontogeny.nets import Autoencoder
from ontogeny.probes.decoding import decoded_grid, occupied, smoothness
from ontogeny.probes.latent import COMPARED, drawn, linear_probe, separation, spacing
from ontogeny.probes.variety import variety

_FEW = 256
_LEARNED = 10_000
_TOGETHER = 500


def regularity(net: Autoencoder, pictures: Pictures, seed: int = 0) -> dict[str, float]:
    """Figures about a net's latents of pictures: of those for test if there are any, else of those it learned.

    - `variety` of what becomes of the pictures.
    - `spacing` of the latents, where they are no more than 256: among many some two are always near.
    - `separation` of the classes, where one has several pictures.
    - `linear_probe`, the accuracy on pictures for test of a classifier that saw up to 10,000 of those learned.
    - `grid_change` and `grid_jump`, the `smoothness` of what is decoded on a grid of 12×12 over the window that the
      latents occupy, where the latent has two or more units.

    What is not defined is left out: without labels, without pictures for test, where all outputs are alike, or
    where numbers are not finite.

    Args:
        net: a trained autoencoder.
        pictures: two or more in the part that is looked at.
        seed: by which pictures are drawn where there are more than 2,000.

    Raises:
        InputError: for a single picture.
    """
    part = "train" if pictures.test is None else "test"
    images, labels = _part(pictures, part)
    require(len(images) >= 2, f"pictures.{part}", len(images), "give two or more")
    chosen = drawn(len(images), COMPARED, seed)
    images, labels = images[chosen], None if labels is None else labels[chosen]
    latents = encoded(net, images)
    found = {"variety": variety(_in_portions(net, images), images)}
    if np.isfinite(latents).all():
        if len(latents) <= _FEW:
            found["spacing"] = spacing(latents)
        if labels is not None and 1 < len(np.unique(labels)) < len(labels):
            found["separation"] = separation(latents, labels)
        learned, classes = _part(pictures, "train")
        if part == "test" and labels is not None and classes is not None and len(np.unique(classes)) > 1:
            some = drawn(len(learned), _LEARNED, seed)
            found["linear_probe"] = linear_probe(encoded(net, learned[some]), classes[some], latents, labels)
        if latents.shape[1] >= 2:
            change, jump = smoothness(decoded_grid(net, occupied(latents)))
            found |= {"grid_change": change, "grid_jump": jump}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def encoded(net: Autoencoder, images: np.ndarray | jax.Array) -> np.ndarray:
    """The latents of any number of pictures, `(count, units)`.

    Args:
        net: an autoencoder.
        images: `(count, height, width)`.
    """
    return _in_portions(net.encode, images)


def _part(pictures: Pictures, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    labels = None if pictures.labels is None else getattr(pictures.labels, name)
    return np.asarray(pictures.parts[name]), None if labels is None else np.asarray(labels)


def _in_portions(function: Callable[[jax.Array], jax.Array], images: np.ndarray | jax.Array) -> np.ndarray:
    """A function of pictures, some at a time: the convolutions of 10,000 at once would fill the memory."""
    compiled = eqx.filter_jit(function)
    portions = range(0, len(images), _TOGETHER)
    return np.concatenate([compiled(jnp.asarray(images[at : at + _TOGETHER])) for at in portions])
