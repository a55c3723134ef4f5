"""Generations of a perceptron by EvoTorch's `PGPE`, the members evaluated under `torch.func.vmap`.

PGPE with Adam, centred ranks, pairs and a standard deviation that stays is the evolution strategy
of the other contenders.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from evotorch import Problem
from evotorch.algorithms import PGPE
from evotorch.neuroevolution.net import make_functional_module

from ontogeny.bench.learning import LEARNING_RATE, SIGMA, Learning
from ontogeny.bench.outcome import Trial


def generations(learning: Learning) -> Trial:
    """Each call makes a generation."""
    images, labels = map(torch.from_numpy, learning.data)
    labels = labels.long()
    torch.manual_seed(0)
    layers: list[Any] = []
    for inputs, outputs in zip(learning.sizes, learning.sizes[1:], strict=False):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    centre = torch.nn.utils.parameters_to_vector(net.parameters()).detach()
    function = make_functional_module(net, disable_autograd_tracking=True)
    outputs_of = torch.func.vmap(function, in_dims=(0, None))

    def losses(population: Any) -> Any:
        chosen = torch.randint(learning.count, (learning.batch,))
        logits = outputs_of(population, images[chosen])
        wanted = labels[chosen].expand(len(population), -1)
        each = torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")
        return each.reshape(wanted.shape).mean(1)

    problem = Problem("min", losses, solution_length=len(centre), vectorized=True, dtype=torch.float32)
    strategy = PGPE(
        problem,
        popsize=learning.popsize,
        center_learning_rate=LEARNING_RATE,
        stdev_learning_rate=0.0,
        stdev_init=SIGMA,
        center_init=centre,
        optimizer="adam",
    )

    def call() -> np.ndarray:
        strategy.step()
        return np.asarray(float(strategy.status["mean_eval"]))

    return Trial(call, learning.popsize)
