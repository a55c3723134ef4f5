"""Tables and charts of the page: accuracy, attacks, incentives, cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.mixed.figures import layer_names, likeness_figures, transfer_maps
from ontogeny.studies.mixed.published import ACCURACY, BASELINE, TRANSFER
from ontogeny.studies.mixed.reading import between, incentive_name, likeness, on_itself, operations
from ontogeny.studies.mixed.settings import CONTROLS, HORIZONTAL, INCENTIVES, PLAIN, POPULATIONS, VERTICAL
from ontogeny.studies.section import Cell, Chart, Line, Row, Section, Table
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.spread import percent, spread


def accuracy_section(evidence: Evidence) -> Section:
    """How good members become, beside the text's and beside nets alone."""
    rows: list[Row] = []
    joint: list[Row] = []
    mixtures = ("ensemble", "uniform_soup", "greedy_soup")
    for name, label in _populations(evidence).items():
        found = every_seed(evidence, name)
        generations = _generations(evidence)
        best, worst = (np.asarray([each["judged"][generations - 1][place] for each in found]) for place in (0, -1))
        own = name.split("-")[1] if name in (HORIZONTAL, VERTICAL) else ""
        theirs: tuple[Cell, Cell] = (_one(ACCURACY[own][0][-1]), _one(ACCURACY[own][1][-1])) if own else (None, None)
        rows.append((label, f"{len(found)}", percent(best), theirs[0], percent(worst), theirs[1]))
        joint.append((label, *(percent(numbers(found, "mixtures", each)) for each in mixtures)))
    nets = every_seed(evidence, "baseline")
    each = [np.asarray([one(found["accuracy"]) for found in nets]) for one in (max, min)]
    label = f"{len(nets[0]['accuracy'])} independent nets"
    ends = percent(each[0]), _one(BASELINE[1]), percent(each[1]), _one(BASELINE[0])
    rows.append((label, f"{len(nets)}", *ends))
    joint.append((label, *(percent(numbers(nets, "mixtures", one)) for one in mixtures)))
    long = percent(numbers(nets, "long"))
    rows.append(("one net, as many epochs", f"{len(nets)}", long, None, None, None))
    words = (
        f"Accuracy, in percent, after {_generations(evidence)} generations on the images that members are chosen by: "
        "test images as published, images held back where it is controlled. The text and its notebook have one run "
        "of each kind. Nets alone are trained for as many epochs as a member and its ancestors, the last one for as "
        "many as all members of all generations. Below, all members together on test images: ensembles answer by "
        "their mean probability, soups are nets of mean weights.",
    )
    columns = ("", "seeds", "best member", "published", "worst member", "published")
    tables = Table(columns, tuple(rows)), Table(("", "ensemble", "soup of all", "greedy soup"), tuple(joint))
    lines = [
        line
        for name in (HORIZONTAL, VERTICAL)
        for place, end in ((0, "best"), (-1, "worst"))
        for line in [_line(f"{POPULATIONS[name]}, {end}", _judged(evidence, name, place), "es" if not place else "ga")]
    ]
    marks = {
        f"published {name}, {end}": (tuple(range(1, 7)), values)
        for name, ends in ACCURACY.items()
        for end, values in zip(("best", "worst"), ends, strict=True)
    }
    chart = Chart(
        "Accuracy over generations", tuple(lines), marks, along="generation", up="accuracy on test images", linear=True
    )
    return Section("Accuracy", words, (*tables, chart))


def likeness_section(evidence: Evidence) -> Section:
    """How alike members become, gene by gene, and the text's figures of it."""
    charts = []
    for name, label in _populations(evidence).items():
        known = likeness(every_seed(evidence, name))
        generations = np.arange(known.shape[1], dtype=float)
        lines = tuple(
            Line(layer, "other", *median_interval(known[:, :, gene]), generations)
            for gene, layer in enumerate(layer_names(known.shape[2]))
        )
        title = f"Likeness of members, {label}"
        charts.append(Chart(title, lines, along="generation", up="mean cosine similarity", linear=True))
    words = (
        "The cosine similarity of a layer's weights and biases between two members, the mean over all pairs. It "
        "depends on the order of neurons: new nets are unlike each other in it, whatever they compute.",
    )
    return Section("Variety", words, (*charts, *likeness_figures(evidence)))


def attack_section(evidence: Evidence) -> Section:
    """Attacks on one net, tried on others."""
    members = every_seed(evidence, HORIZONTAL) + every_seed(evidence, VERTICAL)
    nets = every_seed(evidence, "baseline")
    measured: dict[str, Callable[[str], np.ndarray]] = {
        "one net, attacked itself": lambda attack: on_itself(nets, "transfer", attack),
        "one net's attacks on another": lambda attack: between(nets, "transfer", attack),
        "best member, attacked itself": lambda attack: np.asarray([one["transfer"][attack][0][0] for one in members]),
        "best member's attacks on the others": lambda attack: np.asarray(
            [np.mean(one["transfer"][attack][0][1:]) for one in members]
        ),
        "members' attacks on each other": lambda attack: between(members, "transfer", attack),
        "parents' attacks on children, untrained": lambda attack: numbers(members, "to_young", attack),
        "parents' attacks on children, trained": lambda attack: numbers(members, "to_trained", attack),
        "one child's attacks on others, untrained": lambda attack: between(members, "young", "transfer", attack),
        "one child's attacks on others, trained": lambda attack: between(members, "trained", "transfer", attack),
    }
    rows: list[Row] = []
    for label, of in measured.items():
        theirs = TRANSFER.get(label)
        published = f"{100 * theirs[0]:.1f} to {100 * theirs[1]:.1f}" if theirs else None
        rows.append((label, percent(of("published")), published, percent(of("pixels"))))
    words = (
        "Accuracy, in percent, on 2,000 test images after an attack on one net, of that net or of others. As "
        "published: the program takes its images for normalised, so that the change is 0.162 of a pixel's range, "
        "pixels may leave the range, and images that the attacked net gets wrong anyway stay as they are. In pixel "
        "units: the same fast gradient sign method, 0.1 of the range, pixels kept in it. Members are those of both "
        f"published presets, six generations old, {len(members)} populations. Untrained children get "
        f"{np.median(numbers(members, 'young', 'accuracy')):.1%} of clean images right, trained ones "
        f"{np.median(numbers(members, 'trained', 'accuracy')):.1%}.",
    )
    columns = ("", "as published", "the text's", "in pixel units")
    return Section("Attacks", words, (Table(columns, tuple(rows)), *transfer_maps(evidence)))


def agreement_section(evidence: Evidence) -> Section:
    """How differently nets answer, whatever the order of their neurons, and how sure and steady they are."""
    rows: list[Row] = []
    nets = f"{len(every_seed(evidence, 'baseline')[0]['accuracy'])} independent nets"
    for name, label in {**_populations(evidence), "baseline": nets}.items():
        found = every_seed(evidence, name)
        alike = [spread(np.asarray([each["alignment"][layer] for each in found])) for layer in (0, 1)]
        rows.append((label, f"{len(found)}", percent(numbers(found, "difference")), *alike))
    steady: list[Row] = []
    for name, label in {**_populations(evidence), "baseline": nets}.items():
        for who, what in (("one", "best member"), ("ensemble", "all together")):
            found = every_seed(evidence, name)
            values = [percent(numbers(found, "steadiness", who, each)) for each in _STEADY]
            steady.append((f"{label}: {what if name != 'baseline' else what.replace('best member', 'one')}", *values))
    words = (
        "Two nets decide differently where they take an image for different things. Centred kernel alignment compares "
        "what their layers answer to 2,000 test images (Kornblith et al. 2019): 1 where one layer is the other turned "
        "or in another order. Confidence and accuracy are compared on all test images (expected calibration error), "
        "accuracy under normal noise of 0.3 of a pixel's range, a blur of 1.5 pixels and a shift by 2 on 2,000.",
    )
    columns = ("", "seeds", "decide differently, %", "alignment, layer 1", "alignment, layer 2")
    headings = ("", *(f"{each}, %" for each in _STEADY.values()))
    return Section("Agreement", words, (Table(columns, tuple(rows)), Table(headings, tuple(steady))))


_STEADY = {"calibration_error": "calibration error", "noise": "noise", "blur": "blur", "shift": "shift"}
"""What is measured of steadiness, in words."""


def incentive_section(evidence: Evidence) -> Section:
    """What makes members differ, and whether it makes them resist."""
    tried = {name: every_seed(evidence, incentive_name(name)) for name in INCENTIVES}
    populations = {"the controlled preset as it is" if name == PLAIN else name: tried[name] for name in tried}
    populations = {label: found for label, found in populations.items() if found}
    nets = {name: every_seed(evidence, name) for name in CONTROLS}
    resist = [_resistance(label, found) for label, found in {**populations, **nets}.items()]
    differ: list[Row] = []
    for label, found in {**populations, **nets}.items():
        alike = None
        if label in populations:
            alike = spread(np.asarray([one["population"]["likeness"][-1] for one in found]))
        own, apart = percent(numbers(found, "from_many", "pgd_white_box")), percent(numbers(found, "difference"))
        differ.append((label, f"{len(found)}", own, apart, alike))
    words = (
        "Accuracy, in percent, of trained children of populations with an incentive to be different, and of nets that "
        "share nothing, attacked by "
        "the fast gradient sign method (0.1 of a pixel's range, pixels kept in it). Each line changes one thing about "
        "the controlled preset; mutation comes with a learning rate of 0.03 in place of 0.01, which repairs what it "
        "breaks, so there are independent nets of that rate too. Stronger attacks: on the mean answer of all other "
        "nets in one step, and in ten. Below, in ten steps on the net itself; how many test images two of them decide "
        "differently; and how alike the output layers of the population are (cosine).",
    )
    columns = ("", "clean", "another's attack", "all others'", "in ten steps")
    below = ("", "seeds", "own, ten steps", "decide differently, %", "output layers")
    tables = (Table(columns, tuple(resist)), Table(below, tuple(differ)))
    return Section("Incentives to be different", words, tables)


def _resistance(label: str, found: list[dict[str, Any]]) -> Row:
    strong = [percent(numbers(found, "from_many", each)) for each in ("ensemble", "pgd")]
    return (label, percent(numbers(found, "accuracy")), percent(between(found, "transfer", "pixels")), *strong)


def cost_section(evidence: Evidence) -> Section:
    """What populations cost, and what measuring them does."""
    rows: list[Row] = []
    nets = every_seed(evidence, "baseline")
    count, generations = len(nets[0]["accuracy"]), _generations(evidence)
    for name, label in _populations(evidence).items():
        found = every_seed(evidence, name)
        seconds = np.asarray([np.median(one["seconds"]) * generations for one in found])
        flops = operations(evidence, name) * generations
        seconds_of = spread(seconds), spread(numbers(found, "evaluation"))
        rows.append((label, _epochs(name, count, generations), f"{flops:.1e}", *seconds_of))
    for label, epochs, key in (
        (f"{count} independent nets", count * generations, "seconds"),
        ("one net, as many epochs", count * generations, "long_seconds"),
    ):
        flops = operations(evidence, "baseline", judged=False) * generations
        rows.append((label, f"{epochs}", f"{flops:.1e}", spread(numbers(nets, key)), None))
    words = (
        f"Floating-point operations and seconds of {generations} generations, choosing included, and seconds of all "
        "attacks and measurements on the last population. Of nets alone the seconds include compilation.",
    )
    return Section(
        "Cost", words, (Table(("", "epochs", "operations", "seconds", "seconds of measuring"), tuple(rows)),)
    )


def _epochs(name: str, count: int, generations: int) -> str:
    # The presets of the text have no new nets.
    return f"{(count - 2 if name.endswith('text') else count) * generations}"


def _populations(evidence: Evidence) -> dict[str, str]:
    """Presets that were followed, in words."""
    return {name: label for name, label in POPULATIONS.items() if every_seed(evidence, name)}


def _generations(evidence: Evidence) -> int:
    return len(every_seed(evidence, VERTICAL)[0]["judged"])


def _judged(evidence: Evidence, name: str, place: int) -> np.ndarray:
    return np.asarray([[each[place] for each in found["judged"]] for found in every_seed(evidence, name)])


def _one(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.1f}"


def _line(label: str, values: np.ndarray, by: str) -> Line:
    return Line(label, by, *median_interval(values), np.arange(1.0, values.shape[1] + 1))
