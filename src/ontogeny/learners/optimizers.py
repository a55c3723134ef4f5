"""Optax optimizers and schedules by name, for configurations."""

from __future__ import annotations

from collections.abc import Callable

import optax
import optax.contrib

from ontogeny.errors import refuse, require

OPTIMIZERS: dict[str, Callable[..., optax.GradientTransformation]] = {
    "adabelief": optax.adabelief,
    "adam": optax.adam,
    "adamw": optax.adamw,
    "lion": optax.lion,
    "muon": optax.contrib.muon,
    "nadam": optax.nadam,
    "radam": optax.radam,
    "rmsprop": optax.rmsprop,
    "sgd": optax.sgd,
}
"""Optimizers by name; each takes a learning rate or a schedule."""

SCHEDULES = ("constant", "cosine", "exponential", "linear", "warmup-cosine")
"""How the learning rate moves over `schedule_steps` updates."""

_BETAS = {"adabelief", "adam", "adamw", "nadam", "radam", "lion"}


def make_schedule(name: str, learning_rate: float, steps: int) -> optax.Schedule:
    """A learning rate that goes from its start to near 0 (`constant`: stays).

    Args:
        name: one of `SCHEDULES`.
        learning_rate: at the start (`warmup-cosine`: at the end of the first tenth).
        steps: updates until it has come down, 1 or more; `exponential` has a hundredth left.

    Raises:
        InputError: for an unknown name or a value out of range.
    """
    require(learning_rate > 0, "learning_rate", learning_rate, "give a number above 0")
    require(steps >= 1, "schedule_steps", steps, "give 1 or more")
    if name == "constant":
        return optax.constant_schedule(learning_rate)
    if name == "cosine":
        return optax.cosine_decay_schedule(learning_rate, steps)
    if name == "exponential":
        return optax.exponential_decay(learning_rate, steps, 0.01)
    if name == "linear":
        return optax.linear_schedule(learning_rate, 0.0, steps)
    if name == "warmup-cosine":
        return optax.warmup_cosine_decay_schedule(0.0, learning_rate, max(1, steps // 10), steps)
    refuse("schedule", name, SCHEDULES)


def make_optimizer(name: str, schedule: optax.Schedule, betas: tuple[float, float]) -> optax.GradientTransformation:
    """An optimizer by name.

    Args:
        name: one of `OPTIMIZERS`.
        schedule: its learning rate.
        betas: how much of the first and second moment is kept, each from 0 to below 1, for
            the family of Adam; the first is the momentum of `sgd` and `muon`.

    Raises:
        InputError: for an unknown name or a value out of range.
    """
    if name not in OPTIMIZERS:
        refuse("optimizer", name, OPTIMIZERS)
    for label, beta in zip(("beta1", "beta2"), betas, strict=True):
        require(0 <= beta < 1, label, beta, "give 0 to below 1")
    if name in _BETAS:
        return OPTIMIZERS[name](schedule, b1=betas[0], b2=betas[1])
    if name == "muon":
        # What is no matrix it leaves to Adam.
        return optax.contrib.muon(schedule, beta=betas[0], adam_b1=betas[0], adam_b2=betas[1])
    if name == "sgd":
        return optax.sgd(schedule, momentum=betas[0] or None)
    return OPTIMIZERS[name](schedule)
