"""Rules by who fired when: tables of firing codes, and networks of them."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.nets.nca import Dense
from ontogeny.nets.plastic import Firing
from ontogeny.nets.plasticity import Rules, Tables


class FiringRules(Rules):
    """Rules to which all neurons with one firing code are alike, and all inputs."""

    def neurons(self, firing: Firing) -> jax.Array:
        """1 in the place of the code, else 0."""
        return jax.nn.one_hot(firing.codes, self.tables.read_out.shape[0])

    def inputs(self, sample: jax.Array) -> jax.Array:
        """All alike."""
        return jnp.ones((len(sample), 1))


class TableRules(FiringRules):
    """A number for each pair of firing codes (Cristian et al. 2021, section 2).

    Attributes:
        input: `(1, codes)`: what the input is does not count; or `None`.
        recurrent: `(codes, codes)`; or `None`.
        read_out: `(codes, credits)`.
    """

    input: jax.Array | None
    recurrent: jax.Array | None
    read_out: jax.Array

    @classmethod
    def create(
        cls, key: Key, codes: int, input: bool, recurrent: bool, scale: float = 1.0, credits: int = 2
    ) -> TableRules:
        """Normal numbers.

        Args:
            key: random key.
            codes: how many there are.
            input: whether input synapses change.
            recurrent: whether recurrent synapses change.
            scale: standard deviation.
            credits: what outputs are credited with.
        """
        shapes = ((1, codes), (codes, codes), (codes, credits))
        keys = jax.random.split(key, 3)
        made = [scale * jax.random.normal(each, shape) for each, shape in zip(keys, shapes, strict=True)]
        return cls(made[0] if input else None, made[1] if recurrent else None, made[2])

    @property
    def tables(self) -> Tables:
        """As they stand."""
        return Tables(self.input, self.recurrent, self.read_out)


class TernaryRules(TableRules):
    """A table whose changes are -1, 0 or 1 (Yaman et al. 2021): the nearest of them to numbers that evolve."""

    @property
    def tables(self) -> Tables:
        """Rounded; there is no gradient."""
        steps = (None if each is None else jnp.round(jnp.clip(each, -1, 1)) for each in super().tables)
        return Tables(*steps)  # type: ignore[arg-type]


class NetworkRules(FiringRules):
    """Small networks of the firing codes, bit by bit, instead of tables (Cristian et al. 2021, section 2).

    They have far fewer numbers than tables where neurons fire often, and say something about pairs of codes that never
    came up.

    Attributes:
        recurrent: hidden and output layer, from the bits of both codes to a change; or `None`.
        read_out: the same, from the bits of one code to the changes.
        rounds: bits of a code.
    """

    recurrent: tuple[Dense, Dense] | None
    read_out: tuple[Dense, Dense]
    rounds: int = eqx.field(static=True)

    @classmethod
    def create(cls, key: Key, rounds: int, recurrent: bool, credits: int = 2, hidden: int = 20) -> NetworkRules:
        """Normal weights that keep the scale of what passes.

        Args:
            key: random key.
            rounds: bits of a code.
            recurrent: whether recurrent synapses change.
            credits: what outputs are credited with.
            hidden: units.
        """
        first, second = jax.random.split(key)
        between = _small(first, 2 * rounds, hidden, 1) if recurrent else None
        return cls(between, _small(second, rounds, hidden, credits), rounds)

    @property
    def tables(self) -> Tables:
        """What the networks say of all codes, or pairs of codes."""
        recurrent = None if self.recurrent is None else _of_pairs(self.recurrent, self.rounds)
        return Tables(None, recurrent, _answer(self.read_out, _bits(self.rounds)))


class RecurrentRules(FiringRules):
    """A network of codes for recurrent synapses alone: the read-out's rule is the perceptron's.

    So Cristian et al. (2021) learned the one with the other held fixed.

    Attributes:
        recurrent: hidden and output layer, from the bits of both codes to a change.
        rounds: bits of a code.
    """

    recurrent: tuple[Dense, Dense]
    rounds: int = eqx.field(static=True)

    @classmethod
    def create(cls, key: Key, rounds: int, hidden: int = 20) -> RecurrentRules:
        """Normal weights that keep the scale of what passes.

        Args:
            key: random key.
            rounds: bits of a code.
            hidden: units.
        """
        return cls(_small(key, 2 * rounds, hidden, 1), rounds)

    @property
    def tables(self) -> Tables:
        """What the network says, and the perceptron."""
        perceptron = firing_perceptron_rules(2**self.rounds).read_out
        return Tables(None, _of_pairs(self.recurrent, self.rounds), perceptron)


def _bits(rounds: int) -> jax.Array:
    """Of all codes, `(codes, rounds)`, the first round first."""
    places = jnp.arange(rounds - 1, -1, -1)
    return (jnp.arange(2**rounds)[:, None] >> places & 1).astype(jnp.float32)


def _of_pairs(layers: tuple[Dense, Dense], rounds: int) -> jax.Array:
    """What a network says of all pairs of codes, `(codes, codes)`."""
    bits = _bits(rounds)
    count = len(bits)
    pairs = jnp.concatenate([jnp.repeat(bits, count, 0), jnp.tile(bits, (count, 1))], 1)
    return _answer(layers, pairs).reshape(count, count)


def _small(key: Key, inputs: int, hidden: int, outputs: int) -> tuple[Dense, Dense]:
    first, second = jax.random.split(key)
    return (
        Dense(jax.random.normal(first, (hidden, inputs)) * (2 / inputs) ** 0.5, jnp.zeros(hidden)),
        Dense(jax.random.normal(second, (outputs, hidden)) * (1 / hidden) ** 0.5, jnp.zeros(outputs)),
    )


def _answer(layers: tuple[Dense, Dense], bits: jax.Array) -> jax.Array:
    answer: jax.Array = layers[1](jax.nn.relu(layers[0](bits)))
    return answer


def firing_perceptron_rules(codes: int) -> TableRules:
    """The same by what fires in the last round, however strongly: all that a table of codes can say.

    Args:
        codes: how many there are.
    """
    last = jnp.arange(codes) % 2
    return TableRules(None, None, last[:, None] * jnp.asarray([-1.0, 1.0]))
