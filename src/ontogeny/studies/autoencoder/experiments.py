"""What the study tries out: settings of the genetic algorithm, several seeds each, with as many evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Learner, State
from ontogeny.kernels.layers import reconstruct
from ontogeny.nets.autoencoder import Autoencoder, to_pictures, to_signal
from ontogeny.probes import variety
from ontogeny.runs.config import RunConfig
from ontogeny.studies.autoencoder.settings import Tree
from ontogeny.studies.autoencoder.subject import SHOWN, rounded
from ontogeny.studies.contest import Course, follow
from ontogeny.tasks import Reconstruction


def contest(tasks: Mapping[str, Tree], learners: Mapping[str, Tree], evaluations: int, seeds: int) -> dict[str, Any]:
    """Every learner on its task, or on the one that there is.

    Args:
        tasks: by the name of the learner; under `""` for those that are not named.
        learners: by name.
        evaluations: of each seed.
        seeds: trainings of each.

    Returns:
        By name: `evaluations` and `loss` at each measurement (`follow`), `seconds` for all seeds, `mean_absolute`,
        of several pictures also `told_apart` and `variety`, of each seed at the end, and the first seed's `outputs`.
    """
    return {
        name: ended(follow({"task": tasks.get(name, tasks.get("")), "learner": learner}, evaluations, seeds))
        for name, learner in learners.items()
    }


def ended(course: Course) -> dict[str, Any]:
    """How trainings went and what came of them, as JSON can hold it; see `contest`."""
    assert isinstance(course.task, Reconstruction)
    pictures = np.asarray(course.task.data.train)
    nets = [jax.tree.map(lambda leaf, seed=seed: leaf[seed], course.genomes) for seed in range(len(course.loss))]
    measure = eqx.filter_jit(course.task.measure)
    figures = [measure(net, jax.random.key(0)) for net in nets]
    outputs = [np.asarray(eqx.filter_jit(_outputs)(net, jnp.asarray(pictures))) for net in nets]
    found = {
        **course.to_json(),
        "mean_absolute": [float(each["mean_absolute"]) for each in figures],
        "outputs": rounded(outputs[0][:SHOWN]),
    }
    if len(pictures) > 1:
        found["told_apart"] = [float(each["told_apart"]) for each in figures]
        found["variety"] = [variety(each, pictures) for each in outputs]
    return found


def _outputs(net: Autoencoder, images: jax.Array) -> jax.Array:
    return to_pictures(reconstruct(net, to_signal(images)))


def stages(tree: Tree, every: int, count: int) -> dict[str, Any]:
    """What comes out of the best net every few generations: figure 2 of the text.

    Args:
        tree: a configuration of the genetic algorithm on one picture.
        every: generations between two stages.
        count: how many stages, the first before any generation.

    Returns:
        `original`, and the `generations` and `outputs` of the stages.
    """
    config = RunConfig.parse({**tree, "until": {"steps": every * count}})
    task, learner = config.task.build(), config.learner.build()
    assert isinstance(task, Reconstruction)
    picture = np.asarray(task.data.train)[:1]

    @eqx.filter_jit
    def onwards(learner: Learner, state: State) -> tuple[State, Genome]:
        arrays, static = eqx.partition(state, eqx.is_array)

        def step(_: jax.Array, arrays: State) -> State:
            return eqx.filter(learner.step(task, eqx.combine(arrays, static))[0], eqx.is_array)

        state = eqx.combine(jax.lax.fori_loop(0, every, step, arrays), static)
        return state, learner.genome(state)

    state = learner.init(task, jax.random.key(config.seed))
    net, outputs = learner.genome(state), []
    for _ in range(count):
        outputs.append(np.asarray(eqx.filter_jit(_outputs)(net, jnp.asarray(picture)))[0])
        state, net = onwards(learner, state)
    generations = [every * number for number in range(count)]
    return {"original": rounded(picture[0]), "generations": generations, "outputs": rounded(np.stack(outputs))}


def facts(task: Tree) -> dict[str, Any]:
    """What answering the same picture every time costs: the mean and the median of those that are learned.

    Args:
        task: a configuration of the task.

    Returns:
        `mean` and `median`, mean absolute errors on the pictures held back for test, or on those learned where none
        are; how many were `learned`, the `count` that it was measured on, where they are from, `data`, and the first
        of them, `originals`.
    """
    config = RunConfig.parse({"task": task, "learner": {"by": "adam"}, "until": {"steps": 1}}).task
    made = config.build()
    assert isinstance(made, Reconstruction)
    learned = np.asarray(made.data.train)
    pictures = learned if made.data.test is None else np.asarray(made.data.test)
    same = {"mean": learned.mean(0, np.float64), "median": np.median(learned, axis=0)}
    errors = {name: float(np.abs(pictures - one).mean(dtype=np.float64)) for name, one in same.items()}
    about = {"learned": len(learned), "count": len(pictures), "data": task["data"]}
    return {**errors, **about, "originals": rounded(pictures[:SHOWN])}
