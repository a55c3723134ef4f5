"""Train the same neural network by evolution and by backpropagation, on equal terms.

The public names below are loaded when they are first used, so that importing the package does
not start JAX.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ontogeny.core import (
        Cost,
        Learner,
        Progress,
        Run,
        Strategy,
        Task,
        Until,
        evaluate,
        train,
    )
    from ontogeny.data import load_images, load_pictures, load_target
    from ontogeny.errors import InputError, MachineError, OntogenyError
    from ontogeny.learners import Descent, Evolution, EvolutionarySGD, Hybrid, PopulationBased
    from ontogeny.nets import MLP, NCA, Autoencoder
    from ontogeny.probes import erase, growth
    from ontogeny.runs.genomes import load_nca, save_genome
    from ontogeny.runs.recorder import Checkpoints
    from ontogeny.strategies import GA, OpenES
    from ontogeny.tasks import (
        Classification,
        Control,
        Criticised,
        Curriculum,
        Growing,
        PlasticLearning,
        Reconstruction,
        SamplePool,
    )

_HOMES = {
    "ontogeny.core": (
        "Cost", "Learner", "Progress", "Run", "Strategy", "Task", "Until", "evaluate", "train",
    ),
    "ontogeny.data": ("load_images", "load_pictures", "load_target"),
    "ontogeny.errors": ("InputError", "MachineError", "OntogenyError"),
    "ontogeny.learners": ("Descent", "Evolution", "EvolutionarySGD", "Hybrid", "PopulationBased"),
    "ontogeny.nets": ("MLP", "NCA", "Autoencoder"),
    "ontogeny.probes": ("erase", "growth"),
    "ontogeny.runs.genomes": ("load_nca", "save_genome"),
    "ontogeny.runs.recorder": ("Checkpoints",),
    "ontogeny.strategies": ("GA", "OpenES"),
    "ontogeny.tasks": (
        "Classification", "Control", "Criticised", "Curriculum", "Growing", "PlasticLearning", "Reconstruction",
        "SamplePool",
    ),
}  # fmt: skip

_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "GA", "MLP", "NCA", "Autoencoder", "Checkpoints", "Classification", "Control", "Cost", "Criticised",
    "Curriculum", "Descent", "Evolution", "EvolutionarySGD", "Growing", "Hybrid", "InputError", "Learner",
    "MachineError", "OntogenyError", "OpenES", "PlasticLearning", "PopulationBased", "Progress", "Reconstruction",
    "Run", "SamplePool", "Strategy", "Task", "Until", "erase", "evaluate", "growth", "load_images", "load_nca",
    "load_pictures", "load_target", "save_genome", "train",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ontogeny' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
