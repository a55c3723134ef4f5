"""Configurations of the study: as published, as its text says, controlled, and with incentives to be different."""

from __future__ import annotations

from typing import Any

from ontogeny.runs.presets import named_tree

Tree = dict[str, Any]
"""A configuration, or a table of one, as plain values."""

HORIZONTAL, VERTICAL = "mixed-horizontal-published", "mixed-vertical-published"
TEXTS = ("mixed-horizontal-text", "mixed-vertical-text")
CONTROLLED = "mixed-controlled"
MUTATION = "mixed-mutation"

POPULATIONS = {
    HORIZONTAL: "published, horizontal",
    VERTICAL: "published, vertical",
    TEXTS[0]: "text, horizontal",
    TEXTS[1]: "text, vertical",
    CONTROLLED: "controlled",
    MUTATION: "with mutation",
}
"""Presets that are followed generation by generation, in words."""

PLAIN = "none"
"""The incentive that is none."""

INCENTIVES: dict[str, tuple[Tree, Tree]] = {
    PLAIN: ({}, {}),
    "a gene is a neuron": ({}, {"genes": "neuron"}),
    "parents chosen by lexicase": ({}, {"selection": "lexicase", "tolerance": 0.0}),
    "parents chosen by novelty": ({}, {"selection": "novelty", "novelty": 0.7}),
    "fitness shared in niches": ({}, {"selection": "sharing", "radius": 0.05}),
    "parents from Pareto fronts": ({}, {"selection": "pareto"}),
    "judged under each other's attacks": ({"judged_attack": 0.1}, {}),
    "batches of one's own": ({}, {"common": False}),
    "half of the pixels": ({"view": 0.5}, {}),
    "20 new nets a generation": ({}, {"fresh": 20}),
    "mutation": ({}, {"scale": 0.03, "learning_rate": 0.03}),
}
"""What may make members differ: fields of the task and of the learner, beside those of the controlled preset."""

CONTROLS: dict[str, tuple[Tree, Tree]] = {
    "independent": ({}, {}),
    "independent, learning rate 0.03": ({}, {"learning_rate": 0.03}),
    "independent, mutation": ({}, {"scale": 0.03, "learning_rate": 0.03}),
    "independent, half of the pixels": ({"view": 0.5}, {}),
}
"""Nets that share nothing, with what an incentive changes beside recombination."""


def fitted(name: str, data: str, steps: int | None = None) -> Tree:
    """The configuration of a preset for other images.

    Args:
        name: of the preset.
        data: `mnist`, `fashion-mnist` or `digits`.
        steps: gradient steps of a generation; as in the preset if not given.
    """
    tree = named_tree(name)
    learner = {**tree["learner"], "gradient_steps": steps or tree["learner"]["gradient_steps"]}
    return {**tree, "task": {**tree["task"], "data": data}, "learner": learner}


def changed(tree: Tree, change: tuple[Tree, Tree]) -> Tree:
    """A configuration with other fields of its task and of its learner."""
    task, learner = change
    return {**tree, "task": {**tree["task"], **task}, "learner": {**tree["learner"], **learner}}
