"""Evaluations of a convolutional autoencoder a second, for a population."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.bench.contest import Contender, Tell, contest
from ontogeny.bench.options import Options
from ontogeny.bench.outcome import Outcome, Trial
from ontogeny.bench.table import Column, Row, Table
from ontogeny.core import evaluate, flops, using
from ontogeny.data import load_pictures
from ontogeny.kernels.native import instruction_set
from ontogeny.learners import Evolution
from ontogeny.nets.autoencoder import Autoencoder, to_signal
from ontogeny.nets.convolutions import Convolution, TransposedConvolution
from ontogeny.nets.layers import ACTIVATIONS, Layer, Unpool, Weights
from ontogeny.strategies import OpenES
from ontogeny.tasks import Reconstruction
from ontogeny.tasks.reconstruction import Originals

OURS, REFERENCE = "ontogeny.evaluate", "jax.vmap of lax.conv"

SAMPLES = 10

_COLUMNS = (
    Column("contender", ""),
    Column("evaluations_per_second", "evaluations\n/s", ",.0f"),
    Column("gflops_per_second", "GFLOP/s", ".1f"),
    Column("ratio_to_convolutions", "to\nlax.conv", ".2f"),
    Column("ontogeny_is_faster", "ontogeny\nis faster", ".1f"),
    Column("difference", "differs\nby", ".0e"),
)


@dataclasses.dataclass(frozen=True)
class Reconstructing:
    """The work: the published net on ten digits.

    Attributes:
        task: what is reconstructed.
        population: nets, stacked.
        popsize: how many.
        batch: the pictures.
    """

    task: Reconstruction
    population: Autoencoder
    popsize: int
    batch: Originals


def prepare(popsize: int) -> Reconstructing:
    """Nets at random. The digits of scikit-learn, enlarged, need no network and cost the same as others.

    Args:
        popsize: how many nets, even.
    """
    task = Reconstruction(load_pictures("digits", SAMPLES))
    population = eqx.filter_vmap(task.init)(jax.random.split(jax.random.key(0), popsize))
    return Reconstructing(task, population, popsize, task.draw(jax.random.key(1), None))


def compiled(work: Reconstructing) -> Trial:
    """`ontogeny.evaluate` of members that are there."""
    learner = Evolution(OpenES(work.popsize))
    layout = learner.layout(work.task, learner.init(work.task, jax.random.key(0)))

    def losses(population: Autoencoder, batch: Originals) -> jax.Array:
        def loss(net: Autoencoder, index: jax.Array) -> jax.Array:
            del index
            return work.task.loss(net, batch)[0]

        with using(layout):
            return evaluate(loss, lambda index: jax.tree.map(lambda leaf: leaf[index], population), work.popsize)

    return _trial(work, losses)


def plain(work: Reconstructing) -> Trial:
    """`jax.vmap` of the net in plain JAX: shifts and matrix products."""
    return _vmapped(work, lambda net, signal: net.run(signal, 0, len(net.layers)))


def convolutions(work: Reconstructing) -> Trial:
    """`jax.vmap` of the net with XLA's convolutions, as most would write it."""
    return _vmapped(work, convolved)


CONTENDERS: tuple[Contender[Reconstructing], ...] = (
    Contender(OURS, compiled),
    Contender("jax.vmap of matrix products", plain),
    Contender(REFERENCE, convolutions),
)
"""Who takes part."""


def run(options: Options, tell: Tell) -> Table:
    """Let each evaluate one population."""
    work = prepare(options.members(64 if options.quick else 256))
    outcomes = contest(CONTENDERS, work, options.repeats, tell)
    one = jax.tree.map(lambda leaf: leaf[0], work.population)
    cost = flops(work.task.loss, one, work.batch)
    title = f"The published autoencoder on {SAMPLES} digits: population {work.popsize}"
    notes = (
        f"An evaluation is {cost / 1e6:.2f} million floating-point operations. Ontogeny's kernel: {instruction_set()}.",
        "`differs by`: the largest difference of a loss from that of lax.conv, relative.",
    )
    return Table("autoencoder", title, _COLUMNS, tuple(row(each, outcomes, cost) for each in outcomes.values()), notes)


def row(outcome: Outcome, outcomes: dict[str, Outcome], cost: float) -> Row:
    """What the table says of one contender.

    Args:
        outcome: the contender's.
        outcomes: those of all.
        cost: floating-point operations of an evaluation.
    """
    reference = outcomes[REFERENCE]
    return {
        "contender": outcome.name,
        "evaluations_per_second": outcome.rate,
        "gflops_per_second": outcome.rate * cost / 1e9,
        "ratio_to_convolutions": reference.median / outcome.median,
        "ontogeny_is_faster": outcome.median / outcomes[OURS].median,
        "difference": float(np.max(np.abs(outcome.losses / reference.losses - 1))),
        "first_seconds": outcome.first_seconds,
        "seconds": list(outcome.seconds),
    }


def convolved(net: Autoencoder, signal: jax.Array) -> jax.Array:
    """`net.run` through all layers, with XLA's convolutions.

    Args:
        net: the autoencoder.
        signal: `(1, height, width, samples)`.
    """
    for layer, weights in zip(net.layers, net.weights, strict=True):
        signal = _layer(layer, weights, signal)
    return signal


def _layer(layer: Layer, weights: Weights | None, x: jax.Array) -> jax.Array:
    if isinstance(layer, Unpool) or not isinstance(layer, Convolution | TransposedConvolution):
        return layer(weights, x)
    assert weights is not None
    turned = isinstance(layer, TransposedConvolution)
    kernel = weights.weight[..., ::-1, ::-1] if turned else weights.weight
    border = [(layer.size - 1, layer.size - 1)] * 2 if turned else "VALID"
    # A shared kernel takes the channels for samples.
    images = jnp.moveaxis(x, -1, 0).reshape(-1, 1 if layer.shared else x.shape[0], *x.shape[1:3])
    y = jax.lax.conv_general_dilated(images, kernel, (1, 1), border)
    y = y.reshape(x.shape[-1], -1, *y.shape[2:])
    y = y if weights.bias is None else y + weights.bias[:, None, None]
    return ACTIVATIONS[layer.activation](jnp.moveaxis(y, 0, -1))


def _vmapped(work: Reconstructing, run: Callable[[Autoencoder, jax.Array], jax.Array]) -> Trial:
    def losses(population: Autoencoder, batch: Originals) -> jax.Array:
        signal = to_signal(batch.images)
        return jax.vmap(lambda net: jnp.abs(run(net, signal) - signal).mean())(population)

    return _trial(work, losses)


def _trial(work: Reconstructing, losses: Callable[[Autoencoder, Originals], jax.Array]) -> Trial:
    compiled = jax.jit(losses)
    return Trial(lambda: np.asarray(compiled(work.population, work.batch)), work.popsize)
