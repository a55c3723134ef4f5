"""Scores that look at which ReLUs are on: an untrained net tells images apart where their patterns differ."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.nets.passage import Passage, Passed

_LINES = 4
_POINTS = 16


def patterns(passage: Passage) -> list[tuple[jax.Array, jax.Array]]:
    """For each place that ReLUs look at: which are on, `(images, units)`, 0 or 1; and how many look at each unit."""
    return [
        ((x > 0).reshape(len(x), -1).astype(jnp.float32), jnp.broadcast_to(times, x.shape[1:]).reshape(-1))
        for x, times in zip(passage.rectified, passage.times, strict=True)
    ]


def overlap(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """Logarithm of |K|, of how many ReLUs agree on two images (Mellor et al. 2021, equation 2, as in their code)."""
    del labels, key
    agreed = jnp.zeros((len(images), len(images)))
    for on, times in patterns(net.passage(images)):
        agreed += (times * on) @ on.T + (times * (1 - on)) @ (1 - on).T
    sign, log = jnp.linalg.slogdet(agreed)
    return jnp.where(sign > 0, log, -jnp.inf)


def unit_patterns(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """How many patterns over the images there are among the units (Peng et al. 2024, definition 3)."""
    del labels
    code = jax.random.normal(key, (len(images),))
    counts = [_different(jnp.where(times > 0, on.T @ code, jnp.inf)) for on, times in patterns(net.passage(images))]
    return sum(counts, jnp.zeros(())).astype(jnp.float32)


def linear_regions(net: Passed, images: jax.Array, labels: jax.Array, key: Key) -> jax.Array:
    """How many borders between linear regions lie on lines from one image to the next (Hanin & Rolnick 2019).

    A mean over four lines of 16 points: how often a ReLU goes on or off from a point to the next. Counts of different
    patterns among random images, as others take them, are all the same for nets of thousands of units.
    """
    del labels, key
    along = jnp.linspace(0, 1, _POINTS)[None, :, None, None, None]
    ends = images[: 2 * _LINES].reshape(-1, 2, 1, *images.shape[1:])
    points = (1 - along) * ends[:, 0] + along * ends[:, 1]
    crossed = jnp.zeros(())
    for on, times in patterns(net.passage(points.reshape(-1, *images.shape[1:]))):
        lines = on.reshape(len(ends), _POINTS, -1)
        crossed += (times * jnp.abs(jnp.diff(lines, axis=1))).sum() / len(ends)
    return crossed


def _different(codes: jax.Array) -> jax.Array:
    """How many different finite numbers there are; two patterns with one code are less likely than rounding."""
    ordered = jnp.sort(codes)
    return jnp.isfinite(ordered[0]) + jnp.sum((jnp.diff(ordered) > 1e-5) & jnp.isfinite(ordered[1:]))
