"""What is measured on nets: accuracy, attacks from one on another, how alike they are, how sure and how steady."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Genome
from ontogeny.learners.members import rows
from ontogeny.probes.agreement import disagreement, kernel_alignments
from ontogeny.probes.calibration import expected_calibration_error
from ontogeny.probes.classifier import accuracies, answers, predictions
from ontogeny.probes.corruption import Corruption
from ontogeny.probes.gene_similarity import pairs
from ontogeny.probes.image_attack import PUBLISHED, ImageAttack
from ontogeny.probes.transfer import transfer
from ontogeny.strategies import mean
from ontogeny.studies.mixed.nets import logits, shown, together
from ontogeny.tasks import Classification

PIXELS = ImageAttack("fgsm", epsilon=0.1)
"""In pixel units, pixels kept in range."""

ATTACKS = {"published": PUBLISHED, "pixels": PIXELS}
"""Attacks by which transfer is measured."""

STRONGER = ImageAttack("pgd", epsilon=0.1)
"""Ten steps in place of one, within the same bound."""


def clean(task: Classification, nets: Genome) -> list[float]:
    """Accuracy of each net on all test images."""
    found: list[float] = rounded(accuracies(logits, nets, task.data.test.images, task.data.test.labels))
    return found


def tables(task: Classification, sources: Genome, targets: Genome, *names: str) -> dict[str, list[list[float]]]:
    """Accuracies of targets on images made against sources, `(sources, targets)`, for attacks of `ATTACKS`."""
    images, labels = shown(task)
    return {
        name: rounded(transfer(logits, sources, targets, images, labels, ATTACKS[name])) for name in names or ATTACKS
    }


def from_many(task: Classification, nets: Genome) -> dict[str, list[float]]:
    """Accuracy of each net under stronger attacks than by one other net.

    Returns:
        `ensemble`: one step against the mean answer of all other nets; `pgd`: ten steps against it; `pgd_white_box`:
        ten steps against the net itself.
    """
    images, labels = shown(task)
    count = len(jax.tree.leaves(nets)[0])

    @eqx.filter_jit
    def under(attack: ImageAttack, nets: Genome, number: jax.Array) -> jax.Array:
        net = rows(nets, number)
        others = rows(nets, (number + 1 + jnp.arange(count - 1)) % count)
        moved = attack.attacked(together, others, images, labels)
        return jnp.mean(jnp.argmax(logits(net, moved), 1) == labels)

    @eqx.filter_jit
    def alone(attack: ImageAttack, nets: Genome, number: jax.Array) -> jax.Array:
        net = rows(nets, number)
        return jnp.mean(jnp.argmax(logits(net, attack.attacked(logits, net, images, labels)), 1) == labels)

    each = [jnp.int32(number) for number in range(count)]
    return {
        "ensemble": rounded([under(PIXELS, nets, number) for number in each]),
        "pgd": rounded([under(STRONGER, nets, number) for number in each]),
        "pgd_white_box": rounded([alone(STRONGER, nets, number) for number in each]),
    }


def mixtures(task: Classification, nets: Genome) -> dict[str, float]:
    """Accuracy on test images of several nets as one.

    Returns:
        `ensemble`: of their mean answer; `uniform_soup`: of the net of their mean weights; `greedy_soup`: of the mean
        of those that, one after the other, best first, do not lower the accuracy on validation images (Wortsman et al.
        2022, arXiv 2203.05482, recipe 1), with `in_soup`, how many they are.
    """
    test, validation = task.data.test, task.data.validation
    count = len(jax.tree.leaves(nets)[0])

    def right(nets: Genome, part: Any) -> float:
        return float(accuracies(logits, nets, part.images, part.labels)[0])

    kept, best = [0], right(rows(nets, slice(1)), validation)
    for number in range(1, count):
        tried = rows(nets, np.asarray([*kept, number]))
        found = right(_one(tried), validation)
        if found >= best:
            kept, best = [*kept, number], found
    everyone = jax.jit(together)(nets, jnp.asarray(test.images))
    return {
        "ensemble": float(jnp.mean(jnp.argmax(everyone, 1) == jnp.asarray(test.labels))),
        "uniform_soup": right(_one(nets), test),
        "greedy_soup": right(_one(rows(nets, np.asarray(kept))), test),
        "in_soup": float(len(kept)),
    }


def _one(nets: Genome) -> Genome:
    """Their mean, as a population of one."""
    return jax.tree.map(lambda leaf: leaf[None], mean(nets))


def difference(task: Classification, nets: Genome) -> float:
    """The share of test images that two nets take for different things, mean over pairs."""
    found = disagreement(predictions(logits, nets, task.data.test.images))
    return float(pairs(found).mean())


def alignment(task: Classification, nets: Genome) -> list[float]:
    """Centred kernel alignment of two nets in each layer, mean over pairs."""
    images, _ = shown(task)
    layers = jax.jit(jax.vmap(lambda net: net.activations(images.reshape(len(images), -1))))(nets)
    found: list[float] = rounded([pairs(kernel_alignments(layer)).mean() for layer in layers])
    return found


CORRUPTION = Corruption((0.3,), (1.5,), (2,))
"""What images suffer without an attacker, one strength of each kind."""


def steadiness(task: Classification, nets: Genome) -> dict[str, dict[str, float]]:
    """How sure and how steady the first net is, `one`, and all together, `ensemble`, on test images.

    Returns:
        For each `calibration_error`, and accuracy under `noise`, `blur` and `shift`.
    """
    images, labels = shown(task)
    found = {}
    for name, answer, net in (("one", logits, rows(nets, 0)), ("ensemble", together, nets)):
        under = CORRUPTION.accuracies(answer, net, images, labels)
        test = task.data.test
        sure = expected_calibration_error(answers(answer, net, test.images), test.labels)
        kinds = {kind: float(next(iter(each.values()))) for kind, each in under.items()}
        found[name] = {"calibration_error": round(sure, 4), **kinds}
    return found


def rounded(values: Any) -> Any:
    """Numbers as JSON can hold them, in ten-thousandths."""
    return np.round(np.asarray(values, np.float64), 4).tolist()
