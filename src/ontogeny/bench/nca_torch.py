"""Rollouts by a loop in PyTorch, many members at once, and the gradient of one net.

How many of a population, and on how many threads, is tried out first: a large batch does not fit the caches, and
threads that have to wait for each other are slower than one where other programs run.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from ontogeny.bench.growth import STEPS, Growth
from ontogeny.bench.outcome import Trial
from ontogeny.nets.nca import ALIVE

_FILTERS = 3
_PORTIONS = (64, 16)


def eager(growth: Growth) -> Trial:
    """Each operation runs as it is met."""
    return _trial(growth, step, *_fastest(growth))


def compiled(growth: Growth) -> Trial:
    """One update is compiled by `torch.compile`."""
    torch._dynamo.reset()  # programs for other sizes count against a limit
    return _trial(growth, torch.compile(step, dynamic=False), *_fastest(growth))


def gradient(growth: Growth, words: jax.Array) -> Trial:
    """The gradient by one net's weights of the mean loss of some episodes.

    Args:
        growth: with the net.
        words: `(episodes, 2)`, the keys of their fire masks.
    """
    shape = (growth.size, growth.size)
    fires = [[np.asarray(growth.net.fires(each, jnp.uint32(i), shape)) for each in words] for i in range(STEPS)]
    masks, target = _tensor(fires)[..., None], _tensor(growth.task.target)
    start = _tensor(growth.task.seed).expand(len(words), -1, -1, -1)
    hidden, output = (_tensor(layer.weight).requires_grad_() for layer in (growth.net.hidden, growth.net.output))
    units, channels = hidden.shape[0], growth.net.channels

    def call() -> np.ndarray:
        mixed = hidden.reshape(units, channels, _FILTERS).permute(2, 1, 0).reshape(_FILTERS * channels, units)
        state = start
        for fire in masks:
            state = step(state, mixed, output.T, fire)
        loss = ((state[..., :4] - target) ** 2).mean()
        by = torch.autograd.grad(loss, (hidden, output))
        return np.concatenate([each.numpy().ravel() for each in by])

    return Trial(call, len(words), f"{torch.get_num_threads()} threads")


def step(state: Any, hidden: Any, output: Any, fire: Any) -> Any:
    """One update of all members.

    Args:
        state: `(members, height, width, channels)`.
        hidden: `(members, 3 * channels, units)`, inputs filter-major; without members where all have one net.
        output: `(members, units, channels)`, or without members.
        fire: `(height, width, 1)`, 1 and 0.
    """
    members, height, width, channels = state.shape
    cells = perceive(state).reshape(members, height * width, _FILTERS * channels)
    change = torch.matmul(torch.relu(torch.matmul(cells, hidden)), output).reshape(state.shape)
    new = state + change * fire
    return new * (alive(state) & alive(new))[..., None]


def perceive(state: Any) -> Any:
    """Identity, Sobel x and Sobel y of all channels; shifts are faster than a depthwise convolution."""
    padded = torch.nn.functional.pad(state, (0, 0, 1, 1, 1, 1))
    along_x = padded[:, :, 2:] - padded[:, :, :-2]
    along_y = padded[:, 2:] - padded[:, :-2]
    sobel_x = (along_x[:, :-2] + 2 * along_x[:, 1:-1] + along_x[:, 2:]) / 8
    sobel_y = (along_y[:, :, :-2] + 2 * along_y[:, :, 1:-1] + along_y[:, :, 2:]) / 8
    return torch.cat([state, sobel_x, sobel_y], -1)


def alive(state: Any) -> Any:
    """Which cells have a living one in their neighbourhood: `(members, height, width)`."""
    alpha = torch.nn.functional.pad(state[..., 3], (1, 1, 1, 1))
    rows = torch.maximum(torch.maximum(alpha[:, :-2], alpha[:, 1:-1]), alpha[:, 2:])
    return torch.maximum(torch.maximum(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:]) > ALIVE


def _fastest(growth: Growth) -> tuple[int, int]:
    """The members at once and the threads with which the eager loop is fastest."""

    def seconds(members: int, threads: int) -> float:
        call = _trial(growth, step, members, threads).call
        call()
        start = time.perf_counter()
        call()
        return (time.perf_counter() - start) / members

    return min(_choices(growth), key=lambda choice: seconds(*choice))


def _choices(growth: Growth) -> Iterator[tuple[int, int]]:
    for members in dict.fromkeys((growth.few, *(min(part, growth.few) for part in _PORTIONS))):
        for threads in dict.fromkeys((torch.get_num_threads(), 1)):
            yield members, threads


def _trial(growth: Growth, step: Any, members: int, threads: int) -> Trial:
    channels = growth.net.channels
    hidden, output = (
        _tensor(weight[:members]) for weight in (growth.population.hidden.weight, growth.population.output.weight)
    )
    units = hidden.shape[1]
    hidden = hidden.reshape(members, units, channels, _FILTERS).permute(0, 3, 2, 1)
    hidden = hidden.reshape(members, _FILTERS * channels, units).contiguous()
    output = output.transpose(1, 2).contiguous()
    start = _tensor(growth.batch.start).expand(members, -1, -1, -1).contiguous()
    masks, target = _tensor(growth.masks)[..., None], _tensor(growth.task.target)

    def call() -> np.ndarray:
        with _threads(threads), torch.inference_mode():
            state = start
            for fire in masks:
                state = step(state, hidden, output, fire)
            losses: np.ndarray = ((state[..., :4] - target) ** 2).mean((1, 2, 3)).numpy()
        return losses

    return Trial(call, members, f"{threads} thread{'s' if threads > 1 else ''}")


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """PyTorch uses this many threads inside the `with` block."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _tensor(array: Any) -> Any:
    return torch.tensor(np.asarray(array, np.float32))
