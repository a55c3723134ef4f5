"""A lifetime: samples one after the other, and synapses that change by rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.errors import refuse, require
from ontogeny.nets.plastic import Firing, PlasticNet, Synapses, Wiring, read
from ontogeny.nets.plasticity import Rules, Tables, changes

_BLOCK = 500
"""Samples whose firing is worked out at once, where no synapse changes that it depends on."""


class Life(eqx.Module):
    """How synapses change in a lifetime, whatever the rules say.

    Attributes:
        net: that lives.
        rate: what changes are multiplied by (η), above 0.
        multiplicative: whether a change is a share of the weight; if not, it is added.
        credit: when and where read-out synapses change, one of `CREDITS`.
        by_width: whether changes of read-out and recurrent synapses are divided by how many neurons fire that a synapse
            of theirs joins with the same output or neuron, so that rules do the same in a wider net.
        normalise: what weights that changed are divided by afterwards, one of `NORMS`.
        average: whether samples are answered, in the end, by the mean of the read-out weights over the lifetime.

    Raises:
        InputError: for a value out of range.
    """

    net: PlasticNet = PlasticNet()
    rate: float = eqx.field(static=True, default=0.01)
    multiplicative: bool = eqx.field(static=True, default=False)
    credit: str = eqx.field(static=True, default="mistakes")
    by_width: bool = eqx.field(static=True, default=False)
    normalise: str = eqx.field(static=True, default="none")
    average: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        require(self.rate > 0, "rate", self.rate, "give a number above 0")
        for name, choices in (("credit", CREDITS), ("normalise", NORMS)):
            if getattr(self, name) not in choices:
                refuse(name, getattr(self, name), choices)


class Lived(NamedTuple):
    """What came of a lifetime.

    Attributes:
        synapses: at its end; with `Life.average`, the read-out's mean over the lifetime.
        wrong: booleans, `(samples,)`: which were answered wrong when they came.
    """

    synapses: Synapses
    wrong: jax.Array


class _Passing(NamedTuple):
    synapses: Synapses
    total: jax.Array


def live(life: Life, rules: Rules, wiring: Wiring, synapses: Synapses, samples: jax.Array, labels: jax.Array) -> Lived:
    """A lifetime: each sample is answered, then synapses change.

    Differentiable by the rules; which neurons fire is taken as given, and who is to blame unless credit is `soft`.

    Args:
        life: how.
        rules: of change.
        wiring: where there are synapses.
        synapses: at first.
        samples: `(samples, inputs)`, in their order.
        labels: `(samples,)`, from 0.
    """
    tables = rules.tables
    passing = _Passing(synapses, jnp.zeros_like(synapses.read_out))
    step = _Step(life, rules, tables, wiring)
    if tables.input is None:
        passing, wrong = _in_blocks(step, passing, samples, labels)
    else:

        def one(passing: _Passing, each: tuple[jax.Array, jax.Array]) -> tuple[_Passing, jax.Array]:
            return step(passing, life.net.firing(passing.synapses, each[0]), *each)

        passing, wrong = jax.lax.scan(one, passing, (samples, labels))
    found = passing.synapses
    if life.average:
        found = found._replace(read_out=passing.total / len(samples))
    return Lived(found, wrong)


class _Step(NamedTuple):
    """One sample of a lifetime."""

    life: Life
    rules: Rules
    tables: Tables
    wiring: Wiring

    def __call__(
        self, passing: _Passing, firing: Firing, sample: jax.Array, label: jax.Array
    ) -> tuple[_Passing, jax.Array]:
        logits = read(passing.synapses, firing)
        credit = CREDITS[self.life.credit](logits, label)
        wrong = jnp.argmax(logits) != label
        if self.life.credit == "mistakes":
            synapses = jax.lax.cond(
                wrong,
                lambda synapses: self.changed(synapses, firing, sample, credit),
                lambda synapses: synapses,
                passing.synapses,
            )
        else:
            synapses = self.changed(passing.synapses, firing, sample, credit)
        total = passing.total + synapses.read_out if self.life.average else passing.total
        return _Passing(synapses, total), wrong

    def changed(self, synapses: Synapses, firing: Firing, sample: jax.Array, credit: jax.Array) -> Synapses:
        """The synapses after one sample."""
        features = self.rules.neurons(firing)
        tables, rate = self.tables, self.life.rate
        net, by_width = self.life.net, self.life.by_width
        # So many neurons fire that reach an output, and so many reach another neuron if the density allows.
        rate_out = rate / net.fire if by_width else rate
        read_out = self._new(synapses.read_out, rate_out * changes(features, tables.read_out, credit))
        recurrent = synapses.recurrent
        if tables.recurrent is not None:
            rate_within = rate / (net.density * net.fire) if by_width else rate
            change = rate_within * changes(features, tables.recurrent, features)
            recurrent = self._new(recurrent, self.wiring.recurrent * change)
        first = synapses.input
        if tables.input is not None:
            change = rate * changes(self.rules.inputs(sample), tables.input, features)
            first = self._new(first, self.wiring.input * change)
        return Synapses(first, recurrent, read_out)

    def _new(self, weights: jax.Array, change: jax.Array) -> jax.Array:
        weights = weights * (1 + change) if self.life.multiplicative else weights + change
        return NORMS[self.life.normalise](weights)


def _in_blocks(step: _Step, passing: _Passing, samples: jax.Array, labels: jax.Array) -> tuple[_Passing, jax.Array]:
    """As sample by sample, with as much as does not depend on what changes worked out for many at once.

    That is what the input drives neurons by, and where no recurrent synapse changes all of their firing.
    """
    net, fixed = step.life.net, step.tables.recurrent is None

    def block(passing: _Passing, several: tuple[jax.Array, jax.Array]) -> tuple[_Passing, jax.Array]:
        drive = several[0] @ passing.synapses.input
        known = net.driven(passing.synapses, drive) if fixed else drive

        def one(passing: _Passing, each: tuple[Any, jax.Array, jax.Array]) -> tuple[_Passing, jax.Array]:
            known, sample, label = each
            return step(passing, known if fixed else net.driven(passing.synapses, known), sample, label)

        return jax.lax.scan(one, passing, (known, *several))

    whole = len(samples) // _BLOCK * _BLOCK
    wrong = []
    if whole:
        shaped = samples[:whole].reshape(-1, _BLOCK, *samples.shape[1:]), labels[:whole].reshape(-1, _BLOCK)
        passing, found = jax.lax.scan(block, passing, shaped)
        wrong.append(found.reshape(whole))
    if whole < len(samples):
        passing, found = block(passing, (samples[whole:], labels[whole:]))
        wrong.append(found)
    return passing, jnp.concatenate(wrong)


def _blamed(logits: jax.Array, label: jax.Array) -> jax.Array:
    said, right = (jax.nn.one_hot(each, len(logits)) for each in (jnp.argmax(logits), label))
    return jnp.stack([said * (1 - right), right], 1)


def _all(logits: jax.Array, label: jax.Array) -> jax.Array:
    right = jax.nn.one_hot(label, len(logits))
    return jnp.stack([1 - right, right], 1)


def _reward(logits: jax.Array, label: jax.Array) -> jax.Array:
    said, right = jax.nn.one_hot(jnp.argmax(logits), len(logits)), jnp.argmax(logits) == label
    return jnp.stack([said * right, said * ~right, (1 - said) * right, (1 - said) * ~right], 1)


def _soft(logits: jax.Array, label: jax.Array) -> jax.Array:
    right, sure = jax.nn.one_hot(label, len(logits)), jax.nn.softmax(logits)
    return jnp.stack([sure * (1 - right), right * (1 - sure)], 1)


CREDITS: dict[str, Callable[[jax.Array, jax.Array], jax.Array]] = {
    "mistakes": _blamed,
    "samples": _blamed,
    "outputs": _all,
    "soft": _soft,
    "reward": _reward,
}
"""What outputs are credited with, `(classes, credits)`, by name, from logits and the label: with being higher than they
should be, and lower, unless said otherwise.

- `mistakes`: the one that was said and the right one, and nothing changes where the answer is right.
- `samples`: the same, but the right one after each sample.
- `outputs`: all but the right one, and the right one, after each sample.
- `soft`: as `outputs`, by how much each is off its target (the softmax's error).
- `reward`: nobody tells the right answer, only whether the one that was given is: with having been said and right, said
  and wrong, not said while another was right, not said while another was wrong.
"""

CREDITED = {name: 4 if name == "reward" else 2 for name in CREDITS}
"""How many credits there are, by the same names."""

NORMS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "none": lambda weights: weights,
    "neuron": lambda weights: weights / jnp.sqrt(jnp.sum(weights**2, 1, keepdims=True) + 1e-12),
    "matrix": lambda weights: weights / jnp.sqrt(jnp.mean(weights**2) + 1e-12),
    "largest": lambda weights: weights / jnp.maximum(jnp.max(jnp.abs(weights)), 1e-12),
}
"""What weights become after they changed, by name: divided by the norm of what a neuron sends, by the root mean square
of all, or by the largest."""
