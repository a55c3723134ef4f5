"""Numbers and results in words."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")]
"""The option of every command that a script may read."""

_STOPPED = {
    "steps": "all steps are done",
    "evaluations": "the evaluations are used up",
    "seconds": "the time is up",
    "loss": "the loss was reached",
    "population_loss": "the population loss was reached",
    "diverged": "it diverged: the loss or the weights were no longer finite; the best genome before that is kept",
    "interrupted": "it was interrupted; all of it is saved",
}


def duration(seconds: float) -> str:
    """Seconds as people write them: `8 s`, `2 min 5 s`, `3 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count_name(by: str) -> str:
    """What a step of a learner is called."""
    return "update" if by == "adam" else "generation"


def tell_result(result: dict[str, Any]) -> str:
    """How a run ended, in a few lines."""
    lines = [
        f"loss {result['loss']:.3g} of the kept genome, {result['population_loss']:.3g} over the population",
        *_tell_examined(result),
        f"{result['generations']:,} {count_name(result['by'])}s, {result['evaluations']:,} evaluations, "
        f"{duration(result['seconds'])} ({duration(result['compile_seconds'])} of it compilation)",
        f"stopped: {_STOPPED[result['stopped']]}",
        f"run: {result['run']}",
    ]
    if result["stopped"] == "interrupted":
        lines.append(f"go on with: ontogeny resume {result['run']}")
    return "\n".join(lines)


def _tell_examined(result: dict[str, Any]) -> list[str]:
    """A line about the test data, where there are any."""
    from ontogeny.runs.examination import examined

    found = examined(result)
    return [f"on the test data: {', '.join(f'{name} {value:.3g}' for name, value in found.items())}"] if found else []


def show_json(value: Any) -> None:
    """Print a value as one JSON object; what JSON cannot say (NaN, infinity) is null."""
    print(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
