"""What the study does: populations followed and attacked, incentives tried, nets alone for comparison."""

from __future__ import annotations

import time
from typing import Any

import jax
import numpy as np

from ontogeny.core import Genome
from ontogeny.learners.members import rows
from ontogeny.probes.gene_similarity import gene_similarity, pairs
from ontogeny.strategies import layer_genes
from ontogeny.studies.mixed import nets as n
from ontogeny.studies.mixed.measurements import (
    alignment,
    clean,
    difference,
    from_many,
    mixtures,
    rounded,
    steadiness,
    tables,
)
from ontogeny.studies.mixed.settings import Tree

CHILDREN = 10
"""Children of the last population that are attacked, as in the text's program."""

_CHILD_SEED = 1_000_003


def population(tree: Tree, seed: int, generations: int, parts: tuple[int, ...], further: int) -> dict[str, Any]:
    """Follow a population, attack it and its children, and follow it further.

    Args:
        tree: a configuration.
        seed: of all randomness.
        generations: how many.
        parts: into how many genes the neurons of each layer fall where likeness is measured.
        further: generations after those, 0 or more.

    Returns:
        `judged`, accuracies by which members were kept, a list for each generation; `similarity` of each pair of
        members in each gene, after each generation, the first before any; `seconds` of each generation. Of the
        population before it goes further `accuracy`, `transfer`, `mixtures`, `difference`, `alignment`, `steadiness`.
        Of its children, `young` and `trained`, `accuracy` and `transfer`, and of the trained what is measured of nets
        alone. `to_young` and `to_trained`, attacks made on members and tried on children; `evaluation`, the seconds
        that measuring took.
    """
    task, learner = n.built(tree)
    first = n.begin(task, learner, seed)
    grown = n.grow(task, learner, first, generations)
    begun = time.perf_counter()
    members = grown.state.members
    young, trained = n.children(task, learner, grown.state, CHILDREN, jax.random.key(seed + _CHILD_SEED))
    found = {
        "accuracy": clean(task, members),
        "transfer": tables(task, members, members),
        "mixtures": mixtures(task, members),
        "difference": difference(task, members),
        "alignment": alignment(task, members),
        "steadiness": steadiness(task, members),
        "young": {"accuracy": clean(task, young), "transfer": tables(task, young, young)},
        "trained": _apart(task, trained),
        "to_young": tables(task, rows(members, slice(CHILDREN)), young),
        "to_trained": tables(task, rows(members, slice(CHILDREN)), trained),
    }
    found["evaluation"] = round(time.perf_counter() - begun, 1)
    every = [grown, *([n.grow(task, learner, grown.state, further)] if further else [])]
    genes = layer_genes(rows(members, 0), parts)
    stages = [first.members, *(stage for each in every for stage in each.stages)]
    return {
        **found,
        "judged": [line for each in every for line in rounded(each.judged)],
        "similarity": [np.round(pairs(gene_similarity(stage, genes)), 3).tolist() for stage in stages],
        "seconds": np.round([second for each in every for second in each.seconds], 2).tolist(),
    }


def incentive(tree: Tree, seed: int, generations: int) -> dict[str, Any]:
    """Grow a population and attack its trained children.

    Args:
        tree: a configuration.
        seed: of all randomness.
        generations: how many.

    Returns:
        Of the population `accuracy` and `likeness`, the mean similarity of each layer; of its trained children what is
        measured of nets: `accuracy`, `transfer`, `difference`, `from_many`.
    """
    task, learner = n.built(tree)
    state = n.grow(task, learner, n.begin(task, learner, seed), generations).state
    _, trained = n.children(task, learner, state, CHILDREN, jax.random.key(seed + _CHILD_SEED))
    return {
        "population": {"accuracy": clean(task, state.members), "likeness": _likeness(state.members)},
        **_apart(task, trained),
    }


def alone(tree: Tree, seed: int, generations: int) -> dict[str, Any]:
    """Nets that share nothing, trained for as long as a child and all its ancestors.

    Args:
        tree: a configuration; of its learner only the descent, the steps and the mutation count.
        seed: of all randomness.
        generations: of training.

    Returns:
        What is measured of nets: `accuracy`, `transfer`, `difference`, `from_many`.
    """
    task, learner = n.built(tree)
    made, _ = n.independent(task, learner, seed, CHILDREN, generations, learner.mutation)
    return _apart(task, made)


def baseline(tree: Tree, seed: int, count: int, generations: int) -> dict[str, Any]:
    """One net, as many nets as a population trains, and one net for as long as all of them.

    Args:
        tree: a configuration; of its learner only the descent and the steps count.
        seed: of all randomness.
        count: nets that a population trains in a generation.
        generations: of training.

    Returns:
        `accuracy` of the nets and `seconds` for all of them; their `transfer`, `mixtures`, `difference`, `alignment`
        and `steadiness`; `long`, the accuracy of the one net, with its `long_seconds`.
    """
    task, learner = n.built(tree)
    made, seconds = n.independent(task, learner, seed, count, generations)
    long, long_seconds = n.independent(task, learner, seed + 1, 1, generations * count)
    return {
        "accuracy": clean(task, made),
        "seconds": round(seconds, 2),
        "transfer": tables(task, made, made),
        "mixtures": mixtures(task, made),
        "difference": difference(task, made),
        "alignment": alignment(task, made),
        "steadiness": steadiness(task, made),
        "long": clean(task, long)[0],
        "long_seconds": round(long_seconds, 2),
    }


def _apart(task: Any, nets: Genome) -> dict[str, Any]:
    return {
        "accuracy": clean(task, nets),
        "transfer": tables(task, nets, nets),
        "difference": difference(task, nets),
        "from_many": from_many(task, nets),
    }


def _likeness(members: Genome) -> list[float]:
    found = pairs(gene_similarity(members, layer_genes(rows(members, 0))))
    values: list[float] = rounded(found.mean(1))
    return values
