"""Learn to learn: rules by which a net's synapses change, judged by what the net has learned after a lifetime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ontogeny.core import Key, Metrics, Task
from ontogeny.data import ImageSet, Labelled
from ontogeny.errors import refuse, require
from ontogeny.nets.firing_rules import NetworkRules, RecurrentRules, TableRules, TernaryRules
from ontogeny.nets.hebbian import HebbianRules
from ontogeny.nets.lifetime import CREDITED, Life, Lived, live
from ontogeny.nets.plastic import read
from ontogeny.nets.plasticity import Rules
from ontogeny.nets.sharing import SHARINGS
from ontogeny.tasks.classification import cross_entropy, mistakes

Criterion: TypeAlias = Callable[[jax.Array, jax.Array], jax.Array]


class Lives(NamedTuple):
    """The lifetimes of one evaluation.

    Attributes:
        samples: `(lives, lifetime, inputs)`, what is lived through.
        labels: `(lives, lifetime)`.
        shown: `(lives, shown, inputs)`, what is judged afterwards.
        shown_labels: `(lives, shown)`.
        keys: `(lives,)`, of the nets.
    """

    samples: jax.Array
    labels: jax.Array
    shown: jax.Array
    shown_labels: jax.Array
    keys: Key


class PlasticLearning(Task):
    """Learn to learn: the loss is that of nets which lived through some samples by the rules.

    Each lifetime begins with a net of its own and samples of one of the sets, drawn with replacement.

    Attributes:
        sets: one or more to learn from, of the same shapes; they are stacked along a first axis.
        held_out: sets that `measure` lives through; `None` for those to learn from.
        unknown: sets that `test` lives through, the same; its samples are of their test parts.
        life: the net, and how it lives.
        rules: one of `RULES`, the form of the rules.
        plastic: which synapses change beside the read-out: `input`, `recurrent`, both or none.
        scale: standard deviation of the numbers of new rules, above 0.
        lifetime: samples of a lifetime, 1 or more.
        unseen: samples that a net is judged by after its lifetime, from the validation part of its set; 0 for those
            that it lived through, as published.
        lives: lifetimes in one evaluation, 1 or more; the loss is their mean.
        one_net: whether all lifetimes begin with the same net.
        criterion: one of `CRITERIA`.
        classes: how many there are.
        measured_lives: lifetimes that `measure` and `test` live through.
        sharing: which synapses share the numbers of a Hebbian rule, one of `nets.sharing.SHARINGS`.
        clusters: of synapses, where those share.
        start: rules that learning begins with, such as merged ones; new ones if not given.
        others: further nets and ways to live, such as wider ones; lifetimes are shared out evenly among all.

    Raises:
        InputError: for a value out of range.
    """

    sets: ImageSet = eqx.field(converter=lambda sets: _stacked("sets", sets))
    held_out: ImageSet | None = eqx.field(default=None, converter=lambda sets: sets and _stacked("held_out", sets))
    unknown: ImageSet | None = eqx.field(default=None, converter=lambda sets: sets and _stacked("unknown", sets))
    life: Life = Life()
    rules: str = eqx.field(static=True, default="table")
    plastic: tuple[str, ...] = eqx.field(static=True, default=(), converter=tuple)
    scale: float = eqx.field(static=True, default=1.0)
    lifetime: int = eqx.field(static=True, default=100)
    unseen: int = eqx.field(static=True, default=0)
    lives: int = eqx.field(static=True, default=1)
    one_net: bool = eqx.field(static=True, default=False)
    criterion: str = eqx.field(static=True, default="cross-entropy")
    classes: int = eqx.field(static=True, default=10)
    measured_lives: int = eqx.field(static=True, default=8)
    sharing: str = eqx.field(static=True, default="all")
    clusters: int = eqx.field(static=True, default=16)
    others: tuple[Life, ...] = eqx.field(default=(), converter=tuple)
    start: Rules | None = None

    def __check_init__(self) -> None:
        for name, sets in (("held_out", self.held_out), ("unknown", self.unknown)):
            inputs = self.inputs if sets is None else sets.train.images.shape[-1]
            require(inputs == self.inputs, name, inputs, f"give samples of {self.inputs} numbers, as in the sets")
        for name, choice, choices in (
            ("rules", self.rules, RULES),
            ("sharing", self.sharing, SHARINGS),
            ("criterion", self.criterion, CRITERIA),
        ):
            if choice not in choices:
                refuse(name, choice, choices)
        for layer in self.plastic:
            if layer not in ("input", "recurrent"):
                refuse("plastic", layer, ("input", "recurrent"))
        hint = "networks are of codes, which inputs have not: leave input out"
        require(not self._of_codes or "input" not in self.plastic, "plastic", self.plastic, hint)
        hint = "its rule is of recurrent synapses: give recurrent"
        require(self.rules != "recurrent" or "recurrent" in self.plastic, "plastic", self.plastic, hint)
        hint = "its read-out knows right and wrong outputs: give mistakes, samples, outputs or soft"
        require(self.rules != "recurrent" or CREDITED[self.life.credit] == 2, "credit", self.life.credit, hint)
        for life in self._ways:
            hint = "a net that fires once uses no recurrent synapse: leave recurrent out, or give more rounds"
            require(life.net.rounds > 1 or "recurrent" not in self.plastic, "plastic", self.plastic, hint)
            hint = "all ways to live need the same rounds and credit"
            alike = (life.net.rounds, CREDITED[life.credit]) == (self.life.net.rounds, CREDITED[self.life.credit])
            require(alike, "others", (life.net.rounds, life.credit), hint)
        hint = "neurons of one net are none of another's: set one_net with a single width, or share by all"
        require(self.sharing == "all" or (self.one_net and not self.others), "sharing", self.sharing, hint)
        require(self.clusters >= 1, "clusters", self.clusters, "give 1 or more")
        hint = f"give {len(self._ways)} or more, so that there are some of each width"
        require(self.lives >= len(self._ways), "lives", self.lives, hint)
        for name in ("lifetime", "lives", "measured_lives"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "give 1 or more")
        require(self.unseen >= 0, "unseen", self.unseen, "give 0 or more")
        require(self.scale > 0, "scale", self.scale, "give a number above 0")

    @property
    def _of_codes(self) -> bool:
        return self.rules in ("network", "recurrent")

    @property
    def _ways(self) -> tuple[Life, ...]:
        return (self.life, *self.others)

    @property
    def inputs(self) -> int:
        """Numbers in a sample."""
        return int(self.sets.train.images.shape[-1])

    def init(self, key: Key) -> Rules:
        """New rules, or those to start from."""
        return RULES[self.rules](key, self) if self.start is None else self.start

    @property
    def episodes(self) -> int:
        """Lifetimes in one evaluation."""
        return self.lives

    @property
    def samples(self) -> int:
        """Samples that are lived through in one evaluation."""
        return self.lives * self.lifetime

    def draw(self, key: Key, world: None) -> Lives:
        """Lifetimes, each of one of the sets."""
        del world
        key_net, key_lives = jax.random.split(key)
        lives = jax.vmap(lambda each: self._drawn(each, self.sets, None))(jax.random.split(key_lives, self.lives))
        keys = (
            jnp.broadcast_to(jax.random.key(0), self.lives) if self.one_net else jax.random.split(key_net, self.lives)
        )
        return lives._replace(keys=keys)

    def loss(self, genome: Rules, batch: Lives) -> tuple[jax.Array, None]:
        """The criterion on the samples that are judged, mean over them and over lifetimes."""
        return CRITERIA[self.criterion](self.outputs(genome, batch), batch.shown_labels).mean(), None

    def outputs(self, genome: Rules, batch: Lives) -> jax.Array:
        """Logits of the samples that are judged, `(lives, shown, classes)`."""
        shares = np.array_split(np.arange(self.lives), len(self._ways))
        logits = [
            jax.vmap(partial(self._judged, life, genome))(jax.tree.map(lambda leaf, where=where: leaf[where], batch))
            for life, where in zip(self._ways, shares, strict=True)
        ]
        return jnp.concatenate(logits)

    def measure(self, genome: Rules, key: Key) -> Metrics:
        """`loss`, `accuracy` (0 to 1) and `answers` after lifetimes, on validation samples.

        `answers` is how many classes there are among the answers: 1 where a net says the same to all.
        """
        sets = self.held_out or self.sets
        return self._figures(genome, key, sets, sets.validation)

    def test(self, genome: Rules) -> Metrics:
        """The same on test samples, of sets that nothing was chosen by if there are some."""
        sets = self.unknown or self.held_out or self.sets
        return self._figures(genome, jax.random.key(0), sets, sets.test)

    def _figures(self, genome: Rules, key: Key, sets: ImageSet, shown: Labelled) -> Metrics:
        def one(life: Life, key: Key) -> Metrics:
            first, second = jax.random.split(key)
            each = self._drawn(first, sets, shown)
            logits = self._judged(life, genome, each._replace(keys=jax.random.key(0) if self.one_net else second))
            said = jax.nn.one_hot(jnp.argmax(logits, 1), self.classes).any(0).sum()
            judged = (CRITERIA[self.criterion], mistakes)
            loss, wrong = (criterion(logits, each.shown_labels).mean() for criterion in judged)
            return {"loss": loss, "accuracy": 1 - wrong, "answers": said.astype(jnp.float32)}

        keys = jax.random.split(key, self.measured_lives)
        every = [jax.lax.map(partial(one, life), keys) for life in self._ways]
        found: Metrics = jax.tree.map(lambda *leaves: jnp.concatenate(leaves).mean(), *every)
        return found

    def _judged(self, life: Life, rules: Rules, each: Lives) -> jax.Array:
        """Logits of the samples that are judged, after a lifetime."""
        wiring, synapses = life.net.wire(each.keys, self.inputs, self.classes)
        lived: Lived = live(life, rules, wiring, synapses, each.samples, each.labels)
        return read(lived.synapses, life.net.firing(lived.synapses, each.shown))

    def _drawn(self, key: Key, sets: ImageSet, shown: Labelled | None) -> Lives:
        """One lifetime, judged by `unseen` samples, or by all of its set that there are in `shown`."""
        key_set, key_lived, key_shown = jax.random.split(key, 3)
        which = jax.random.randint(key_set, (), 0, len(sets.train.labels))
        lived = _some(key_lived, sets.train, which, self.lifetime)
        if shown is not None:
            judged = Labelled(jnp.asarray(shown.images)[which], jnp.asarray(shown.labels)[which])
        else:
            judged = _some(key_shown, sets.validation, which, self.unseen) if self.unseen else lived
        samples, labels, shown_samples, shown_labels = (jnp.asarray(each) for each in (*lived, *judged))
        return Lives(samples, labels, shown_samples, shown_labels, key)


def _some(key: Key, part: Labelled, which: jax.Array, count: int) -> Labelled:
    places = jax.random.randint(key, (count,), 0, part.labels.shape[1])
    return Labelled(jnp.asarray(part.images)[which, places], jnp.asarray(part.labels)[which, places])


def _stacked(name: str, sets: Sequence[ImageSet] | ImageSet) -> ImageSet:
    if isinstance(sets, ImageSet):
        return sets
    shapes = {tuple(np.shape(part.images) for part in one) for one in sets}
    require(len(shapes) == 1, name, f"{len(sets)} sets", "give one or more, all of the same shapes")
    shape = min(shapes)[0]
    require(len(shape) == 2, f"{name}.train.images", shape, "give (count, numbers)")
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *sets)  # type: ignore[no-any-return]


def _double_softmax(logits: jax.Array, labels: jax.Array) -> jax.Array:
    return cross_entropy(jax.nn.softmax(logits), labels)


CRITERIA: dict[str, Criterion] = {
    "cross-entropy": cross_entropy,
    "mistakes": mistakes,
    "double-softmax": _double_softmax,
}
"""Losses of each sample by name; `double-softmax` takes probabilities for logits, as Cristian et al.'s program does."""


def _table(key: Key, task: PlasticLearning) -> Rules:
    return _tables(TableRules, key, task)


def _ternary(key: Key, task: PlasticLearning) -> Rules:
    return _tables(TernaryRules, key, task)


def _tables(form: type[TableRules], key: Key, task: PlasticLearning) -> Rules:
    plastic = ("input" in task.plastic, "recurrent" in task.plastic)
    return form.create(key, task.life.net.kinds, *plastic, task.scale, CREDITED[task.life.credit])


def _network(key: Key, task: PlasticLearning) -> Rules:
    recurrent = "recurrent" in task.plastic
    return NetworkRules.create(key, task.life.net.rounds, recurrent, CREDITED[task.life.credit])


def _recurrent(key: Key, task: PlasticLearning) -> Rules:
    return RecurrentRules.create(key, task.life.net.rounds)


def _hebbian(key: Key, task: PlasticLearning) -> Rules:
    width = task.life.net.width
    layers = (
        (task.sets.train.images.shape[-1], width) if "input" in task.plastic else None,
        (width, width) if "recurrent" in task.plastic else None,
        (width, task.classes),
    )
    return HebbianRules.create(key, layers, task.sharing, task.scale, CREDITED[task.life.credit], task.clusters)


RULES: dict[str, Callable[[Key, PlasticLearning], Rules]] = {
    "table": _table,
    "ternary": _ternary,
    "network": _network,
    "recurrent": _recurrent,
    "hebbian": _hebbian,
}
"""New rules by the name of their form."""
