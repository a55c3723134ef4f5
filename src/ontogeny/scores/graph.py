"""What a cell looks like as a graph: numbers that cost nothing, for those who predict accuracies from them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.data.cells import EDGES, OPERATIONS

FEATURES = (
    *(f"live {name}" for name in OPERATIONS[1:]),
    "live edges", "paths", "longest in convolutions", "shortest in convolutions", "longest in 3×3", "longest in edges",
    "convolutions into the last node", "convolutions out of the first", "skips past all",
)  # fmt: skip
"""What `features` has, in order."""

_NONE, _SKIP, _SMALL, _LARGE, _POOL = range(5)

_PATHS = tuple(
    tuple(EDGES.index(edge) for edge in itertools.pairwise((0, *between, 3))) for between in ((), (1,), (2,), (1, 2))
)
"""The ways from the first node to the last, as places in a genotype."""


def features(genotype: Sequence[int] | np.ndarray) -> np.ndarray:
    """Counts of a cell of NAS-Bench-201; edges that nothing comes along do not count.

    Args:
        genotype: `(6,)` numbers of operations.

    Returns:
        A number for each of `FEATURES`.
    """
    cell = [int(each) for each in genotype]
    open_paths = [path for path in _PATHS if all(cell[edge] != _NONE for edge in path)]
    live = sorted({edge for path in open_paths for edge in path})

    def count(edges: Sequence[int], kinds: tuple[int, ...]) -> int:
        return sum(cell[edge] in kinds for edge in edges)

    deep = [count(path, (_SMALL, _LARGE)) for path in open_paths] or [-1]
    large = [count(path, (_LARGE,)) for path in open_paths] or [-1]
    long = [len(path) for path in open_paths] or [0]
    into, out = ([edge for edge in live if EDGES[edge][side] == node] for side, node in ((1, 3), (0, 0)))
    return np.asarray(
        [
            *(count(live, (kind,)) for kind in (_SKIP, _SMALL, _LARGE, _POOL)),
            len(live), len(open_paths), max(deep), min(deep), max(large), max(long),
            count(into, (_SMALL, _LARGE)), count(out, (_SMALL, _LARGE)), count([3], (_SKIP,)),
        ],
        np.float64,
    )  # fmt: skip


def depth(genotype: Sequence[int] | np.ndarray) -> int:
    """Convolutions on the longest way through a cell; 0 where there is no way."""
    return max(0, int(features(genotype)[FEATURES.index("longest in convolutions")]))


@functools.cache
def feature_table() -> jax.Array:
    """`FEATURES` of all cells, by number, each of mean 0 and variance 1: `(15625, features)`."""
    cells = itertools.product(range(len(OPERATIONS)), repeat=len(EDGES))
    every = np.stack([features(cell) for cell in cells])
    return jnp.asarray((every - every.mean(0)) / every.std(0), jnp.float32)
