"""Generations of a perceptron by evosax's `Open_ES`, ask, evaluation and tell in one program, as in its examples."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import optax
from evosax.algorithms import Open_ES

from ontogeny.bench.learning import LEARNING_RATE, SIGMA, Learning
from ontogeny.bench.outcome import Trial
from ontogeny.nets import MLP
from ontogeny.tasks.classification import cross_entropy


def generations(learning: Learning) -> Trial:
    """Compile one generation; each call makes the next."""
    images, labels = jax.device_put(learning.data)
    net = MLP.create(jax.random.key(0), learning.sizes)
    strategy = Open_ES(
        population_size=learning.popsize,
        solution=net,
        optimizer=optax.adam(LEARNING_RATE),
        std_schedule=optax.constant_schedule(SIGMA),
    )
    parameters = strategy.default_params
    state = strategy.init(jax.random.key(1), net, parameters)
    key = jax.random.key(2)

    @jax.jit
    def step(images: jax.Array, labels: jax.Array, state: Any, key: jax.Array) -> tuple[Any, jax.Array, jax.Array]:
        key, key_ask, key_draw, key_tell = jax.random.split(key, 4)
        population, state = strategy.ask(key_ask, state, parameters)
        chosen = jax.random.randint(key_draw, (learning.batch,), 0, learning.count)
        losses = jax.vmap(lambda net: cross_entropy(net(images[chosen]), labels[chosen]).mean())(population)
        state, _ = strategy.tell(key_tell, population, losses, state, parameters)
        return state, key, losses.mean()

    def call() -> np.ndarray:
        nonlocal state, key
        state, key, loss = jax.block_until_ready(step(images, labels, state, key))
        return np.asarray(loss)

    return Trial(call, learning.popsize)
