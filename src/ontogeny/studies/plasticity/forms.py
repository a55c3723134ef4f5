"""Forms of rules beside each other: in the net that they evolved in, and in others."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.nets.hebbian import HebbianRules
from ontogeny.nets.plasticity import Rules
from ontogeny.nets.sharing import merged
from ontogeny.runs.config import RunConfig
from ontogeny.runs.config_plastic import UNKNOWN
from ontogeny.studies.plasticity.experiments import each_set, followed, mean_accuracy, rounded, task_of
from ontogeny.studies.plasticity.settings import Tree
from ontogeny.tasks import PlasticLearning


def form(tree: Tree, seed: int, clusters: tuple[int, ...]) -> dict[str, Any]:
    """Rules that evolve in one net, and are merged on the way.

    Args:
        tree: a configuration with `one_net`.
        seed: of all randomness.
        clusters: into how many the rules of synapses are merged (`nets.sharing.merged`), one after the other; steps are
            shared out evenly.

    Returns:
        `course`, the accuracy after each step; `numbers`, how many evolve, in each stage; mean accuracy after
        lifetimes on new sets: in the net that they evolved in, `new`, and there as they were drawn, `untrained`; in
        other nets, `other_nets`.
    """
    config, whole = task_of(tree), RunConfig.parse(tree)
    task, learner = whole.task.build(), whole.learner.build()
    steps = whole.until.build().steps
    assert isinstance(task, PlasticLearning)
    assert steps is not None
    courses, numbers, begun = [], [], []
    for stage, share in enumerate(np.array_split(np.arange(steps), 1 + len(clusters))):
        rules, drawn, course = followed(task, learner, jax.random.fold_in(jax.random.key(seed), stage), len(share))
        begun.append(drawn)
        courses.append(np.asarray(course))
        numbers.append(_numbers(rules))
        if stage < len(clusters):
            task = dataclasses.replace(task, start=_merged(rules, clusters[stage], seed))
    new, untrained, others = (
        mean_accuracy(each_set(config.life(), each, config, UNKNOWN, seed, own))
        for each, own in ((rules, True), (begun[0], True), (rules, False))
    )
    course = rounded(np.concatenate(courses))
    return {"course": course, "numbers": numbers, "new": new, "untrained": untrained, "other_nets": others}


def _numbers(rules: Rules) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(rules, eqx.is_inexact_array)))


def _merged(rules: HebbianRules, clusters: int, seed: int) -> HebbianRules:
    layers = {
        name: merged(layer, clusters, seed)
        for name in ("input", "recurrent", "read_out")
        if (layer := getattr(rules, name)) is not None
    }
    return dataclasses.replace(rules, **layers)
