"""Weights in one row: what changes some of a genome's weights then is one operation, however many arrays it has."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@jax.tree_util.register_static
@dataclasses.dataclass(frozen=True)
class Form:
    """How a genome's arrays lie in the row; a pytree without leaves.

    Attributes:
        tree: the structure.
        shapes: of the arrays, in the structure's order.
        dtypes: of the arrays.
    """

    tree: Any
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[np.dtype, ...]

    @classmethod
    def of(cls, weights: Any) -> Form:
        """The form of a pytree of arrays."""
        leaves, tree = jax.tree.flatten(weights)
        return cls(tree, tuple(leaf.shape for leaf in leaves), tuple(np.dtype(leaf.dtype) for leaf in leaves))

    def row(self, weights: Any) -> jax.Array:
        """All numbers, `(weights,)`, in the widest of their types."""
        leaves = jax.tree.leaves(weights)
        widest = jnp.result_type(*self.dtypes) if leaves else jnp.float32
        return jnp.concatenate([jnp.zeros(0, widest), *(leaf.reshape(-1).astype(widest) for leaf in leaves)])

    def weights(self, row: jax.Array) -> Any:
        """The pytree of a row."""
        ends = np.cumsum([math.prod(shape) for shape in self.shapes])
        parts = jnp.split(row, ends[:-1]) if self.shapes else []
        leaves = [
            part.reshape(shape).astype(dtype)
            for part, shape, dtype in zip(parts, self.shapes, self.dtypes, strict=True)
        ]
        return jax.tree.unflatten(self.tree, leaves)
