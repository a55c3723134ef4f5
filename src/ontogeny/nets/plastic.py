"""A recurrent network whose synapses change while it lives (Cristian et al. 2021; Joosten 2021)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.errors import refuse, require
from ontogeny.nets.winners import winners


class Wiring(NamedTuple):
    """Which synapses there are; all neurons are joined to all outputs.

    Attributes:
        input: `(inputs, width)`, 0 or 1.
        recurrent: `(width, width)`, from the first neuron to the second, 0 or 1; none from a neuron to itself.
    """

    input: jax.Array
    recurrent: jax.Array


class Synapses(NamedTuple):
    """The weights, which change in a lifetime.

    Attributes:
        input: `(inputs, width)`, 0 where there is no synapse.
        recurrent: `(width, width)`, from the first neuron to the second, 0 where there is no synapse.
        read_out: `(width, classes)`.
    """

    input: jax.Array
    recurrent: jax.Array
    read_out: jax.Array


class Firing(NamedTuple):
    """What the neurons do when they are shown samples.

    Attributes:
        activity: `(..., width)`, of the last round; 0 for those that do not fire.
        codes: `(..., width)` integers, the rounds in which a neuron fires: the first round is the highest bit.
    """

    activity: jax.Array
    codes: jax.Array


class PlasticNet(eqx.Module):
    """Neurons that are joined at random and fire a few times, the strongest alone, before they are read out.

    In the first round a neuron is driven by the input alone. In each further one its synapses bring it what the others
    did in the last, together with what the input drives them by.

    Attributes:
        width: neurons, 1 or more.
        fire: how many of them fire in a round, the strongest; 1 to `width`.
        rounds: how often they fire, 1 or more: the T of Cristian et al.; Joosten's N is one less.
        density: share of the possible synapses that there are, above 0, at most 1.
        activation: one of `ACTIVATIONS`, before the strongest are found.
        again: what comes in again in each round: `drive`, what the input drives neurons by, before the activation and
            of all, through the recurrent synapses (as Cristian et al.'s program does); `activity`, what the first round
            made of it, the same way (Joosten, eq. 2); or `input`, the drive past them (Cristian et al.'s text).
        starts: how weights are drawn for input, recurrent and read-out synapses, each one of `STARTS`.
        gain: what the activity is divided by before it is read out: `none`, or `norm`, its root mean square, so that
            samples count alike.

    Raises:
        InputError: for a value out of range.
    """

    width: int = eqx.field(static=True, default=1000)
    fire: int = eqx.field(static=True, default=500)
    rounds: int = eqx.field(static=True, default=1)
    density: float = eqx.field(static=True, default=0.5)
    activation: str = eqx.field(static=True, default="relu")
    again: str = eqx.field(static=True, default="drive")
    starts: tuple[str, str, str] = eqx.field(static=True, default=("normal", "zero", "zero"), converter=tuple)
    gain: str = eqx.field(static=True, default="none")

    def __check_init__(self) -> None:
        require(self.width >= 1, "width", self.width, "give 1 or more neurons")
        require(1 <= self.fire <= self.width, "fire", self.fire, f"give 1 to {self.width}, the neurons")
        require(1 <= self.rounds <= 8, "rounds", self.rounds, "give 1 to 8")
        require(0 < self.density <= 1, "density", self.density, "give a share above 0, at most 1")
        for name, choices in (("activation", ACTIVATIONS), ("again", AGAIN), ("gain", GAINS)):
            if getattr(self, name) not in choices:
                refuse(name, getattr(self, name), choices)
        require(len(self.starts) == 3, "starts", self.starts, "give three: for input, recurrent and read-out synapses")
        for start in self.starts:
            if start not in STARTS:
                refuse("starts", start, STARTS)

    @property
    def kinds(self) -> int:
        """How many firing codes there are."""
        return int(2**self.rounds)

    def wire(self, key: Key, inputs: int, classes: int) -> tuple[Wiring, Synapses]:
        """A net as it is born.

        Args:
            key: random key.
            inputs: numbers in a sample.
            classes: outputs.
        """
        edges, weights = jax.random.split(key)
        keys = jax.random.split(edges), jax.random.split(weights, 3)
        there = [
            jax.random.bernoulli(each, self.density, (senders, self.width)).astype(jnp.float32)
            for each, senders in zip(keys[0], (inputs, self.width), strict=True)
        ]
        wiring = Wiring(there[0], there[1] * (1 - jnp.eye(self.width)))
        masks = (wiring.input, wiring.recurrent, jnp.ones((self.width, classes)))
        made = [STARTS[start](each, mask) for start, each, mask in zip(self.starts, keys[1], masks, strict=True)]
        return wiring, Synapses(*made)

    def firing(self, synapses: Synapses, samples: jax.Array) -> Firing:
        """What the neurons do.

        Args:
            synapses: as they are.
            samples: `(..., inputs)`.
        """
        return self.driven(synapses, samples @ synapses.input)

    def driven(self, synapses: Synapses, drive: jax.Array) -> Firing:
        """What the neurons do, where it is known what the input drives them by.

        Args:
            synapses: as they are.
            drive: `(..., width)`.
        """
        first = activity = self._capped(drive)
        codes = activity.codes
        within, past = AGAIN[self.again](drive, first.activity)
        for _ in range(self.rounds - 1):
            activity = self._capped((activity.activity + within) @ synapses.recurrent + past)
            codes = 2 * codes + activity.codes
        return Firing(activity.activity / GAINS[self.gain](activity.activity), codes)

    def _capped(self, driven: jax.Array) -> Firing:
        active = ACTIVATIONS[self.activation](driven)
        strongest = winners(active, self.fire)
        return Firing(jnp.where(strongest, active, 0), strongest.astype(jnp.int32))


def read(synapses: Synapses, firing: Firing) -> jax.Array:
    """Logits of the classes, `(..., classes)`."""
    return firing.activity @ synapses.read_out


ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "linear": lambda driven: driven,
}
"""What becomes of what drives a neuron, by name."""

AGAIN: dict[str, Callable[[jax.Array, jax.Array], tuple[jax.Array | float, jax.Array | float]]] = {
    "drive": lambda drive, _: (drive, 0.0),
    "activity": lambda _, first: (first, 0.0),
    "input": lambda drive, _: (0.0, drive),
}
"""What comes in again in each round, through the recurrent synapses and past them, of the drive and the first
activity."""

GAINS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "none": lambda _: jnp.ones(()),
    "norm": lambda activity: jnp.sqrt(jnp.mean(activity**2, axis=-1, keepdims=True) + 1e-12),
}
"""What activity is divided by, by name."""

STARTS: dict[str, Callable[[Key, jax.Array], jax.Array]] = {
    "zero": lambda _, mask: jnp.zeros(mask.shape),
    "ones": lambda _, mask: mask,
    "normal": lambda key, mask: mask * jax.random.normal(key, mask.shape),
}
"""First weights by name, from a key and the synapses that there are."""
