"""Nets as PyTorch modules, trained one after the other in as many processes as there are cores."""

from __future__ import annotations

import atexit
import multiprocessing
from typing import Any

import numpy as np
import torch

from ontogeny.bench.outcome import Trial
from ontogeny.bench.population import MOMENTUM, RATE, Training
from ontogeny.core.devices import usable_cores

_HERE: dict[str, Any] = {}
"""What a process holds: its nets with their optimizers, and the data."""


def trial(training: Training) -> Trial:
    """Each call trains all nets."""
    cores = min(usable_cores(), training.members)
    # Not forked: threads of JAX do not come along.
    pool = multiprocessing.get_context("spawn").Pool(cores, _begin, (training, cores))
    atexit.register(pool.terminate)

    def call() -> np.ndarray:
        # One task for each process: they are alike, and none is given two while another has none.
        losses = pool.map(_train, range(cores), chunksize=1)
        return np.asarray(sum(losses) / training.members)

    return Trial(call, training.members * training.steps, f"{cores} processes, a thread each")


def _begin(training: Training, cores: int) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = training.data
    share = -(-training.members // cores)
    nets = []
    for _ in range(share):
        layers: list[Any] = []
        for inputs, outputs in zip(training.sizes, training.sizes[1:], strict=False):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
        net = torch.nn.Sequential(*layers[:-1])
        nets.append((net, torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)))
    whole = torch.from_numpy(images), torch.from_numpy(labels).long()
    batches = list(zip(*(each.split(training.batch) for each in whole), strict=True))
    _HERE.update(nets=nets, batches=batches)


def _train(process: int) -> float:
    """Train all nets of this process; the sum of their mean losses."""
    del process
    total = 0.0
    for net, optimizer in _HERE["nets"]:
        losses = []
        for images, labels in _HERE["batches"]:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(net(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        total += float(torch.stack(losses).mean())
    return total
