"""Groups of runs at equal cost: the same episodes, the same arithmetic, the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ontogeny.report.groups import Entry, Group
from ontogeny.runs.aggregates import improvement, interquartile_mean

CURRENCIES = ("evaluations", "flops", "seconds")
"""What runs can cost."""


def equal_cost(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The held-out loss of each group at the most that every run beside it has spent, in each currency.

    Groups are set beside each other where their held-out losses measure the same. One that has not measured
    anything yet is left out.

    Returns:
        A line a currency and group: `task`, `currency`, `spent`, `group`, its `tone`, `loss` (interquartile mean over
        seeds) and, by the labels of the other groups, `beats`: the probability of a lower loss. Both have `value`,
        `low` and `high`; the ends are `None` below five seeds.
    """
    known = [each for each in groups if all(len(entry.metrics.get("loss", ())) for entry in each.entries)]
    parts = [
        [each for each in known if each.measured == what] for what in dict.fromkeys(each.measured for each in known)
    ]
    return [line for part in parts if len(part) > 1 for currency in CURRENCIES for line in _lines(part, currency)]


def _lines(groups: list[Group], currency: str) -> list[dict[str, Any]]:
    first = max(entry.metrics[currency][0] for each in groups for entry in each.entries)
    spent = min(entry.metrics[currency][-1] for each in groups for entry in each.entries)
    if spent < first:
        # One has not measured anything yet when another has ended: there is no common ground.
        return []
    losses = {each.label: np.asarray([_loss_at(entry, currency, spent) for entry in each.entries]) for each in groups}
    return [
        {
            "task": each.task,
            "currency": currency,
            "spent": float(spent),
            "group": each.label,
            "tone": each.tone.name,
            "loss": interquartile_mean(losses[each.label]).to_json(),
            "beats": {
                name: improvement(losses[each.label], other).to_json()
                for name, other in losses.items()
                if name != each.label
            },
        }
        for each in groups
    ]


def _loss_at(entry: Entry, currency: str, spent: float) -> float:
    """The last loss that was measured within a cost."""
    place = int(np.searchsorted(entry.metrics[currency], spent, side="right")) - 1
    return float(entry.metrics["loss"][place])
