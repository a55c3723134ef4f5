"""Alternate gradient descent and recombination in a population (Cooke & de Alfaro)."""

from __future__ import annotations

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from ontogeny.core import Genome, Key, Metrics, Task, World, overall
from ontogeny.errors import require
from ontogeny.learners.descent import Descent, DescentState
from ontogeny.learners.members import joined, map_rows, mean_loss, new_genomes, new_optimizers, rows, train_member
from ontogeny.learners.population import PopulationLearner
from ontogeny.nets.mlp import MLP
from ontogeny.strategies.diversity import distances
from ontogeny.strategies.genes import Genes, Partition, layer_genes
from ontogeny.strategies.matching import aligned
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.recombination import chosen
from ontogeny.strategies.selection import Selection, Truncation, best_first


class HybridState(NamedTuple):
    """The state between two generations; members are best first.

    Attributes:
        members: genomes, stacked; after their training.
        born: what they hand down: their genomes before training, where inheritance is Baldwinian, else `members`.
        optimizers: states of their optimizers, stacked; `None` where each training begins anew.
        cases: `(popsize, cases)`, what they were judged by; infinite before the first time.
        world: what the task keeps, one for all members; `None` where each has its own.
        key: from which everything random comes.
    """

    members: Genome
    born: Genome
    optimizers: optax.OptState | None
    cases: jax.Array
    world: World
    key: Key


class Hybrid(PopulationLearner):
    """Each step is one generation: children of the best, some new members, all trained, the best of them kept.

    A child takes each gene from one of its parents, drawn without replacement from those that `selection` makes
    parents. Lexicase may make one member several of them.

    Attributes:
        descent: how each member is trained.
        popsize: members that are kept, 2 or more.
        children: members that are born in a generation.
        fresh: members of a generation that are new nets, 0 or more.
        elitism: the best members that stay as they are and compete with the trained, 0 to `popsize`.
        steps: gradient steps of each member in a generation.
        selection: who becomes a parent, by `Task.judge`.
        genes: what is handed down together.
        parents: of a child, 1 or more.
        mutation: of a child before it is trained; `None` for none.
        inherit: whether a child's optimizer goes on with its parents' state, gene by gene; if not it begins anew.
        lamarckian: whether what was learned is handed down; if not (Baldwin), members hand down what they were born
            with and are chosen by what they learned.
        align: whether the parents' neurons are brought into the order of the first parent's before they are mixed.
        common: whether all members are given the same batches; if not, each has its own.
        chunk: members that are trained at once; `None` for what suits the machine.

    Raises:
        InputError: for a value out of range.
    """

    descent: Descent = Descent()
    popsize: int = eqx.field(static=True, default=20)
    children: int = eqx.field(static=True, default=20)
    fresh: int = eqx.field(static=True, default=0)
    elitism: int = eqx.field(static=True, default=0)
    steps: int = eqx.field(static=True, default=600)
    selection: Selection = Truncation(0.5)
    genes: Genes = eqx.field(static=True, default=layer_genes)
    parents: int = eqx.field(static=True, default=2)
    mutation: Mutation | None = None
    inherit: bool = eqx.field(static=True, default=False)
    lamarckian: bool = eqx.field(static=True, default=True)
    align: bool = eqx.field(static=True, default=False)
    common: bool = eqx.field(static=True, default=True)
    chunk: int | None = eqx.field(static=True, default=None)

    def __check_init__(self) -> None:
        require(self.popsize >= 2, "popsize", self.popsize, "give 2 or more")
        for name in ("children", "steps"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give 1 or more")
        require(self.fresh >= 0, "fresh", self.fresh, "give 0 or more")
        require(0 <= self.elitism <= self.popsize, "elitism", self.elitism, f"give 0 to {self.popsize}")
        enough = self.children + self.fresh + self.elitism >= self.popsize
        hint = f"give {self.popsize - self.fresh - self.elitism} or more: as many members are kept as before"
        require(enough, "children", self.children, hint)
        kept = self.selection.kept(self.popsize)
        require(1 <= self.parents <= kept, "parents", self.parents, f"give 1 to {kept}, those that may have children")
        hint = "optimizers go on where the weights do, which Baldwinian children do not have"
        require(self.lamarckian or not self.inherit, "inherit", self.inherit, hint)
        hint = "give false: the optimizers' moments would stay in the order in which the neurons were"
        require(not (self.align and self.inherit), "align", self.align, hint)
        require(self.chunk is None or self.chunk >= 1, "chunk", self.chunk, "give 1 or more")

    def init(self, task: Task, key: Key) -> HybridState:
        """New genomes, not judged yet."""
        key_members, key_world, key = jax.random.split(key, 3)
        members = new_genomes(task, jax.random.split(key_members, self.popsize))
        optimizers = new_optimizers(self.descent, members) if self.inherit else None
        cases = eqx.filter_eval_shape(task.judge, members)
        world = task.begin(key_world) if self.common else None
        # Infinite: an elite of nets that nobody judged must not win.
        unjudged = jnp.full(cases.shape, jnp.inf, cases.dtype)
        return HybridState(members, members, optimizers, unjudged, world, key)

    def step(self, task: Task, state: HybridState) -> tuple[HybridState, Metrics]:
        """One generation.

        Returns:
            The next state; `population_loss`, the mean over members and batches while they were trained; `best_case`
            and `worst_case`, the mean of what the best and the worst kept member was judged by; `difference`, how
            differently two kept members do (`distances`), mean over pairs of those that did not diverge.
        """
        key, key_birth, key_train = jax.random.split(state.key, 3)
        young, optimizers = self.born(task, state, key_birth)
        count = self.children + self.fresh
        keys = jax.random.split(key_train, count)
        # Common: the same key, so that batches are the same also where they are drawn and not dealt.
        keys = jnp.broadcast_to(keys[0], (count,)) if self.common else keys
        key_worlds = jax.random.fold_in(key_train, count)
        world = state.world if self.common else map_rows(task.begin, jax.random.split(key_worlds, count))

        def train(each: tuple[Genome, Any, Key, Any]) -> tuple[DescentState, jax.Array]:
            genome, optimizer, key, own = each
            begun = DescentState(genome, optimizer, world if self.common else own, key)
            return train_member(self.descent, task, begun, self.steps)

        grown, losses = map_rows(train, (young, optimizers, keys, None if self.common else world), self.chunk)
        if self.common:
            world = rows(grown.world, 0)
        grown = grown._replace(world=None)
        cases = task.judge(grown.genome)
        members, hand_down, kept = grown.genome, grown.genome if self.lamarckian else young, grown.optimizer
        if self.elitism:
            elite = rows((state.members, state.born, state.optimizers, state.cases), slice(self.elitism))
            # First, so that of equals the older one stays.
            members, hand_down, cases = joined(elite[0], members), joined(elite[1], hand_down), joined(elite[3], cases)
            kept = joined(elite[2], kept) if self.inherit else kept
        order = best_first(cases)[: self.popsize]
        members, hand_down, kept, cases = rows((members, hand_down, kept, cases), order)
        means = overall(cases)
        apart = distances(cases)
        others = jnp.isfinite(apart) & ~jnp.eye(self.popsize, dtype=bool)
        metrics = {
            "population_loss": mean_loss(losses),
            "best_case": means[0],
            "worst_case": means[-1],
            "difference": jnp.nan_to_num(jnp.mean(apart, where=others)),
        }
        following = HybridState(
            members,
            members if self.lamarckian else hand_down,
            kept if self.inherit else None,
            cases,
            world if self.common else None,
            key,
        )
        return following, metrics

    def born(self, task: Task, state: HybridState, key: Key) -> tuple[Genome, optax.OptState]:
        """The members of the next generation before they are trained, the new nets last, with their optimizers.

        Args:
            task: what is learned.
            state: of this generation.
            key: random key.

        Returns:
            Genomes and states of optimizers, `(children + fresh, …)`.
        """
        key_select, key_child, key_fresh = jax.random.split(key, 3)
        # Of members that nobody judged, a selection by losses may take the first again and again.
        eligible = jnp.where(
            jnp.isinf(state.cases).all(),
            jnp.arange(self.selection.kept(len(state.cases))),
            self.selection.parents(key_select, state.cases),
        )
        one = rows(eqx.filter(state.born, eqx.is_array), 0)
        genes = self.genes(one)

        def child(key: Key) -> tuple[Genome, optax.OptState]:
            return self._child(task, state, genes, eligible, key)

        young, optimizers = map_rows(child, jax.random.split(key_child, self.children), self.chunk)
        if not self.fresh:
            return young, optimizers
        new = new_genomes(task, jax.random.split(key_fresh, self.fresh))
        return joined(young, new), joined(optimizers, new_optimizers(self.descent, new))

    def _child(
        self, task: Task, state: HybridState, genes: Partition, eligible: jax.Array, key: Key
    ) -> tuple[Genome, optax.OptState]:
        key_parents, key_genes, key_fresh, key_mutate = jax.random.split(key, 4)
        which = eligible[jax.random.choice(key_parents, len(eligible), (self.parents,), replace=False)]
        family, static = eqx.partition(rows(state.born, which), eqx.is_array)
        if self.align and self.parents > 1:
            family = _aligned(family)
        choices = jax.random.randint(key_genes, (genes.count,), 0, self.parents)
        new = eqx.filter(task.init(key_fresh), eqx.is_array)
        made = eqx.combine(chosen(choices, genes, family, new), static)
        if self.mutation is not None:
            weights, rest = eqx.partition(made, eqx.is_inexact_array)
            made = eqx.combine(self.mutation(key_mutate, weights), rest)
        begun = self.descent.optimizer.init(eqx.filter(made, eqx.is_inexact_array))
        if self.inherit:
            begun = _inherited(self.descent.optimizer, choices, genes, rows(state.optimizers, which), made)
        return made, begun

    @property
    def training(self) -> tuple[Descent, int, int]:
        """Children and new nets."""
        return self.descent, self.children + self.fresh, self.steps


def _aligned(family: Genome) -> Genome:
    require(
        isinstance(family, MLP), "align", True, "neurons of multilayer perceptrons alone can be aligned: give false"
    )
    first = rows(family, 0)
    others = [aligned(first, rows(family, number)) for number in range(1, len(family.layers[0].weight))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), first, *others)


def _inherited(
    optimizer: optax.GradientTransformation, choices: jax.Array, genes: Partition, states: Any, child: Genome
) -> Any:
    """An optimizer's state that goes on with its parents': moments gene by gene, the rest from the first parent."""
    numbers = jax.tree.map(lambda leaf, each: each if eqx.is_inexact_array(leaf) else None, child, genes.numbers)

    def taken(stacked: jax.Array, number: Any) -> jax.Array:
        # What belongs to no gene starts at rest.
        found: jax.Array = chosen(choices, Partition(number, {}, genes.count), stacked, jnp.zeros_like(stacked[0]))
        return found

    return optax.tree_utils.tree_map_params(
        optimizer, taken, states, numbers, transform_non_params=lambda leaf: leaf[0] if eqx.is_array(leaf) else leaf
    )
