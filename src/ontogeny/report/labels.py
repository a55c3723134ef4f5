"""Short names for runs that are shown together: what differs between them, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ontogeny.runs.config import RunConfig

_IN_LABEL = ("task.name", "task.target", "task.size", "learner.by", "checkpoint_seconds")

_NAMES = {"es": "evolution strategies", "ga": "a genetic algorithm", "seed-ga": "a genetic algorithm on seeds"}


def learner_name(config: RunConfig) -> str:
    """The learner in words, to stand after "by"."""
    learner = config.learner
    if learner.by != "adam":
        return _NAMES.get(learner.by, learner.by)
    optimizer = str(getattr(learner, "optimizer", "adam"))
    return "Adam" if optimizer == "adam" else f"gradient descent ({optimizer})"


def step_word(config: RunConfig) -> str:
    """What a step is called."""
    return "gradient steps" if config.learner.by == "adam" else "generations"


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of a nested table by dotted name."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def settings(config: RunConfig) -> dict[str, Any]:
    """Everything that a configuration says, by dotted name."""
    return flat(config.model_dump(mode="json", exclude_none=True))


def labels(configs: Sequence[RunConfig], ignore: Sequence[str] = (), short: bool = False) -> list[str]:
    """A label for each: task and learner, and the settings in which those of one learner differ.

    Args:
        configs: one or more.
        ignore: settings that are not named.
        short: leave the task out where all share it.
    """
    tables = [settings(config) for config in configs]
    one_task = short and len({config.task.label for config in configs}) == 1
    starts = [("" if one_task else f"{config.task.label} ") + config.learner.by for config in configs]
    hidden = {*ignore, *_IN_LABEL}
    found = []
    for start, table in zip(starts, tables, strict=True):
        peers = [other for other_start, other in zip(starts, tables, strict=True) if other_start == start]
        names = dict.fromkeys(name for peer in peers for name in peer if name not in hidden)
        differ = [name for name in names if any(peer.get(name) != table.get(name) for peer in peers)]
        found.append(" ".join([start, *(f"{_short(name)}={_text(table.get(name))}" for name in differ)]))
    twice = Counter(found)
    return [f"{label} ({index + 1})" if twice[label] > 1 else label for index, label in enumerate(found)]


def differences(configs: Sequence[RunConfig]) -> list[str]:
    """Sentences about what differs, besides the learner, between runs that are compared."""
    if len({config.task.label for config in configs}) > 1:
        return []
    tables = [settings(config) for config in configs]
    names = dict.fromkeys(name for table in tables for name in table if name.startswith("task."))
    differ = [name for name in names if name not in _IN_LABEL and len({repr(table.get(name)) for table in tables}) > 1]
    if not differ:
        return []
    texts = [f"{name} ({' and '.join(dict.fromkeys(_text(table.get(name)) for table in tables))})" for name in differ]
    return [f"Besides the learner, the runs differ in {', '.join(texts)}."]


def _short(name: str) -> str:
    return name if name.startswith("until.") else name.rpartition(".")[2]


def _text(value: Any) -> str:
    return "–".join(map(str, value)) if isinstance(value, list | tuple) else "none" if value is None else str(value)
