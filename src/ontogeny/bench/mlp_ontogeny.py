"""Generations of a perceptron by Ontogeny, with the strategy's defaults."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.bench.learning import Learning
from ontogeny.bench.outcome import Trial
from ontogeny.data import ImageSet, Labelled
from ontogeny.learners import Evolution
from ontogeny.strategies import OpenES
from ontogeny.tasks import Classification


def generations(learning: Learning) -> Trial:
    """Compile one generation; each call makes the next."""
    images, labels = learning.data
    train = Labelled(images[:, None], labels)
    few = Labelled(train.images[:1], labels[:1])
    task = Classification(ImageSet(train, few, few), hidden=learning.sizes[1:-1], batch=learning.batch)
    learner = Evolution(OpenES(popsize=learning.popsize))
    state = jax.jit(lambda key: eqx.filter(learner.init(task, key), eqx.is_array))(jax.random.key(0))
    static = eqx.filter(eqx.filter_eval_shape(learner.init, task, jax.random.key(0)), _is_shape, inverse=True)
    data, form = eqx.partition(task, eqx.is_array)

    def step(data: Any, state: Any) -> tuple[Any, jax.Array]:
        new, metrics = learner.step(eqx.combine(data, form), eqx.combine(state, static))
        return eqx.filter(new, eqx.is_array), metrics["population_loss"]

    compiled = jax.jit(step).lower(data, state).compile()
    # Once, to where the program wants it, as `ontogeny.train` does.
    data, state = jax.device_put((data, state), compiled.input_shardings[0])

    def call() -> np.ndarray:
        nonlocal state
        state, loss = jax.block_until_ready(compiled(data, state))
        return np.asarray(loss)

    return Trial(call, learning.popsize)


def _is_shape(leaf: object) -> bool:
    return isinstance(leaf, jax.ShapeDtypeStruct)
