"""The genetic algorithm of Evolutive-NAS on its own cells, with mutation rates that it learns."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key, Strategy
from ontogeny.errors import require
from ontogeny.strategies import channel_mutations as mutations
from ontogeny.strategies.pareto_order import again, lost, pareto_order

_RATES = (0.02, 0.95)
_FADING = 0.996


class ChannelState(NamedTuple):
    """Who may have children, and what was learned.

    Attributes:
        members: `(parents, blocks, operations)` channels, best first.
        losses: `(parents, objectives)`, infinite where nobody lives yet.
        rates: `(6,)` of `channel_mutations.KINDS`, 0 to 1.
        successes: `(operations,)`, how many children survived that had more of an operation, a running mean.
        generation: 0 before the first.
        key: from which this generation's children come.
    """

    members: jax.Array
    losses: jax.Array
    rates: jax.Array
    successes: jax.Array
    generation: jax.Array
    key: Key


class Child(NamedTuple):
    """A child and how it came to be.

    Attributes:
        genotype: `(blocks, operations)` channels.
        kinds: `(6,)`, which of `channel_mutations.KINDS` it went through.
        raised: `(operations,)`, of which operation it may have more.
    """

    genotype: jax.Array
    kinds: jax.Array
    raised: jax.Array


class ChannelSearch(Strategy):
    """Children of a few parents, crossed and mutated at learned rates, chosen by dominance (Reolon 2021 and its code).

    A genotype is `(blocks, operations)` whole numbers, channels of each operation on each edge of a triangle of nodes
    (`data.channel_cells`), with blocks for as many nodes as a cell may have. Each kind of mutation has one rate for
    all. It grows by `learning` where of the children that went through it a larger share survived than of the others,
    and falls where a smaller one did. Which operation gets more channels is drawn by how often that helped, and while
    the search is young by how rare the operation is. The best by each loss survive, whatever their ranks.

    Attributes:
        popsize: children of a generation, 2 or more.
        objectives: losses, 1 or more.
        parents: who survives, as many as objectives or more, and with `plus` false at most `popsize`.
        nodes: of a cell beside the picture at most, 2 or more.
        most: channels of an operation at most, a power of 2.
        plus: whether parents compete with their children, (μ + λ), or die, (μ, λ).
        strict: whether one dominates another only where it is better in every loss, as the program has it.
        rates: first rates of raising, lowering, swapping, resizing, crossover, and taking the smaller of two
            parents' genes; 0.02 to 0.95. The program's.
        learning: by which share rates change in a generation, 0 to 1.
        exploration: first share of operations that are drawn by how rare they are, 0 to 1.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=30)
    objectives: int = eqx.field(static=True, default=3)
    parents: int = eqx.field(static=True, default=5)
    nodes: int = eqx.field(static=True, default=3)
    most: int = eqx.field(static=True, default=8)
    plus: bool = eqx.field(static=True, default=True)
    strict: bool = eqx.field(static=True, default=False)
    rates: tuple[float, ...] = eqx.field(static=True, default=(0.8, 0.8, 0.2, 0.55, 0.3, 0.2))
    learning: float = eqx.field(static=True, default=0.02)
    exploration: float = eqx.field(static=True, default=0.5)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        require(self.objectives >= 1, "objectives", self.objectives, "give 1 or more")
        enough = self.parents >= self.objectives and (self.plus or self.parents <= self.popsize)
        require(enough, "parents", self.parents, f"give {self.objectives} or more, without plus at most {self.popsize}")
        require(self.nodes >= 2, "nodes", self.nodes, "give 2 or more")
        require(self.most >= 1 and self.most.bit_count() == 1, "most", self.most, "give a power of 2")
        low, high = _RATES
        fits = len(self.rates) == len(mutations.KINDS) and all(low <= rate <= high for rate in self.rates)
        require(fits, "rates", self.rates, f"give {len(mutations.KINDS)} from {low} to {high}")
        require(0 <= self.learning <= 1, "learning", self.learning, "give a share from 0 to 1")
        require(0 <= self.exploration <= 1, "exploration", self.exploration, "give a share from 0 to 1")

    def init(self, genome: jax.Array, key: Key) -> ChannelState:
        """Nobody lives yet.

        Args:
            genome: `(blocks, operations)`, of which the shape alone matters.
            key: random key.

        Raises:
            InputError: where it has not as many blocks as `nodes` need.
        """
        blocks = self.nodes * (self.nodes + 1) // 2
        require(genome.ndim == 2 and len(genome) == blocks, "genome", genome.shape, f"give ({blocks}, operations)")
        members = jnp.zeros((self.parents, *genome.shape), jnp.int32)
        nobody = jnp.full((self.parents, self.objectives), jnp.inf)
        even = jnp.full(genome.shape[1], 1 / genome.shape[1])
        return ChannelState(members, nobody, jnp.asarray(self.rates), even, jnp.zeros((), jnp.int32), key)

    def member(self, state: ChannelState, index: jax.Array) -> jax.Array:
        """A child, or in the first generation a cell of two nodes drawn at random."""
        return self._child(state, index).genotype

    def _child(self, state: ChannelState, index: jax.Array) -> Child:
        keys = jax.random.split(jax.random.fold_in(state.key, index), 8)
        kinds = jax.random.bernoulli(keys[0], state.rates)
        one, other = state.members[jax.random.randint(keys[1], (2,), 0, self.parents)]
        half = jax.random.bernoulli(keys[2], 0.5, one.shape)
        cell = jnp.where(kinds[4] & half, other, one)
        cell = jnp.where(kinds[5], jnp.minimum(cell, other), cell)
        cell = jnp.where(kinds[1], mutations.lowered(cell), cell)
        more, raised = mutations.raised(keys[3], cell, self._chances(state), self.nodes, self.most)
        cell = jnp.where(kinds[0], more, cell)
        cell = jnp.where(kinds[2], mutations.swapped(keys[4], cell, self.nodes), cell)
        cell = jnp.where(kinds[3], mutations.resized(keys[5], cell, self.nodes, self.most), cell)
        # A cell that nothing reaches would be none.
        cell = cell.at[0, 0].max((mutations.last_node(cell, self.nodes) == 0).astype(cell.dtype))
        first = mutations.drawn(keys[6], self.nodes, cell.shape[1], self.most)
        begun = state.generation == 0
        genotype = jnp.where(begun, first, cell).astype(jnp.int32)
        return Child(genotype, kinds & ~begun, raised & kinds[0] & ~begun)

    def _chances(self, state: ChannelState) -> jax.Array:
        """Of each operation to get more channels."""
        rarity = 1 / (1 + (state.members > 0).any(1).sum(0))
        explored = self.exploration * _FADING ** (self.popsize * state.generation)
        return (1 - explored) * state.successes / state.successes.sum() + explored * rarity / rarity.sum()

    def tell(self, state: ChannelState, losses: jax.Array) -> ChannelState:
        """The best have the next children, and rates follow what those that survive went through."""
        children = jax.vmap(lambda index: self._child(state, index))(jnp.arange(self.popsize))
        cells = children.genotype
        found = jnp.nan_to_num(losses.reshape(self.popsize, -1), nan=jnp.inf, posinf=jnp.inf)
        if self.plus:
            # Parents first: of equals the one that is known already survives.
            cells = jnp.concatenate([state.members, cells])
            found = jnp.concatenate([state.losses, found])
        order = self.order(cells, found)[: self.parents]
        survived = (order[:, None] == jnp.arange(len(cells))[-self.popsize :]).any(0)
        rates = jnp.clip(state.rates * (1 + self.learning) ** jnp.sign(_gain(children.kinds, survived)), *_RATES)
        tried = children.raised.sum(0)
        share = (children.raised & survived[:, None]).sum(0) / jnp.maximum(tried, 1)
        successes = jnp.where(tried > 0, jnp.maximum(0.9 * state.successes + 0.1 * share, 0.01), state.successes)
        after = jax.random.split(state.key, 1)[0]
        return ChannelState(cells[order], found[order], rates, successes, state.generation + 1, after)

    def keep(self, state: ChannelState, places: jax.Array, losses: jax.Array) -> ChannelState:
        """Children that were chosen by something else have the next children, and parents die.

        Args:
            state: whose children are meant.
            places: `(parents,)`, of children.
            losses: `(parents, objectives)`, theirs.
        """
        cells = jax.vmap(lambda index: self.member(state, index))(places)
        found = jnp.nan_to_num(losses, nan=jnp.inf, posinf=jnp.inf)
        order = self.order(cells, found)
        after = jax.random.split(state.key, 1)[0]
        return ChannelState(cells[order], found[order], state.rates, state.successes, state.generation + 1, after)

    def order(self, genotypes: jax.Array, losses: jax.Array) -> jax.Array:
        """Places from best to worst by `pareto_order`, but that the best by each loss are among the first `parents`.

        Args:
            genotypes: `(count, blocks, operations)`.
            losses: `(count, objectives)`.

        Returns:
            `(count,)` whole numbers.
        """
        flat = genotypes.reshape(len(genotypes), -1)
        order = pareto_order(flat, losses, strict=self.strict)
        place = jnp.argsort(order)
        unfit = again(flat) | lost(losses)
        least = jnp.argmin(jnp.where(unfit[:, None], jnp.inf, losses), 0)
        protected = (jnp.arange(len(flat))[:, None] == least).any(1) & ~unfit
        # The last of those that would survive make room.
        chosen = jnp.lexsort((place, ~protected))[: self.parents]
        survives = jnp.zeros(len(flat), bool).at[chosen].set(True)
        return jnp.lexsort((place, ~survives))

    def genome(self, state: ChannelState) -> jax.Array:
        """The best by that order."""
        return state.members[0]


def _gain(kinds: jax.Array, survived: jax.Array) -> jax.Array:
    """By how much more of the children that went through each kind of mutation survived than of the others.

    Args:
        kinds: `(children, kinds)`.
        survived: `(children,)`.

    Returns:
        `(kinds,)`, −1 to 1; 0 where all went through it, or none.
    """
    with_it, without = kinds.sum(0), (~kinds).sum(0)
    share = (kinds & survived[:, None]).sum(0) / jnp.maximum(with_it, 1)
    other = (~kinds & survived[:, None]).sum(0) / jnp.maximum(without, 1)
    return jnp.where((with_it > 0) & (without > 0), share - other, 0.0)
