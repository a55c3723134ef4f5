"""The time of a generation of nets that each learn by gradients, as the published population does."""

from __future__ import annotations

import dataclasses

import numpy as np

from ontogeny.bench.contest import Contender, Tell, contest
from ontogeny.bench.options import Options
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.table import Column, Row, Table

OURS = "ontogeny.Hybrid"

RATE, MOMENTUM = 0.01, 0.9
"""Of SGD, as published."""


@dataclasses.dataclass(frozen=True)
class Training:
    """What all contenders do.

    Attributes:
        members: nets.
        steps: gradient steps of each.
        batch: images of a step.
        sizes: of a net.
    """

    members: int = 22
    steps: int = 60
    batch: int = 100
    sizes: tuple[int, ...] = (784, 256, 128, 10)

    @property
    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Images, `(count, inputs)` in [0, 1], a fifth of the pixels above 0, and labels; one for each place."""
        rng = np.random.default_rng(0)
        count = self.steps * self.batch
        images = rng.random((count, self.sizes[0]), np.float32)
        images *= rng.random(images.shape, np.float32) < 0.2
        return images, rng.integers(0, self.sizes[-1], count, np.int32)


def _ours(training: Training) -> Trial:
    import equinox as eqx
    import jax
    import optax

    from ontogeny.data import ImageSet, Labelled
    from ontogeny.learners import Descent, Hybrid
    from ontogeny.strategies import published_block_genes
    from ontogeny.tasks import Classification

    images, labels = training.data
    # One image to judge by: judging is not compared.
    one = Labelled(images[:1], labels[:1])
    data = ImageSet(Labelled(images, labels), one, one)
    classes = training.sizes[-1]
    task = Classification(data, training.sizes[1:-1], training.batch, classes=classes, shuffled=False, start="uniform")
    learner = Hybrid(
        Descent(optax.sgd(RATE, momentum=MOMENTUM)),
        popsize=training.members,
        children=training.members,
        steps=training.steps,
        genes=published_block_genes,
    )
    step = eqx.filter_jit(learner.step)
    state = eqx.filter_jit(learner.init)(task, jax.random.key(0))

    def call() -> np.ndarray:
        nonlocal state
        state, metrics = step(task, state)
        return np.asarray(metrics["population_loss"])

    return Trial(call, training.members * training.steps)


def _torch(training: Training) -> Trial:
    from ontogeny.bench.population_torch import trial

    return trial(training)


CONTENDERS = (Contender(OURS, _ours), Contender("a loop over PyTorch modules", _torch, ("torch",)))
"""Who takes part."""

_COLUMNS = (
    Column("contender", ""),
    Column("detail", "how"),
    Column("seconds_a_generation", "s for 22 nets,\n600 steps", ",.1f"),
    Column("steps_per_second", "steps of\na net / s", ",.0f"),
    Column("ontogeny_is_faster", "ontogeny\nis faster", ".1f"),
)


def run(options: Options, tell: Tell) -> Table:
    """Let each train the same number of nets."""
    training = Training(steps=12 if options.quick else 60)
    outcomes = contest(CONTENDERS, training, options.repeats, tell)
    sizes = "-".join(map(str, training.sizes))
    title = f"{training.members} nets {sizes} that learn by SGD: {training.steps} steps, batch {training.batch}"
    notes = (
        "Each net makes so many steps on the same batches. Ontogeny also makes the nets anew from those before, gene "
        "by gene; PyTorch's nets go on. Its processes, one a core with a thread each, are started before.",
    )
    return Table("population", title, _COLUMNS, tuple(_row(each, outcomes[OURS]) for each in outcomes.values()), notes)


def _row(outcome: Outcome, ours: Outcome) -> Row:
    if outcome.missing:
        return {"contender": outcome.name, "missing": outcome.missing}
    return {
        "contender": outcome.name,
        "detail": outcome.detail,
        "seconds_a_generation": 22 * 600 / outcome.rate,
        "steps_per_second": outcome.rate,
        "ontogeny_is_faster": outcome.median / ours.median,
        "mean_loss": float(outcome.losses),
        "first_seconds": outcome.first_seconds,
        "seconds": list(outcome.seconds),
    }
