"""Let learned rules live through other samples, in other nets, and keep what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ontogeny.data import ImageSet, load_lessons
from ontogeny.errors import require
from ontogeny.nets import Life, Rules
from ontogeny.nets.hebbian import perceptron_rules
from ontogeny.probes.lifetimes import lived, shuffled
from ontogeny.runs.config_plastic import UNKNOWN, PlasticConfig
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.probe_fields import fields_of, name_of, read_fields
from ontogeny.tasks import PlasticLearning

LIFE_PROBES = {
    "lifetime": "frozen rules live through other samples in another net: how many test samples does it get right?"
}
"""What each probe of rules asks."""


@dataclasses.dataclass(frozen=True)
class Lifetime:
    """Lifetimes that rules are tried in.

    Attributes:
        data: as for the task; none for the run's own.
        set: which of the generated sets, of those that no run learns from; 0 or more.
        width: neurons, of which the same share fires as in the run; 0 for the run's own.
        samples: of the training part that are lived through; 0 for all.
        passes: how often they are, each time in another order.
        nets: how many, each drawn anew.
    """

    data: str = ""
    set: int = 0
    width: int = 0
    samples: int = 0
    passes: int = 1
    nets: int = 3


def probe_lives(path: Path, settings: Iterable[str] = (), seed: int = 0) -> dict[str, Any]:
    """Live through samples by the rules of a run, and by the perceptron's beside them, and keep what was found.

    Args:
        path: folder of the run.
        settings: fields of `Lifetime`, such as `data=mnist`.
        seed: of nets and orders.

    Returns:
        `run`, `probe`, the fields, `seed`, `samples` of a pass, `classes`; `accuracy` on test samples of each net,
        `by_class`, the mean over nets of each class; `perceptron` and `averaged_perceptron`, the accuracy of the same
        nets by these rules.

    Raises:
        InputError: for a field that cannot be set so, or a run without rules.
    """
    folder = RunFolder.open(path)
    config = folder.config.task
    learned = config.label
    require(isinstance(config, PlasticConfig), "run", str(path), f"it learned {learned}, which are no plasticity rules")
    assert isinstance(config, PlasticConfig)
    what = read_fields(Lifetime(), settings)
    for name in ("nets", "passes"):
        require(getattr(what, name) >= 1, name, getattr(what, name), "give 1 or more")
    for name in ("set", "width", "samples"):
        require(getattr(what, name) >= 0, name, getattr(what, name), "give 0 or more")
    require(0 <= seed < 2**32, "seed", seed, "give 0 to 4294967295")
    task = config.build()
    assert isinstance(task, PlasticLearning)
    rules = folder.genome(eqx.filter_eval_shape(task.init, jax.random.key(0)))
    lessons = load_lessons(what.data or config.data, UNKNOWN + what.set, scaled=config.scaled)
    most = len(lessons.train.labels)
    require(what.samples <= most, "samples", what.samples, f"give 0 to {most:,}")
    life = config.life()
    for name, there, own in (
        ("width", what.width or config.width, config.width),
        ("data", lessons.train.images.shape[1], task.inputs),
        ("data", len(np.unique(lessons.train.labels)), task.classes),
    ):
        hint = f"synapses have rules of their own here (sharing = {config.sharing}): keep {own}, as in the run"
        require(config.sharing == "all" or there == own, name, there, hint)
    plain = perceptron_rules()
    beside = dataclasses.replace(life, credit="mistakes", normalise="none", multiplicative=False, average=False)
    every = {
        "accuracy": (rules, life),
        "perceptron": (plain, beside),
        "averaged_perceptron": (plain, dataclasses.replace(beside, average=True)),
    }
    found = {
        name: [_tried(*each, lessons, what, [seed, net]) for net in range(what.nets)] for name, each in every.items()
    }
    result = {
        "probe": "lifetime",
        **fields_of(what),
        "seed": seed,
        "samples": what.samples or most,
        "classes": found["accuracy"][0].size,
        "by_class": np.mean(found["accuracy"], 0).tolist(),
    }
    weights = np.bincount(lessons.test.labels) / len(lessons.test.labels)
    result |= {name: [float(each @ weights) for each in one] for name, one in found.items()}
    folder.write_probe(name_of("lifetime", what, Lifetime()), result)
    return {"run": str(path), **result}


def _tried(rules: Rules, life: Life, lessons: ImageSet, what: Lifetime, seeds: list[int]) -> np.ndarray:
    """Accuracy on test samples of each class."""
    net = life.net
    if what.width:
        fire = max(1, round(what.width * net.fire / net.width))
        life = dataclasses.replace(life, net=dataclasses.replace(net, width=what.width, fire=fire))
    random = np.random.default_rng(seeds)
    chosen = random.permutation(len(lessons.train.labels))[: what.samples or None]
    order = chosen[shuffled(len(chosen), what.passes, seeds)]
    return lived(rules, life, lessons, order, jax.random.fold_in(jax.random.key(seeds[0]), seeds[1])).by_class(lessons)
