"""What `ontogeny grow` runs unless told otherwise."""

from __future__ import annotations

import math
from typing import Any

from ontogeny.errors import refuse
from ontogeny.runs.config_growing import GrowingConfig
from ontogeny.runs.config_learners import LEARNERS

_STOP: dict[str, dict[str, float]] = {"adam": {"steps": 2000}, "ga": {"seconds": 120}, "seed-ga": {"steps": 1000}}

_LARGE = 20

# With as many members as weights, in orthogonal directions, one generation measures the whole gradient.
# benchmarks/README.md has what else was tried.
_WHOLE_GRADIENT: dict[str, Any] = {
    "antithetic": False,
    "noise": "orthogonal",
    "rank": 0,
    "sigma": 0.0005,
    "shaping": "standardised",
    "optimizer": "muon",
    "learning_rate": 0.02,
    "schedule": "cosine",
}


def growing_tree(target: str, size: int, by: str, padding: int, pool: int) -> dict[str, Any]:
    """The configuration of `ontogeny grow`, as plain values, without limits.

    Adam takes batches of 8 as published; evolution takes one episode a member, or two with a
    pool, of which one is the seed. Above 20 cells episodes are longer: growth moves by two
    cells in three updates at best, and has to reach the edge.

    Raises:
        InputError: for an unknown learner.
    """
    if by not in LEARNERS:
        refuse("by", by, LEARNERS)
    batch = 8 if by == "adam" else (2 if pool else 1)
    task = {"name": "growing", "target": target, "size": size, "padding": padding, "batch": batch}
    if size > _LARGE:
        task["steps"] = [size * 3 // 2, size * 3 // 2 + 9]
    if pool:
        task |= {"pool": pool, "pool_rule": "worst-after" if by == "adam" else "seed-first"}
    return {"task": task, "learner": {"by": by}, "until": {}}


def growing_limits(by: str, size: int, limits: dict[str, Any]) -> dict[str, Any]:
    """When `ontogeny grow` stops.

    Evolution always has a last generation, since its learning rate comes down until then:
    more for larger pictures.

    Args:
        by: the learner's name.
        size: side of the picture in cells.
        limits: what the user asks for, if anything.
    """
    if by != "es":
        return limits or default_limits(by)
    if "steps" in limits or "evaluations" in limits:
        return limits
    return {"steps": min(max(200, 8 * size**2 // 3), 1000), **limits}


def default_limits(by: str) -> dict[str, float]:
    """When a learner stops where nothing else says so."""
    return dict(_STOP[by])


def growing_popsize(task: dict[str, Any]) -> int:
    """The power of two that measures the whole gradient of an automaton, or all but a tenth of it.

    Args:
        task: fields of the task; `channels`, `hidden` and `bias` decide.
    """
    weights = (4 * _number(task, "channels") + _number(task, "bias")) * _number(task, "hidden")
    return max(2, 1 << math.ceil(math.log2(max(1, weights) / 1.1)))


def _number(task: dict[str, Any], name: str) -> int:
    """A field of the task, or its default; what is no number is left to the check of the configuration."""
    default = GrowingConfig.model_fields[name].default
    asked = task.get(name, default)
    return asked if isinstance(asked, int) and asked >= 0 else default


def growing_learner(by: str, limits: dict[str, Any], task: dict[str, Any], popsize: Any = None) -> dict[str, Any]:
    """How `ontogeny grow` learns: with a learning rate that comes down over the steps that it is given.

    Args:
        by: the learner's name.
        limits: when it stops. Where steps are no part of it, Adam's learning rate stays.
        task: fields of the task.
        popsize: members of a generation of evolution, if the user says; else enough for the whole gradient.
    """
    if by == "es":
        members = popsize if isinstance(popsize, int) and popsize > 0 else growing_popsize(task)
        if "steps" in limits:
            steps = limits["steps"]
        else:
            steps = limits["evaluations"] / (members * max(1, _number(task, "batch")))
        # Longer growth has more cells that live or die by a threshold: small differences drown in the jumps.
        sigma = {"sigma": 0.004} if _number(task, "size") > _LARGE else {}
        return {"by": by, "popsize": members, **_WHOLE_GRADIENT, **sigma, "schedule_steps": max(1, int(steps))}
    if by != "adam" or "steps" not in limits:
        return {"by": by}
    schedule = {"schedule": "warmup-cosine", "schedule_steps": int(limits["steps"])}
    return {"by": by, "learning_rate": 0.005, "beta2": 0.99, **schedule}
