"""What is to be learned."""

from __future__ import annotations

import abc

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core.types import Aux, Batch, Genome, Key, Metrics, World
from ontogeny.errors import InputError


class Task(eqx.Module):
    """What is to be learned: how a genome starts, and how well it does.

    Evolution ranks the same `loss` that gradient descent differentiates; that is what makes
    a comparison of the two fair. Subclasses implement `init`, `draw` and `loss`; the other
    methods have defaults for a task without a memory.
    """

    @abc.abstractmethod
    def init(self, key: Key) -> Genome:
        """A new genome.

        Args:
            key: random key.
        """

    def begin(self, key: Key) -> World:
        """What persists between steps besides the genome (a sample pool); `None` by default."""
        del key
        return None

    @abc.abstractmethod
    def draw(self, key: Key, world: World) -> Batch:
        """Everything random about one evaluation: data, start states, step counts, masks.

        Args:
            key: random key.
            world: what `begin` or `settle` returned last.
        """

    @abc.abstractmethod
    def loss(self, genome: Genome, batch: Batch) -> tuple[jax.Array, Aux]:
        """How badly the genome does on the batch; pure.

        Returns:
            The loss, a scalar (or a vector for several objectives), and anything that
            `settle` needs, or `None`.
        """

    def outputs(self, genome: Genome, batch: Batch) -> jax.Array:
        """What the genome answers to the batch, before it is judged: an array, differentiable by the genome.

        For strategies that look at outputs; by default there are none.

        Raises:
            InputError: where the task has none.
        """
        del genome, batch
        hint = "it has no outputs: write Task.outputs, or choose a strategy that does not look at them"
        raise InputError("task", type(self).__name__, hint)

    def settle(self, world: World, batch: Batch, aux: Aux) -> World:
        """The world after a step.

        Args:
            world: the world that the batch was drawn from.
            batch: the batch of the step.
            aux: what `loss` returned for the one genome that the learner settles with: the
                current one of a gradient learner, the best member of a generation.
        """
        del batch, aux
        return world

    def measure(self, genome: Genome, key: Key) -> Metrics:
        """Held-out figures of a genome, `loss` among them.

        The default draws one batch from a fresh world.
        """
        first, second = jax.random.split(key)
        loss, _ = self.loss(genome, self.draw(second, self.begin(first)))
        return {"loss": loss.mean()}

    def judge(self, genomes: Genome) -> jax.Array:
        """Held-out losses by which members of a population are chosen, one for each case (a sample).

        The default has one case, the `loss` of `measure`.

        Args:
            genomes: stacked along a new first axis, `(members, ...)`.

        Returns:
            `(members, cases)`.
        """
        arrays, static = eqx.partition(genomes, eqx.is_array)

        def case(arrays: Genome) -> jax.Array:
            return jnp.asarray(self.measure(eqx.combine(arrays, static), jax.random.key(0))["loss"]).reshape(1)

        cases: jax.Array = jax.lax.map(case, arrays)
        return cases

    @property
    def episodes(self) -> int:
        """How many evaluations (episodes) one call of `loss` counts as; 1 by default."""
        return 1

    @property
    def samples(self) -> int:
        """How many samples one call of `loss` sees; `episodes` by default."""
        return self.episodes

    @property
    def threaded(self) -> bool:
        """Whether many losses at once use all cores by themselves, so that one host device suffices."""
        return False
