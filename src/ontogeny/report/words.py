"""What a run did and what came out, in sentences that a stranger understands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ontogeny.report.labels import learner_name, step_word
from ontogeny.report.material import Erasure, Material
from ontogeny.report.numbers import count, duration, number, times
from ontogeny.runs.config import RunConfig


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def listed(parts: Iterable[str]) -> str:
    """Different texts as a list: `a, b and c`."""
    *first, last = dict.fromkeys(parts)
    return f"{', '.join(first)} and {last}" if first else last


def subject(config: RunConfig) -> str:
    """What was learned: `Carrot 9×9`, or the name of a task."""
    task = config.task
    if task.name != "growing":
        return task.label
    name, _, size = task.label.rpartition("-")
    return f"{capital(name)} {size}×{size}"


def setting(config: RunConfig) -> str:
    """The settings of a learner that matter most, in brackets."""
    learner = config.learner
    parts = []
    if hasattr(learner, "popsize"):
        parts.append(f"{learner.popsize:,} members a generation")
    if hasattr(learner, "sigma"):
        parts.append(f"noise of {learner.sigma:g}")
    if hasattr(learner, "learning_rate"):
        parts.append(f"learning rate {learner.learning_rate:g}")
    return f" ({', '.join(parts)})" if parts else ""


def lead(run: Material) -> str:
    """What was run and what came out."""
    config, result = run.folder.config, run.result
    sentences = []
    what = f"{capital(learner_name(config))}{setting(config)} trained "
    if run.target is None:
        sentences.append(f"{what}on the task {subject(config)}.")
    else:
        weights = f" of {_weights(run.net):,} weights" if run.net is not None else ""
        side = "×".join(map(str, run.target.shape[:2]))
        sentences.append(f"{what}a neural cellular automaton{weights} to grow a picture of {side} cells from one cell.")
    loss = f"the held-out loss is {number(result['loss'])}"
    if run.target is not None and math.isfinite(result["loss"]):
        empty = float(np.mean(run.target**2))
        loss += f" (mean squared error; an empty canvas has {number(empty)}, {times(empty / result['loss'])} as much)"
    sentences.append(
        f"After {count(result['generations'])} {step_word(config)}, which took {count(result['evaluations'])} "
        f"evaluations and {duration(result['seconds'])} ({duration(result['compile_seconds'])} of them to compile), "
        f"{loss}."
    )
    sentences.append(stopped(config, str(result["stopped"])))
    return " ".join(sentences)


def _weights(net: Any) -> int:
    import equinox as eqx
    import jax

    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(net, eqx.is_array)))


def stopped(config: RunConfig, reason: str) -> str:
    """Why a run stopped."""
    limit = getattr(config.until, reason, None)
    reasons = {
        "steps": f"It stopped after the {count(limit)} {step_word(config)} that it was given.",
        "evaluations": f"It stopped after the {count(limit)} evaluations that it was given.",
        "seconds": f"It stopped when its time was up ({duration(limit)}).",
        "loss": f"It stopped because the held-out loss had come down to the goal of {number(limit)}.",
        "population_loss": f"It stopped because the population loss had come down to the goal of {number(limit)}.",
        "diverged": "It stopped because it diverged: the loss or a weight was no finite number any more. "
        "What is shown is the genome of the lowest held-out loss that was measured before.",
        "interrupted": "It was interrupted before it reached any of its limits; it can be resumed.",
    }
    return reasons.get(reason, f"It stopped: {reason}.")


def start(run: Material, many: bool) -> str:
    """How a sentence that goes on with "he ..." begins: with the run's label where there are many."""
    return f"{run.label}: t" if many else "T"


def growth_words(run: Material, many: bool = False) -> str:
    """Whether the picture appears, and whether it stays."""
    assert run.growth is not None
    assert run.target is not None
    curve = run.growth["curve"]["median"]
    first, last = curve[min(run.shown_at, len(curve)) - 1], curve[-1]
    empty = float(np.mean(run.target**2))
    text = (
        f"{start(run, many)}he median loss of {run.growth['rollouts']} rollouts is {number(first)} "
        f"after {run.shown_at} updates and {number(last)} after {len(curve):,}. "
    )
    if not math.isfinite(last) or last > 10 * empty:
        return text + "The picture does not last: it grows out of all bounds."
    if last > 0.5 * empty:
        return text + "The picture does not last: at the end little of it is left."
    if last > 2 * first:
        return text + f"The picture drifts: at the end the loss is {times(last / first)} as high."
    return text + "The picture stays: the loss at the end is less than twice that of a grown picture."


def erase_title(erasure: Erasure) -> str:
    """What is erased, and when."""
    wound, cells = erasure.wound, erasure.found["cells"]
    if wound.shape == "square":
        side = wound.size or 3
        where = "the central " if wound.row is None and wound.column is None else "a "
        what = f"{where}{side}×{side} cells" if where != "a " else f"a square of {side}×{side} cells"
    else:
        what = f"{cells} cells, {'the rows at the bottom' if wound.shape == 'bottom' else 'a disc'}"
    return f"{what}, after update {wound.at}"


def erase_words(run: Material, erasure: Erasure, many: bool = False) -> str:
    """How a run takes an erasure."""
    loss, share = erasure.found["loss"], erasure.found["recovered"]
    if not math.isfinite(loss["after"]["median"]):
        return f"{start(run, many)}he picture had exploded before anything was erased."
    before = f"from {number(loss['before']['median'])} " if "before" in loss else ""
    text = (
        f"{start(run, many)}he erasure takes the median loss {before}to {number(loss['after']['median'])}; "
        f"at update {erasure.found['steps']:,} it is {number(loss['end']['median'])}, "
        f"and {number(loss['end_untouched']['median'])} in the same rollouts left alone. "
    )
    if not isinstance(share, float | int) or not math.isfinite(share):
        if loss["end_untouched"]["median"] >= loss["after"]["median"]:
            return text + "Left alone it becomes as bad as the wound by itself, so nothing can be said about repair."
        return text + "The erasure did no damage that could be measured."
    if share > 1:
        return text + "All of the damage is repaired."
    if share < 0:
        return text + "None of the damage is repaired: it grew."
    return text + f"So {share:.0%} of the damage is repaired."
