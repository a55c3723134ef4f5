"""Gradients through a neural cellular automaton's rollout a second."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.bench.contest import Contender, Tell, contest, within
from ontogeny.bench.growth import STEPS, UPDATES, Growth, prepare
from ontogeny.bench.options import Options
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.table import Column, Row, Table
from ontogeny.kernels.native import instruction_set
from ontogeny.kernels.nca import plain_rollout, rollout
from ontogeny.nets.nca import NCA
from ontogeny.tasks.images import image_error

OURS, REFERENCE = "ontogeny", "jax.grad of jax.vmap"

EPISODES = 8
"""In the batch that a gradient is taken over, as descent has it."""

_COLUMNS = (
    Column("size", "size"),
    Column("contender", ""),
    Column("milliseconds", "ms a\ngradient", ".2f"),
    Column("ratio_to_jax", "to\njax.grad", ".2f"),
    Column("ontogeny_is_faster", "ontogeny\nis faster", ".1f"),
    Column("difference", "differs\nby", ".0e"),
)


def compiled(growth: Growth) -> Trial:
    """The compiled gradient."""
    return _trial(growth, lambda net, words: rollout(net, growth.task.seed, words, STEPS, longest=STEPS))


def plain(growth: Growth) -> Trial:
    """What XLA makes of the rollout in plain JAX."""
    steps, first = jnp.int32(STEPS), jnp.uint32(0)
    return _trial(
        growth, lambda net, words: plain_rollout(net, growth.task.seed, words, steps, longest=STEPS, first=first)
    )


def chances(growth: Growth) -> jax.Array:
    """The keys of the episodes' fire masks: `(episodes, 2)`."""
    return growth.batch.words[0] + jnp.arange(EPISODES, dtype=jnp.uint32)[:, None]


def _torch(growth: Growth) -> Trial:
    from ontogeny.bench.nca_torch import gradient

    return gradient(growth, chances(growth))


CONTENDERS: tuple[Contender[Growth], ...] = (
    Contender(OURS, compiled),
    Contender(REFERENCE, plain),
    Contender("PyTorch", _torch, ("torch",)),
)
"""Who takes part."""


def run(options: Options, tell: Tell) -> Table:
    """Take gradients by the weights of an automaton of each size."""
    rows: list[Row] = []
    for size in options.sizes:
        tell(f"{size}×{size}: training the automaton")
        growth = prepare(size, 2)
        outcomes = contest(CONTENDERS, growth, options.repeats, within(f"{size}×{size}", tell))
        rows += [row(outcome, outcomes, size) for outcome in outcomes.values()]
    title = f"Gradients by the weights of an automaton: {EPISODES} episodes of {STEPS} updates"
    notes = (
        f"The automaton is one that {UPDATES} updates of Adam taught to grow a heart. The compiled kernel "
        f"({instruction_set()}) goes through cells alone that live and fire.",
        "`differs by`: the largest difference of a gradient from that of jax.grad, over the largest gradient.",
    )
    return Table("gradient", title, _COLUMNS, tuple(rows), notes)


def row(outcome: Outcome, outcomes: dict[str, Outcome], size: int) -> Row:
    """What the table says of one contender.

    Args:
        outcome: the contender's.
        outcomes: those of all.
        size: side of the grid.
    """
    start: Row = {"size": size, "contender": outcome.name}
    if outcome.missing:
        return {**start, "missing": outcome.missing}
    reference = outcomes[REFERENCE]
    return {
        **start,
        "detail": outcome.detail,
        "milliseconds": 1e3 * outcome.median,
        "ratio_to_jax": reference.median / outcome.median,
        "ontogeny_is_faster": outcome.median / outcomes[OURS].median,
        "difference": float(np.abs(outcome.losses - reference.losses).max() / np.abs(reference.losses).max()),
        "first_seconds": outcome.first_seconds,
        "seconds": list(outcome.seconds),
    }


def _trial(growth: Growth, grown: Callable[[NCA, jax.Array], jax.Array]) -> Trial:
    words = chances(growth)

    def loss(net: NCA) -> jax.Array:
        states = jax.vmap(lambda each: grown(net, each))(words)
        return image_error(states, growth.task.target).mean()

    gradient = jax.jit(jax.grad(loss))

    def call() -> np.ndarray:
        by = gradient(growth.net)
        return np.concatenate([np.ravel(by.hidden.weight), np.ravel(by.output.weight)])

    return Trial(call, EPISODES)
