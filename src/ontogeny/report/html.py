"""The report of one run, or of several side by side: one page that needs nothing else."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ontogeny.errors import InputError
from ontogeny.probes import DISTURBANCES
from ontogeny.report import figures, stills, words
from ontogeny.report.accuracy import ALT, accuracy_figure, examined, examined_words, with_accuracy
from ontogeny.report.groups import group
from ontogeny.report.image_probes import image_probes
from ontogeny.report.labels import differences, learner_name, step_word
from ontogeny.report.material import Material, gather
from ontogeny.report.page import render
from ontogeny.report.pictures import STRIP, png
from ontogeny.report.reconstructions import reconstructions
from ontogeny.report.scenes import erasures, growth_player
from ontogeny.report.svg import both_widths, to_png
from ontogeny.report.verdict import verdict
from ontogeny.runs.files import write_atomic
from ontogeny.runs.folder import RunFolder
from ontogeny.runs.probing import defaults
from ontogeny.runs.published import SOURCE, published


def write_report(folders: Sequence[RunFolder], path: Path) -> Path:
    """Write the report of runs that have ended.

    Probes that it shows and that were not made yet are made and kept in the runs' folders; for
    one run the figures are kept there too, as PNG files.

    Args:
        folders: one or more.
        path: of the HTML file.

    Returns:
        `path`.

    Raises:
        InputError: where there is no run, or one has not ended.
        MachineError: where a folder is damaged or the disk cannot be written.
    """
    if not folders:
        raise InputError("runs", "none", "give one run folder or more")
    runs = gather(folders)
    growing = [run for run in runs if run.frames is not None]
    write_atomic(
        path,
        render(
            "report.html.j2",
            title=_title(runs),
            icon=png(growing[0].frames[growing[0].shown_at]) if growing and growing[0].frames is not None else "",
            runs=[_run(run) for run in runs],
            verdict=verdict([each.party() for each in group(folders, short=True)[0]])
            + differences([run.folder.config for run in runs]),
            targets=_targets(runs),
            strip=STRIP,
            growing=bool(growing),
            reconstructions=reconstructions(runs),
            growth_player=growth_player(growing),
            growth_words=[words.growth_words(run, len(runs) > 1) for run in growing],
            growth_figures=_figures("growth", figures.growth_figure, growing, _growth_alt(growing)),
            published=_published(growing),
            source=SOURCE,
            erasures=erasures(growing, len(runs) > 1),
            disturbances=[line for run in growing for line in _disturbances(run)],
            image_probes=[line for run in runs for line in image_probes(run)],
            training_figures=_figures("training", figures.training_figure, _logged(runs), _TRAINING_ALT),
            accuracy_figures=_figures("accuracy", accuracy_figure, with_accuracy(runs), ALT),
            examined=list(dict.fromkeys(name for run in runs for name in examined(run.result))),
            seeds=len({run.folder.config.seed for run in runs}),
        ),
    )
    if len(runs) == 1:
        _keep_figures(runs[0])
    return path


_TRAINING_ALT = "Held-out loss and population loss during training, over evaluations and over seconds."


def _title(runs: list[Material]) -> str:
    configs = [run.folder.config for run in runs]
    verb = "grown by" if all(run.target is not None for run in runs) else "learned by"
    return f"{words.listed(map(words.subject, configs))}, {verb} {words.listed(map(learner_name, configs))}"


def _figures(name: str, draw: Callable[..., Figure], runs: list[Material], alt: str) -> list[dict[str, Any]]:
    """A figure for each task."""
    tasks = dict.fromkeys(run.folder.config.task.label for run in runs)
    return [
        {
            "task": task,
            "svg": both_widths(
                draw, [run for run in runs if run.folder.config.task.label == task], f"{name}{index}", f"{task}. {alt}"
            ),
        }
        for index, task in enumerate(tasks)
    ]


def _run(run: Material) -> dict[str, Any]:
    config = run.folder.config
    return {
        "label": run.label,
        "tone": run.tone.name,
        "lead": " ".join(filter(None, (words.lead(run), examined_words(run.result)))),
        "result": run.result,
        "examined": examined(run.result),
        "step_word": step_word(config),
        "problem": run.problem,
        "rate": run.result["evaluations"] / max(run.result["seconds"] - run.result["compile_seconds"], 1e-9),
        "environment": run.folder.environment,
        "toml": config.to_toml(),
        "command": shlex.join(["ontogeny", "train", str(run.folder.path / "config.toml")]),
        "path": str(run.folder.path),
        "every": config.every,
        "seed": config.seed,
        "picture": _picture(run),
        "strip": _strip(run),
    }


def _picture(run: Material) -> dict[str, Any] | None:
    if run.frames is None:
        return None
    state = run.frames[run.shown_at]
    return {"src": png(state), "step": run.shown_at, "loss": run.loss_of(state)}


def _strip(run: Material) -> list[dict[str, Any]]:
    if run.frames is None:
        return []
    return [{"src": png(run.frames[step]), "step": step, "loss": run.loss_of(run.frames[step])} for step in STRIP]


def _targets(runs: list[Material]) -> list[dict[str, str]]:
    found = {run.folder.config.task.label: run.target for run in runs if run.target is not None}
    return [{"label": label, "src": png(target)} for label, target in found.items()]


def _disturbances(run: Material) -> list[dict[str, Any]]:
    """A line for each disturbance that was probed."""
    lines = []
    for found in run.folder.probes().values():
        kind = found.get("probe")
        if kind in DISTURBANCES:
            end, share = str(found["steps"]), float(found["recovered"])
            lines.append(
                {
                    "label": run.label,
                    "tone": run.tone.name,
                    "probe": kind,
                    "settings": ", ".join(f"{name} {found[name]}" for name in defaults(kind)),
                    "steps": found["steps"],
                    "loss": found["loss"][end],
                    "untouched": found["untouched"][end]["median"],
                    "area": found["area"],
                    "recovered": f"{share:.0%}" if math.isfinite(share) else "–",
                }
            )
    return lines


def _published(runs: list[Material]) -> list[dict[str, Any]]:
    found = {}
    for run in runs:
        if mark := published(run.folder.config):
            found[mark] = {"name": mark.name, "episodes": mark.episodes, "task": run.folder.config.task.label}
    return list(found.values())


def _logged(runs: list[Material]) -> list[Material]:
    return [run for run in runs if len(run.metrics.get("loss", ()))]


def _growth_alt(runs: list[Material]) -> str:
    return "Loss after each update, median and deciles. " + " ".join(
        words.growth_words(run, len(runs) > 1) for run in runs
    )


def _keep_figures(run: Material) -> None:
    made: dict[str, Figure] = {}
    if _logged([run]):
        made["training"] = figures.training_figure([run])
    if with_accuracy([run]):
        made["accuracy"] = accuracy_figure([run])
    if run.frames is not None:
        made |= {
            "growth": stills.result_figure(run),
            "strip": stills.strip_figure(run),
            "loss": figures.growth_figure([run]),
            **{erasure.name: figures.erase_figure([(run, erasure)]) for erasure in run.erasures},
        }
    for name, figure in made.items():
        write_atomic(run.folder.path / "figures" / f"{name}.png", to_png(figure))
