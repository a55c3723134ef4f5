"""What this machine is, how busy, and the most that a matrix product gets out of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from ontogeny.bench.peers import why_not
from ontogeny.core.devices import usable_cores
from ontogeny.kernels.native import instruction_set

_SIDE = 2048
_ROUNDS = 5


def describe() -> dict[str, Any]:
    """The cores that may be used, what the compiled kernels use of them, and the load."""
    return {"cores": usable_cores(), "kernels": instruction_set(), "load": load()}


def load() -> float | None:
    """Mean number of programs that wanted a core in the last minute; `None` where it is not known."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


def peak(side: int = _SIDE, rounds: int = _ROUNDS) -> dict[str, float]:
    """GFLOP/s of a large matrix product in single precision on all cores: the fastest of a few.

    Args:
        side: of both matrices.
        rounds: how often each library multiplies them, in turns.

    Returns:
        A number for each library: `jax`, `numpy`, and `torch` where it is installed.
    """
    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((side, side), np.float32) for _ in range(2))
    calls: dict[str, Callable[[], object]] = {"jax": _jax(left, right), "numpy": lambda: left @ right}
    if not why_not("torch"):
        calls["torch"] = _torch(left, right)
    fastest = dict.fromkeys(calls, float("inf"))
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds = time.perf_counter() - start
            if number:  # the first compiles
                fastest[name] = min(fastest[name], seconds)
    return {name: round(2 * side**3 / seconds / 1e9, 1) for name, seconds in fastest.items()}


def _jax(left: np.ndarray, right: np.ndarray) -> Callable[[], object]:
    first, second = jax.device_put((left, right))
    product = jax.jit(lambda a, b: a @ b)
    return lambda: jax.block_until_ready(product(first, second))


def _torch(left: np.ndarray, right: np.ndarray) -> Callable[[], object]:
    import torch

    first, second = torch.from_numpy(left), torch.from_numpy(right)
    return lambda: torch.mm(first, second)
