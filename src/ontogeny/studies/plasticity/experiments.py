"""What the study does: rules learned, followed, frozen and tried elsewhere."""

from __future__ import annotations

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome, Learner
from ontogeny.data import IMAGES, ImageSet, load_lessons
from ontogeny.nets import Life, Rules
from ontogeny.nets.firing_rules import firing_perceptron_rules
from ontogeny.nets.hebbian import perceptron_rules
from ontogeny.probes.lifetimes import AfterLife, lived, shuffled
from ontogeny.runs.config import RunConfig
from ontogeny.runs.config_plastic import UNKNOWN, PlasticConfig
from ontogeny.studies.plasticity.settings import ELSEWHERE, PASSES, Tree
from ontogeny.tasks import PlasticLearning
from ontogeny.tasks.classification import mistakes

NEW_SETS = 8
"""Generated sets, seen by nobody, that frozen rules are tried on."""

LIFETIME = 1000
"""Samples of a generated set in a lifetime there."""

WINDOW = 3000
"""Samples whose accuracy is averaged as they come: those of a pass."""


@dataclasses.dataclass(frozen=True)
class Learned:
    """Rules that were learned.

    Attributes:
        task: of it.
        rules: at the end.
        first: as they were drawn.
        course: accuracy after lifetimes of each step's kept rules, on new lifetimes of the task.
        flops: floating-point operations.
    """

    task: PlasticLearning
    rules: Rules
    first: Rules
    course: np.ndarray
    flops: float


def learn(tree: Tree, seed: int) -> Learned:
    """Learn rules, and see after each step what they are good for.

    Args:
        tree: a configuration.
        seed: of all randomness.
    """
    config = RunConfig.parse(tree)
    task, learner = config.task.build(), config.learner.build()
    assert isinstance(task, PlasticLearning)
    steps = config.until.build().steps
    assert steps is not None
    rules, first, course = followed(task, learner, jax.random.key(seed), steps)
    state = eqx.filter_eval_shape(learner.init, task, jax.random.key(seed))
    return Learned(task, rules, first, np.asarray(course), steps * learner.cost(task, state).flops)


@eqx.filter_jit
def followed(task: PlasticLearning, learner: Learner, key: jax.Array, steps: int) -> tuple[Genome, Genome, jax.Array]:
    """Rules as they are learned, as they were before, and their accuracy after each step on new lifetimes."""
    key_init, key_shown = jax.random.split(key)
    begun = learner.init(task, key_init)
    arrays, static = eqx.partition(begun, eqx.is_array)

    def step(arrays: Any, key: jax.Array) -> tuple[Any, jax.Array]:
        state, _ = learner.step(task, eqx.combine(arrays, static))
        lives = task.draw(key, None)
        wrong = mistakes(task.outputs(learner.genome(state), lives), lives.shown_labels)
        return eqx.filter(state, eqx.is_array), 1 - wrong.mean()

    arrays, course = jax.lax.scan(step, arrays, jax.random.split(key_shown, steps))
    return learner.genome(eqx.combine(arrays, static)), learner.genome(begun), course


def published(tree: Tree, seed: int, passes: int) -> dict[str, Any]:
    """Rules as the text learned them, and what becomes of them on a new set.

    Args:
        tree: a configuration with one set.
        seed: of all randomness.
        passes: how often the new set is shown.

    Returns:
        `course`, the accuracy of the kept rules on a batch after each step; on the test samples of the set that they
        were learned on, after a lifetime, `same` and `by_class`; `answers`, how many classes there are among those;
        `second`, the accuracy on samples of a new set as they come, in windows over all passes, and `new` on its test
        samples at the end; `tables`.
    """
    found = learn(tree, seed)
    config = task_of(tree)
    own = load_lessons(config.data, 0, scaled=config.scaled)
    short = shuffled(len(own.train.labels), 1, [seed])[: config.lifetime]
    on_own = lived(found.rules, config.life(), own, short, jax.random.key(0))
    other = load_lessons(config.data, UNKNOWN + seed, scaled=config.scaled)
    order = shuffled(len(other.train.labels), passes, [seed, 1])
    second = lived(found.rules, config.life(), other, order, jax.random.key(0))
    windows = 1 - second.wrong.reshape(-1, WINDOW).mean(1)
    return {
        "course": rounded(found.course),
        "same": on_own.accuracy(own),
        "by_class": rounded(on_own.by_class(own)),
        "answers": len(np.unique(on_own.said)),
        "second": rounded(windows),
        "new": second.accuracy(other),
        "tables": _tables(found.rules),
    }


def controlled(tree: Tree, seed: int, elsewhere: tuple[str, ...], widths: tuple[int, ...]) -> dict[str, Any]:
    """Rules that are learned on many sets, and then frozen.

    Args:
        tree: a configuration.
        seed: of all randomness.
        elsewhere: names of `ELSEWHERE` that they are tried on.
        widths: of nets that they are tried in.

    Returns:
        `course`, `flops`, `tables`; mean accuracy after lifetimes on test samples of the sets that they were learned
        on, `same`, and of others, `new`; of rules as they were drawn, `untrained`; `answers` on new sets, the mean
        number of classes among them; `elsewhere`, the accuracy on other data by its name; `widths`, on new sets in
        nets of those.
    """
    found, config = learn(tree, seed), task_of(tree)
    life = config.life()
    new = each_set(life, found.rules, config, UNKNOWN, seed)
    return {
        "course": rounded(found.course),
        "flops": found.flops,
        "tables": _tables(found.rules),
        "same": mean_accuracy(each_set(life, found.rules, config, 0, seed)),
        "new": mean_accuracy(new),
        "answers": float(np.mean([len(np.unique(each.said)) for each, _ in new])),
        "untrained": mean_accuracy(each_set(life, found.first, config, UNKNOWN, seed)),
        "elsewhere": {name: _elsewhere(found.rules, life, name, seed) for name in elsewhere},
        "widths": [mean_accuracy(each_set(wide(life, width), found.rules, config, UNKNOWN, seed)) for width in widths],
    }


def original(tree: Tree, seed: int, data: tuple[str, ...]) -> dict[str, Any]:
    """Rules as Cristian et al. learned them, in their large nets; and the perceptron's rule in the same nets.

    Args:
        tree: a configuration.
        seed: of all randomness.
        data: images to live through.

    Returns:
        `course`, `tables`, `own`, the accuracy on test samples of the set that they were learned on, and by names of
        the data `learned`, `perceptron` and `averaged`.
    """
    found, config = learn(tree, seed), task_of(tree)
    own = load_lessons(config.data, 0, scaled=config.scaled)
    order = shuffled(len(own.train.labels), 1, [seed])
    large = wide(config.life(), 1000)
    plain = firing_perceptron_rules(large.net.kinds)
    averaged = dataclasses.replace(large, average=True)
    return {
        "course": rounded(found.course),
        "tables": _tables(found.rules),
        "own": lived(found.rules, config.life(), own, order, jax.random.key(0)).accuracy(own),
        "learned": {name: _elsewhere(found.rules, large, name, seed) for name in data},
        "perceptron": {name: _elsewhere(plain, large, name, seed) for name in data},
        "averaged": {name: _elsewhere(plain, averaged, name, seed) for name in data},
    }


def baselines(tree: Tree, seed: int, elsewhere: tuple[str, ...]) -> dict[str, Any]:
    """What there is without learned rules, on the same samples in the same nets.

    Args:
        tree: a configuration, for its net.
        seed: of all randomness.
        elsewhere: names of `ELSEWHERE`.

    Returns:
        By the name of the baseline, `new` and `elsewhere` as `controlled` has them.
    """
    config = task_of(tree)
    codes, plain = firing_perceptron_rules(config.life().net.kinds), perceptron_rules()
    simple = dataclasses.replace(config.life(), credit="mistakes", average=False)
    averaged = dataclasses.replace(simple, average=True)
    nothing = jax.tree.map(jnp.zeros_like, plain)
    each: dict[str, tuple[Rules, Life]] = {
        "no plasticity": (nothing, simple),
        "perceptron": (plain, simple),
        "averaged perceptron": (plain, averaged),
        "averaged perceptron of codes": (codes, averaged),
    }
    return {
        name: {
            "new": mean_accuracy(each_set(life, rules, config, UNKNOWN, seed)),
            "elsewhere": {data: _elsewhere(rules, life, data, seed) for data in elsewhere},
        }
        for name, (rules, life) in each.items()
    }


def task_of(tree: Tree) -> PlasticConfig:
    """The task of a configuration."""
    config = RunConfig.parse(tree).task
    assert isinstance(config, PlasticConfig)
    return config


def wide(life: Life, width: int) -> Life:
    """The same life in a net of another width, of which the same share fires."""
    fire = max(1, round(width * life.net.fire / life.net.width))
    return dataclasses.replace(life, net=dataclasses.replace(life.net, width=width, fire=fire))


def each_set(
    life: Life, rules: Rules, config: PlasticConfig, first: int, seed: int, one_net: bool = False
) -> list[tuple[AfterLife, ImageSet]]:
    """Lifetimes in new nets, or in the one that rules were learned in, one on each of some generated sets."""
    found = []
    for number in range(NEW_SETS):
        lessons = load_lessons(config.data, first + number, scaled=config.scaled)
        order = shuffled(len(lessons.train.labels), 1, [seed, number])[:LIFETIME]
        key = jax.random.key(0) if one_net else jax.random.fold_in(jax.random.key(seed), number)
        found.append((lived(rules, life, lessons, order, key), lessons))
    return found


def mean_accuracy(found: list[tuple[AfterLife, ImageSet]]) -> float:
    """On test samples."""
    return float(np.mean([after.accuracy(lessons) for after, lessons in found]))


def _elsewhere(rules: Rules, life: Life, name: str, seed: int) -> float:
    lessons = load_lessons(name, UNKNOWN + seed)
    images = name in IMAGES
    order = shuffled(len(lessons.train.labels), PASSES if images else 1, [seed])
    return lived(rules, wide(life, ELSEWHERE[name]), lessons, order, jax.random.key(seed)).accuracy(lessons)


def _tables(rules: Rules) -> dict[str, Any]:
    tables = rules.tables
    return {name: None if table is None else rounded(table) for name, table in tables._asdict().items()}


def rounded(values: Any) -> Any:
    """As lists of numbers that are short to keep."""
    return np.round(np.asarray(values, np.float64), 4).tolist()
