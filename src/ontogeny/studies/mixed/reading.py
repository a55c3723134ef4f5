"""Numbers of the study's experiments, seed by seed."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.nets import built
from ontogeny.studies.seeds import follow, named


def operations(evidence: Evidence, name: str, judged: bool = True) -> float:
    """Floating-point operations of a generation of an experiment's learner.

    Args:
        evidence: whose plan says how it was configured.
        name: of the experiment.
        judged: whether choosing is counted.
    """
    mark = next(each.mark for each in evidence.plan.experiments if each.name == named(name, 0))
    task, learner = built({"task": mark["task"], "learner": mark["learner"]})
    state = eqx.filter_eval_shape(learner.init, task, jax.random.key(0))
    if judged:
        return learner.cost(task, state).flops
    descent, members, steps = learner.training
    return members * steps * descent.cost(task, eqx.filter_eval_shape(descent.init, task, jax.random.key(0))).flops


def incentive_name(name: str) -> str:
    """What the experiments with an incentive are called."""
    return f"incentive, {name}"


def between(found: list[dict[str, Any]], *path: str) -> np.ndarray:
    """Mean accuracy of nets on images made against another one, of each seed: a table without its diagonal."""
    return np.asarray([_others(np.asarray(follow(each, path))) for each in found])


def on_itself(found: list[dict[str, Any]], *path: str) -> np.ndarray:
    """Mean accuracy of nets on images made against themselves, of each seed: a table's diagonal."""
    return np.asarray([np.diag(np.asarray(follow(each, path))).mean() for each in found])


def likeness(found: list[dict[str, Any]]) -> np.ndarray:
    """Mean similarity over pairs of members, `(seeds, generations, genes)`."""
    return np.asarray([np.asarray(each["similarity"]).mean(2) for each in found])


def square(pairs: np.ndarray) -> np.ndarray:
    """The symmetric table, `(members, members)`, of what is known of each pair once, 1 for a member and itself."""
    count = round((1 + np.sqrt(1 + 8 * len(pairs))) / 2)
    table = np.eye(count)
    table[np.triu_indices(count, 1)] = pairs
    return np.asarray(table + np.triu(table, 1).T)


def _others(table: np.ndarray) -> float:
    return float(table[~np.eye(len(table), dtype=bool)].mean()) if len(table) > 1 else np.nan
