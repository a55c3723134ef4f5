"""A genetic algorithm on weights (Such et al. 2017, arXiv 1712.06567; Holland 1975)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Batch, Genome, Key, State, Strategy, map_members, overall
from ontogeny.errors import require
from ontogeny.strategies.crossover import Crossover, uniform_crossover
from ontogeny.strategies.flat import Form
from ontogeny.strategies.ga_state import GAState
from ontogeny.strategies.individual import Birth, Individual, rows
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.novelty import Novelty
from ontogeny.strategies.rates import Fixed, Rates
from ontogeny.strategies.selection import Selection, Truncation, best_first
from ontogeny.strategies.sensitivity import Sensitivity
from ontogeny.strategies.shaping import raw


class GA(Strategy):
    """Select parents, mix them, mutate the children; carry the best over unchanged.

    Attributes:
        popsize: members of a generation, 2 or more.
        selection: who becomes a parent.
        mutation: how children are changed.
        crossover: probability that a child has two parents, 0 to 1.
        elitism: how many of the best are carried over unchanged, below `popsize`.
        mix: makes a child of two parents.
        rates: what the scale of the mutation is multiplied with; a child of two parents has the rate of the first.
        inheritance: share of the parents' merit in a child's, 0 up to below 1: members are ranked by
            `inheritance` times the mean merit of their parents and, for the rest, by their own loss. So the luck
            of one batch counts for less (Morse & Stanley 2016, "Simple evolutionary optimization can rival
            stochastic gradient descent in neural networks").
        novelty: what being new counts for where parents are selected; the elite is the best by merit.
        safety: what the mutation of each weight is divided by, for tasks that have `outputs`.
        spread: standard deviation by which the first parents differ from the genome that is begun with; 0 for copies.

    Raises:
        InputError: for a value out of range.
    """

    popsize: int = eqx.field(static=True, default=64)
    selection: Selection = Truncation()
    mutation: Mutation = Mutation()
    crossover: float = eqx.field(static=True, default=0.0)
    elitism: int = eqx.field(static=True, default=1)
    mix: Crossover = eqx.field(static=True, default=uniform_crossover)
    rates: Rates = Fixed()
    inheritance: float = eqx.field(static=True, default=0.0)
    novelty: Novelty = Novelty()
    safety: Sensitivity = Sensitivity()
    spread: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        require(0 <= self.crossover <= 1, "crossover", self.crossover, "give a probability from 0 to 1")
        require(self.spread >= 0, "spread", self.spread, "give 0 or more")
        good = 0 <= self.elitism < self.popsize
        require(good, "elitism", self.elitism, f"give 0 to {self.popsize - 1}, fewer than the population")
        require(0 <= self.inheritance < 1, "inheritance", self.inheritance, "give a share from 0 to below 1")
        self.rates.check(self.popsize - self.elitism)
        adds = self.safety.products == 0 or self.mutation.mode == "add"
        require(adds, "mode", self.mutation.mode, "safe mutations are changes of a weight: give add")

    def init(self, genome: Genome, key: Key) -> GAState:
        """A first generation of mutated copies of `genome`."""
        weights, rest = eqx.partition(genome, eqx.is_inexact_array)
        form = Form.of(weights)
        first = Individual(form.row(weights), jnp.float32(1), jnp.float32(0))
        kept, best = self._counts
        copies = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (kept + best, *leaf.shape)), first)
        parents, elite = rows(copies, slice(kept)), rows(copies, slice(kept, None))
        if self.spread:
            key, key_spread = jax.random.split(key)
            apart = self.spread * jax.random.normal(key_spread, parents.weights.shape, parents.weights.dtype)
            parents = parents._replace(weights=parents.weights + apart)
        unseen = self._unseen(parents)
        return GAState(parents, unseen, elite, form, self.rates.begin(), self.novelty.begin(1), rest, key)

    def prepare(self, state: GAState, loss: Callable[[Genome, Batch], jax.Array], batch: Batch) -> GAState:
        """Make room in the archive for as many objectives as the loss has."""
        if self.novelty.weight == 0:
            return state
        objectives = eqx.filter_eval_shape(loss, self.genome(state), batch).size
        return state._replace(archive=self.novelty.begin(objectives))

    def look(self, state: GAState, outputs: Callable[[Genome, Batch], jax.Array], batch: Batch) -> GAState:
        """Estimate how sensitive the outputs are to the weights of each parent, where mutations are to be safe."""
        if self.safety.products == 0:
            return state
        # Behind the numbers that the keys of members come from, and of what `tell` draws.
        key = jax.random.fold_in(jax.random.split(state.key)[0], self.popsize + 4)

        def sensitivity(number: jax.Array) -> jax.Array:
            def answer(row: jax.Array) -> jax.Array:
                return outputs(self._genome(state, row), batch)

            found: jax.Array = self.safety.of(answer, jax.random.fold_in(key, number), state.parents.weights[number])
            return found

        return state._replace(sensitivity=map_members(sensitivity, self._counts[0]))

    def member(self, state: GAState, index: jax.Array) -> Genome:
        """One of the elite for the first indices, then children."""
        return self._genome(state, self._individual(state, index, self._birth(state, index)).weights)

    def tell(self, state: GAState, losses: jax.Array) -> GAState:
        """Rebuild the members that become parents, and the best. Equal merits keep their order."""
        kept, best = self._counts
        generation, following = jax.random.split(state.key)
        # Behind the numbers that the keys of members come from.
        key_select, key_rates, key_archive = (jax.random.fold_in(generation, self.popsize + n) for n in (1, 2, 3))
        losses = losses.reshape(self.popsize, -1)
        members = jnp.arange(self.popsize)
        # Once for all: random numbers are what takes time to compile.
        births = jax.vmap(partial(self._birth, state))(members)
        inherited = jax.vmap(partial(self._inherited, state))(members, births)
        # Not times 0: what nothing depends on is left out of the program.
        shared = self.inheritance > 0
        merits = self.inheritance * inherited[:, None] + (1 - self.inheritance) * losses if shared else losses
        scores = self.novelty.scores(state.archive, losses, merits)
        chosen = jnp.concatenate([self.selection.parents(key_select, scores), best_first(merits)[:best]])
        rebuilt = jax.vmap(partial(self._individual, state))(chosen, rows(births, chosen))
        rebuilt = rebuilt._replace(merit=raw(overall(merits))[chosen])
        gained = inherited - overall(losses)
        gained = jnp.where(jnp.isfinite(gained) & (members >= self.elitism), gained, -jnp.inf)
        rates = self.rates.tell(state.rates, key_rates, gained)
        archive = self.novelty.add(state.archive, key_archive, losses)
        parents, elite = rows(rebuilt, slice(kept)), rows(rebuilt, slice(kept, None))
        return GAState(parents, self._unseen(parents), elite, state.form, rates, archive, state.rest, following)

    def genome(self, state: State) -> Genome:
        """The best member of the last generation."""
        return self._genome(state, state.elite.weights[0])

    def _genome(self, state: GAState, row: jax.Array) -> Genome:
        return eqx.combine(state.form.weights(row), state.rest)

    @property
    def _counts(self) -> tuple[int, int]:
        """How many parents, and how many of the best, are kept."""
        return self.selection.kept(self.popsize), max(1, self.elitism)

    def _unseen(self, parents: Individual) -> jax.Array:
        begun: jax.Array = jax.vmap(self.safety.begin)(parents.weights)
        return begun

    def _birth(self, state: GAState, index: jax.Array) -> Birth:
        # Not from the state's key itself: its other half becomes the next generation's key.
        key = jax.random.fold_in(jax.random.split(state.key)[0], index)
        # One by one: what is drawn for nothing is left out of the program, and for small genomes it is most of it.
        mutate, rate, mix, pair, *parents = (partial(jax.random.fold_in, key, number) for number in range(6))
        kept, _ = self._counts
        first, second = (self.selection.pick(each(), kept) if kept > 1 else jnp.int32(0) for each in parents)
        paired = jax.random.bernoulli(pair(), self.crossover) if self.crossover > 0 else jnp.asarray(False)
        return Birth(first, second, paired, mix(), mutate(), rate())

    def _elite(self, state: GAState, index: jax.Array) -> Individual:
        return rows(state.elite, jnp.minimum(index, self._counts[1] - 1))

    def _inherited(self, state: GAState, index: jax.Array, birth: Birth) -> jax.Array:
        """The mean merit of a member's parents; of one of the elite its own."""
        first, second = state.parents.merit[birth.first], state.parents.merit[birth.second]
        mean = jnp.where(birth.pair, (first + second) / 2, first)
        return jnp.where(index < self.elitism, self._elite(state, index).merit, mean)

    def _individual(self, state: GAState, index: jax.Array, birth: Birth) -> Individual:
        """One of the elite, or a child, whose merit is yet that of its first parent."""
        first = rows(state.parents, birth.first)
        weights, sensitivity = first.weights, state.sensitivity[birth.first]
        if self.crossover > 0:
            # By the same key: a weight comes with the sensitivity that it had in its parent.
            mixed = partial(self._mixed, state, birth.mix)
            second, beside = state.parents.weights[birth.second], state.sensitivity[birth.second]
            weights = jnp.where(birth.pair, mixed(weights, second), weights)
            sensitivity = jnp.where(birth.pair, mixed(sensitivity, beside), sensitivity)
        rate = self.rates.rate(state.rates, birth.rate, index, first.rate)
        common = jax.random.fold_in(jax.random.split(state.key)[0], self.popsize)
        mutated = self.mutation(birth.mutate, weights, common, rate / sensitivity)
        child = Individual(mutated, rate, first.merit)
        carried = index < self.elitism
        result: Individual = jax.tree.map(lambda e, c: jnp.where(carried, e, c), self._elite(state, index), child)
        return result

    def _mixed(self, state: GAState, key: Key, first: jax.Array, second: jax.Array) -> jax.Array:
        """Two rows as one; two numbers, which stand for rows of the same number, as the first."""
        if first.size == 1:
            return first
        return state.form.row(self.mix(key, *map(state.form.weights, (first, second))))
