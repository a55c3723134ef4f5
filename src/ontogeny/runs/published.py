"""What Hestmark & Luu (2022) reached: measured on the weights that they released.

Median loss over 64 rollouts of their final models, at five numbers of updates. They trained
far longer than a run of minutes: `episodes` says how long.
"""

from __future__ import annotations

import dataclasses

from ontogeny.runs.config import RunConfig

SOURCE = "Hestmark & Luu (2022), measured on their released weights, median of 64 rollouts"
STEPS = (35, 50, 100, 200, 1000)


@dataclasses.dataclass(frozen=True)
class Published:
    """One of their models.

    Attributes:
        name: what they trained.
        episodes: how many episodes they trained it on.
        losses: at each of `STEPS`.
    """

    name: str
    episodes: float
    losses: tuple[float, ...]


_ADAM = 0.156e6

_TABLE = {
    ("adam", False, "carrot-9"): Published("Adam", _ADAM, (5.5e-6, 8.9e-6, 4.6e-4, 7.8e-4, 1.5e-3)),
    ("adam", False, "rabbit-9"): Published("Adam", _ADAM, (2.5e-5, 3.7e-5, 3.9e-4, 2.5e-3, 3.0e-2)),
    ("adam", False, "carrot-15"): Published("Adam", _ADAM, (4.2e-5, 7.8e-5, 1.2e-3, 1.2e-2, 4.9e-2)),
    ("adam", False, "rabbit-15"): Published("Adam", _ADAM, (1.3e-4, 2.2e-4, 2.2e-3, 3.0e-2, 2.7e-1)),
    ("adam", True, "carrot-9"): Published("Adam, pool", _ADAM, (4.5e-5, 4.5e-5, 4.5e-5, 4.5e-5, 4.5e-5)),
    ("adam", True, "rabbit-9"): Published("Adam, pool", _ADAM, (2.4e-4, 2.4e-4, 2.5e-4, 2.5e-4, 2.5e-4)),
    ("adam", True, "carrot-15"): Published("Adam, pool", _ADAM, (6.7e-4, 6.2e-4, 7.3e-4, 1.1e-3, 1.2e-3)),
    ("adam", True, "rabbit-15"): Published("Adam, pool", _ADAM, (3.1e-4, 2.8e-4, 3.1e-4, 3.2e-4, 3.2e-4)),
    ("es", False, "carrot-9"): Published("ES, 6 members", 13.3e6, (2.5e-4, 2.5e-4, 2.5e-4, 2.5e-4, 2.5e-4)),
    ("es", False, "rabbit-9"): Published("ES, 6 members", 12.0e6, (9.7e-4, 9.6e-4, 9.6e-4, 9.6e-4, 9.6e-4)),
    ("es", False, "carrot-15"): Published("ES, 6 members", 12.0e6, (1.9e-3, 1.9e-3, 2.1e-3, 2.1e-3, 2.1e-3)),
    ("es", False, "rabbit-15"): Published("ES, 40 members", 48.2e6, (1.0e-3, 1.2e-3, 2.2e-3, 2.6e-3, 2.7e-3)),
    ("es", True, "carrot-9"): Published("ES, 40 members", 41.4e6, (4.1e-5, 4.4e-5, 4.5e-5, 4.5e-5, 4.5e-5)),
    ("es", True, "rabbit-9"): Published("ES, 40 members", 46.3e6, (1.3e-4, 1.4e-4, 1.6e-4, 1.7e-4, 1.7e-4)),
    ("es", True, "carrot-15"): Published("ES, 40 members", 44.2e6, (3.0e-4, 4.2e-4, 1.2e-3, 2.0e-3, 6.3e-3)),
    ("es", True, "rabbit-15"): Published("ES, 40 members", 45.0e6, (9.3e-4, 1.2e-3, 1.5e-3, 1.6e-3, 1.6e-3)),
}
"""By learner, whether there is a sample pool, and task. The pool of their evolution strategies
never held anything but the seed, so there it stands for 40 members instead of 6."""


def published(config: RunConfig) -> Published | None:
    """The published model that a run can be held against; `None` where there is none."""
    task, learner = config.task, config.learner
    other = learner.by == "adam" and getattr(learner, "optimizer", "") != "adam"
    if task.name != "growing" or getattr(task, "padding", False) or other:
        return None
    return published_model(learner.by, bool(getattr(task, "pool", False)), task.label)


def published_model(by: str, pool: bool, label: str) -> Published | None:
    """A published model by learner, whether it had a sample pool, and task, such as `carrot-9`."""
    return _TABLE.get((by, pool, label))
