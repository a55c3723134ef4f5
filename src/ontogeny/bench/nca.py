"""Rollouts of a neural cellular automaton a second."""

from __future__ import annotations

import numpy as np

from ontogeny.bench import nca_jax
from ontogeny.bench.contest import Contender, Tell, contest, within
from ontogeny.bench.growth import SIGMA, STEPS, UPDATES, Growth, prepare
from ontogeny.bench.machine import peak
from ontogeny.bench.options import Options
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.table import Column, Row, Table
from ontogeny.core import flops
from ontogeny.core.cost import shapes
from ontogeny.kernels.native import instruction_set

OURS, REFERENCE = "ontogeny.evaluate", "jax.vmap"

_COLUMNS = (
    Column("size", "size"),
    Column("contender", ""),
    Column("members", "members", ",d"),
    Column("rollouts_per_second", "rollouts\n/s", ",.0f"),
    Column("ratio_to_vmap", "to\nvmap", ".2f"),
    Column("ontogeny_is_faster", "ontogeny\nis faster", ".1f"),
    Column("of_peak", "of the\npeak", ".0%"),
    Column("difference", "differs\nby", ".0e"),
)


def _cax(growth: Growth) -> Trial:
    from ontogeny.bench.nca_cax import asked

    return asked(growth)


def _torch(growth: Growth) -> Trial:
    from ontogeny.bench.nca_torch import eager

    return eager(growth)


def _torch_compiled(growth: Growth) -> Trial:
    from ontogeny.bench.nca_torch import compiled

    return compiled(growth)


CONTENDERS: tuple[Contender[Growth], ...] = (
    Contender(OURS, nca_jax.given),
    Contender("ontogeny from keys", nca_jax.rebuilt),
    Contender(REFERENCE, nca_jax.vmapped),
    Contender("CAX with evosax", _cax, ("cax.core", "evosax.algorithms", "flax.nnx")),
    Contender("PyTorch", _torch, ("torch",)),
    Contender("PyTorch, compiled", _torch_compiled, ("torch",)),
)
"""Who takes part; the last where there is time."""


def run(options: Options, tell: Tell) -> Table:
    """Let a population of automata grow, in each size."""
    peaks = peak()
    most = max(peaks.values())
    rows: list[Row] = []
    notes: list[str] = []
    for size in options.sizes:
        tell(f"{size}×{size}: training the automaton")
        growth = prepare(size, options.members(64 if options.quick else 256))
        contenders = CONTENDERS[:-1] if options.quick else CONTENDERS
        outcomes = contest(contenders, growth, options.repeats, within(f"{size}×{size}", tell))
        work = flops(nca_jax.plain_loss, shapes(growth.net), growth.task.target, growth.batch) / 1e9
        rows += [row(outcome, outcomes, growth, work, most) for outcome in outcomes.values()]
        own = outcomes[OURS].rate * work * growth.computed / most
        notes.append(
            f"{size}×{size}: a rollout is {1e3 * work:,.1f} MFLOP in the plain version. {growth.living:.0%} of the "
            f"cells live, {growth.computed:.0%} live and fire. Only those are computed by the compiled kernel "
            f"({instruction_set()}): counted by them it reaches {own:.0%} of the peak."
        )
    title = f"Rollouts of an automaton: {STEPS} updates, {growth.net.channels} channels, 32 hidden units"
    return Table("nca", title, _COLUMNS, tuple(rows), (*_notes(peaks), *notes))


def _notes(peaks: dict[str, float]) -> tuple[str, ...]:
    return (
        f"The automata surround (±{SIGMA}) one that {UPDATES} updates of Adam taught to grow a heart.",
        "The peak is a product of large matrices: "
        + ", ".join(f"{name} {number:,.0f}" for name, number in peaks.items())
        + " GFLOP/s. Its share is counted by the FLOPs of the plain version, which computes all cells: "
        "who skips cells can be above 100%.",
        "`differs by`: the largest difference of a loss from that of jax.vmap. CAX draws members and masks of its own.",
    )


def row(outcome: Outcome, outcomes: dict[str, Outcome], growth: Growth, work: float, peak: float) -> Row:
    """What a table says of one contender.

    Args:
        outcome: the contender's.
        outcomes: those of all.
        growth: what was rolled out.
        work: GFLOP of a rollout in the plain version.
        peak: GFLOP/s of this machine.
    """
    start: Row = {"size": growth.size, "contender": outcome.name}
    if outcome.missing:
        return {**start, "missing": outcome.missing}
    same = "CAX" not in outcome.name
    return {
        **start,
        "detail": outcome.detail,
        "members": outcome.members,
        "rollouts_per_second": outcome.rate,
        "ratio_to_vmap": outcome.rate / outcomes[REFERENCE].rate,
        "ontogeny_is_faster": outcomes[OURS].rate / outcome.rate,
        "gflops_per_second": outcome.rate * work,
        "of_peak": outcome.rate * work / peak,
        "difference": _difference(outcome.losses, outcomes[REFERENCE].losses) if same else None,
        "mean_loss": float(np.mean(outcome.losses)),
        "first_seconds": outcome.first_seconds,
        "seconds": list(outcome.seconds),
    }


def _difference(losses: np.ndarray, reference: np.ndarray) -> float:
    return float(np.abs(losses - reference[: len(losses)]).max())
