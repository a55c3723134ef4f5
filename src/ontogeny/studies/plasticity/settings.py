"""What the study tries: how rules are learned, and where they are tried."""

from __future__ import annotations

from typing import Any, TypeAlias

from ontogeny.runs.presets import named_tree

Tree: TypeAlias = dict[str, Any]
"""A configuration as plain values."""

EVOLVED, GRADIENT, BOTH = "evolved tables", "tables by gradients", "tables by both"
HEBBIAN = "evolved Hebbian rules"
HEBBIAN_GRADIENT = "Hebbian rules by gradients"
OVERLAPPING = "evolved Hebbian rules, overlapping sets"
MIXED = "evolved Hebbian rules, four kinds of data, three widths"

PUBLISHED = {"published, evolution": "plasticity-published-es", "published, gradients": "plasticity-published-adam"}
"""The text's two, by what they are called on the page."""


def _with(name: str, task: Tree | None = None, learner: Tree | None = None) -> Tree:
    tree = named_tree(name)
    return {**tree, "task": {**tree["task"], **(task or {})}, "learner": learner or tree["learner"]}


ON_IMAGES: dict[str, Tree] = {
    name: {**_with(of, {"width": 1000, "fire": 500}), "until": {"steps": 60}} for name, of in PUBLISHED.items()
}
"""The text's two on images, in nets of 1,000 neurons; in as few steps as take some minutes."""

_ADAM = {"by": "adam", "learning_rate": 0.05}
_HYBRID = {
    **{"by": "hybrid", "optimizer": "adam", "learning_rate": 0.05, "popsize": 8, "children": 8, "gradient_steps": 20},
    "scale": 0.1,
}
_HEBBIAN: Tree = {
    "every": 10,
    "task": {"name": "plasticity", "data": "clusters", "width": 100, "fire": 50, "rules": "hebbian"},
    "learner": {"by": "es", "popsize": 32, "sigma": 0.1, "learning_rate": 0.05},
    "until": {"steps": 120},
}
"""The same data as tables have, on which almost every rule with the right signs is as good as another."""

_MIXED: Tree = {
    **{"data": "clusters+overlapping+halfspace+relu-teacher", "widths": [20, 200], "lives": 18},
    **{"sets": 16, "held_out": 16},
}

LEARNED: dict[str, Tree] = {
    EVOLVED: _with("plasticity-controlled-es"),
    GRADIENT: _with("plasticity-controlled-adam"),
    BOTH: {**_with("plasticity-controlled-es", learner=_HYBRID), "until": {"steps": 10}},
    HEBBIAN: _HEBBIAN,
    HEBBIAN_GRADIENT: {**_HEBBIAN, "learner": _ADAM, "until": {"steps": 200}},
    OVERLAPPING: _with("plasticity-hebbian-es"),
    MIXED: _with("plasticity-hebbian-es", _MIXED),
}
"""Rules that are learned on many generated sets, the flaws removed."""

_REWARD = {"credit": "reward", "rate": 0.01, "by_width": False}


def _form(**task: object) -> Tree:
    learner = {"by": "es", "popsize": 32, "sigma": 0.2, "learning_rate": 0.1}
    return _with("plasticity-controlled-es", {**task, "one_net": True}, learner)


FORMS: dict[str, Tree] = {
    "table": _form(),
    "ternary table": _form(rules="ternary"),
    "table, under reward": _form(**_REWARD),
    "ternary table, under reward": _form(**_REWARD, rules="ternary"),
    "network of codes": _form(rules="network"),
    "Hebbian, one for all synapses": _form(rules="hebbian"),
    "Hebbian, by neuron": _form(rules="hebbian", sharing="neuron"),
    "Hebbian, 16 random clusters": _form(rules="hebbian", sharing="cluster"),
    "Hebbian, by synapse": _form(rules="hebbian", sharing="synapse"),
    "Hebbian, by synapse, merged into 16, then 4": _form(rules="hebbian", sharing="synapse"),
}
"""Forms of rules, all evolved for one net of 20 neurons."""

MERGED: dict[str, tuple[int, ...]] = {"Hebbian, by synapse, merged into 16, then 4": (16, 4)}
"""Into how many clusters the synapses of a form are merged while it evolves, one after the other."""

POLICIES = ("static", "recurrent", "hebbian")
"""What evolves where a policy acts."""

UNSEEN = {"pendulum": ("m=0.7", "m=1.3"), "cartpole": ("length=0.25", "length=1.0"), "ant": ("without 6 7",)}
"""Bodies that no policy evolved in, by what it acts in."""

ACTING: dict[str, Tree] = {
    f"{place}, {policy}": named_tree(f"control-{place}-{policy}")
    for place in UNSEEN
    for policy in POLICIES
    if (place, policy) != ("ant", "recurrent")
}
"""Policies that act while the body changes."""

ORIGINAL: dict[str, Tree] = {
    "normal": _with("plasticity-original", {"data": "halfspace"}),
    "ones": _with("plasticity-original", {"data": "halfspace", "starts": ["ones", "zero", "zero"]}),
}
"""Rules as Cristian et al. learned them, by the first input weights of the net in which they then live."""

THREE_ROUNDS: dict[str, Tree] = {
    "by evolution": _with("plasticity-rounds-es"),
    "by gradients": {
        **_with("plasticity-rounds-es", learner={"by": "adam", "learning_rate": 0.01}),
        "until": {"steps": 300},
    },
}
"""Rules for the synapses between neurons, by how they are learned."""

ATTACKED: dict[str, Tree] = {
    "normal input weights": ORIGINAL["normal"],
    "all-one input weights": ORIGINAL["ones"],
    "three rounds": THREE_ROUNDS["by evolution"],
    HEBBIAN: LEARNED[HEBBIAN],
}
"""Rules by which nets live that are attacked."""

ROUNDS = (1, 2, 3, 4, 5)
"""How often neurons fire, tried one after the other."""

WIDTHS = (10, 20, 50, 100, 200, 500)
"""Neurons of the nets in which frozen rules are tried."""

ELSEWHERE: dict[str, int] = {
    **{"clusters": 100, "halfspace": 100, "relu-teacher": 100},
    **{"digits": 1000, "mnist": 1000, "fashion-mnist": 1000},
}
"""Data on which frozen rules are tried, and the neurons there."""

PASSES = 2
"""How often the images of a set are lived through, as Cristian et al. have it."""


def with_rounds(rounds: int, recurrent: bool) -> Tree:
    """Tables evolved for nets that fire so often.

    Args:
        rounds: 1 or more.
        recurrent: whether the synapses between neurons change too.
    """
    return _with("plasticity-controlled-es", {"rounds": rounds, "plastic": ["recurrent"] if recurrent else []})
