"""The moving pictures of a report: growth, and erasures with what goes with them."""

from __future__ import annotations

from typing import Any

from ontogeny.report import figures, words
from ontogeny.report.material import Erasure, Material
from ontogeny.report.numbers import number
from ontogeny.report.pictures import erase_steps, growth_steps, packed, png
from ontogeny.report.svg import both_widths


def _player(
    name: str, title: str, steps: list[int], first: int, canvases: list[dict[str, Any]], mark: int
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "data": {"steps": steps, "first": steps.index(first), "mark": mark, "canvases": canvases},
        "labels": [canvas["label"] for canvas in canvases],
    }


def _canvas(run: Material, states: Any, steps: list[int]) -> dict[str, Any]:
    height, width = states.shape[1:3]
    return {
        "label": run.label,
        "width": width,
        "height": height,
        "frames": packed(states[steps]),
        "losses": [number(run.loss_of(states[step])) for step in steps],
    }


def _cells(runs: list[Material]) -> int:
    return max(run.target[..., 0].size for run in runs if run.target is not None)


def growth_player(runs: list[Material]) -> dict[str, Any] | None:
    """The animation of a rollout of each run; `None` of nothing."""
    if not runs:
        return None
    first = runs[0].shown_at
    steps = sorted({*growth_steps(_cells(runs)), first})
    canvases = [_canvas(run, run.frames, steps) for run in runs]
    return _player("growth", "Growth", steps, first, canvases, 0)


def erasures(runs: list[Material], many: bool) -> list[dict[str, Any]]:
    """Each kind of erasure: words, figure, animation and pictures.

    Args:
        runs: those that grow pictures.
        many: whether the page shows several runs, so that each must be named.
    """
    return [_erasures(index, pairs, many) for index, pairs in enumerate(_by_wound(runs))]


def _by_wound(runs: list[Material]) -> list[list[tuple[Material, Erasure]]]:
    """Erasures of the same kind together, whichever the run."""
    found: dict[Any, list[tuple[Material, Erasure]]] = {}
    for run in runs:
        for erasure in run.erasures:
            found.setdefault((erasure.name, erasure.wound, erasure.found["steps"]), []).append((run, erasure))
    return list(found.values())


def _erasures(index: int, pairs: list[tuple[Material, Erasure]], many: bool) -> dict[str, Any]:
    erasure = pairs[0][1]
    at, last = erasure.wound.at, int(erasure.found["steps"])
    steps = erase_steps(_cells([run for run, _ in pairs]), last, at)
    title = words.erase_title(erasure)
    alt = f"Loss after each update; erased: {title}. " + " ".join(words.erase_words(*pair, many) for pair in pairs)
    return {
        "title": title,
        "words": [words.erase_words(*pair, many) for pair in pairs],
        "figure": both_widths(figures.erase_figure, pairs, f"erase{index}", alt),
        "player": _player(
            f"erase{index}", f"Erasure: {title}", steps, at,
            [_canvas(run, each.frames, steps) for run, each in pairs], at,
        ),
        "pictures": [_erase_pictures(*pair) for pair in pairs],
        "outdated": [run.label for run, each in pairs if each.outdated],
    }  # fmt: skip


def _erase_pictures(run: Material, erasure: Erasure) -> dict[str, Any]:
    at, last = erasure.wound.at, int(erasure.found["steps"])
    shown = [
        (f"before, {at - 1}", erasure.frames[at - 1]),
        (f"just after, {at}", erasure.frames[at]),
        (f"at the end, {last}", erasure.frames[last]),
        (f"left alone, {last}", erasure.untouched[last]),
    ]
    return {
        "label": run.label,
        "tone": run.tone.name,
        "pictures": [{"name": name, "src": png(state), "loss": run.loss_of(state)} for name, state in shown],
    }
