"""Names for the pytrees that the interfaces exchange."""

from __future__ import annotations

from typing import Any, TypeAlias

import jax

Genome: TypeAlias = Any
"""What is learned: a pytree of arrays (often an Equinox module)."""

World: TypeAlias = Any
"""What a task keeps between steps besides the genome; `None` where there is nothing."""

Batch: TypeAlias = Any
"""Everything random about one evaluation."""

State: TypeAlias = Any
"""The state of a strategy or a learner; a pytree."""

Aux: TypeAlias = Any
"""What a loss returns besides its value; a pytree or `None`."""

Key: TypeAlias = jax.Array
"""A typed JAX random key (`jax.random.key`)."""

Metrics: TypeAlias = dict[str, jax.Array]
"""Scalars by name."""
