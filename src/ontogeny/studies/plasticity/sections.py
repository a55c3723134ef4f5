"""Tables and charts of the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from ontogeny.runs.statistics import median_interval
from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plasticity.attacks import RADII
from ontogeny.studies.plasticity.claims import LAST
from ontogeny.studies.plasticity.experiments import WINDOW
from ontogeny.studies.plasticity.plan import SMOKE, rounds_name
from ontogeny.studies.plasticity.published import (
    ATTACKED_ACCURACY,
    EVOLVED_ACCURACY,
    GRADIENT_ACCURACY,
    ORIGINAL_ACCURACY,
    THREE_ROUNDS_ACCURACY,
)
from ontogeny.studies.plasticity.reading import Named, beside, courses, learned
from ontogeny.studies.plasticity.settings import (
    ATTACKED,
    ELSEWHERE,
    EVOLVED,
    GRADIENT,
    HEBBIAN,
    HEBBIAN_GRADIENT,
    MIXED,
    ORIGINAL,
    OVERLAPPING,
    PUBLISHED,
    ROUNDS,
    THREE_ROUNDS,
    WIDTHS,
)
from ontogeny.studies.section import Cell, Chart, HeatMap, Line, Row, Section, Table
from ontogeny.studies.seeds import every_seed, numbers
from ontogeny.studies.spread import percent

_TONES = {EVOLVED: "es", GRADIENT: "adam", HEBBIAN: "es", HEBBIAN_GRADIENT: "adam"}
"""Learners whose colours curves have."""


LAST_IMAGES = 10
"""Steps over which accuracies on images are averaged."""

_SHORT = {OVERLAPPING: "Hebbian, overlapping sets", MIXED: "Hebbian, many data and widths"}
"""Where there is little room."""

_SHOWN = [(place, radius) for place, radius in enumerate(RADII) if radius in (0, 1, 2, 4)]
"""Radii in the table, with their places."""


def published_section(evidence: Evidence) -> Section:
    """The text's figures: learning on a generated set, and a new set shown to frozen rules."""
    found = {name: every_seed(evidence, name) for name in PUBLISHED}
    tones = dict(zip(PUBLISHED, ("ga", "adam"), strict=True))
    levels = {"chance": GRADIENT_ACCURACY, "the text's evolved rules": EVOLVED_ACCURACY}
    learning = Chart(
        "Learning rules, as published",
        tuple(_line(name, courses(each, LAST), tones[name]) for name, each in found.items()),
        along="batches",
        up="accuracy, 4 classes",
        linear=True,
        levels=levels,
        note=f"The kept rules after each batch, on new batches of the same set; means over {LAST} batches, as in the "
        "text's figure 3. Bands are the range, or the bootstrap, over seeds.",
    )
    first = Chart(
        "The first 20 batches",
        tuple(_line(name, courses(each, 1)[:, :20], tones[name]) for name, each in found.items()),
        along="batches",
        up="accuracy, 4 classes",
        linear=True,
        levels=levels,
        note="The text's figure 5. One batch is 100 samples.",
    )
    second = Chart(
        "Frozen rules, shown a new set 50 times",
        tuple(
            _line(name, np.asarray([one["second"] for one in each]), tones[name], WINDOW)
            for name, each in found.items()
        ),
        along="samples",
        up="accuracy as they come",
        linear=True,
        levels={"chance": GRADIENT_ACCURACY},
        note="The text's figure 4: weights are never reset.",
    )
    rows: list[Row] = []
    for name, each in found.items():
        classes = [percent(np.asarray([one["by_class"][label] for one in each])) for label in range(4)]
        rows.append((name, percent(numbers(each, "same")), *classes))
    table = Table(
        ("", "all classes", *(f"class {label}" for label in range(4))),
        tuple(rows),
        note="Accuracy in percent on test samples of the set that rules were learned on, after a lifetime. A net that "
        "says the same to everything has one answer, one class at 100 and the others at 0.",
    )
    words = (
        "A net of 20 sigmoids that are joined all to all, of which 10 fire in each of four rounds, weights and "
        "rules drawn from N(0, 1), each lifetime judged on its own 100 samples. Evolution has 10 members and σ "
        "0.01; gradients have Adam. The text's program chose the rule of an input synapse wrongly, which is mended "
        "here; how parents are selected it does not say: here the best half.",
    )
    return Section("As published", words, (learning, first, second, *_on_images(evidence), table))


def _on_images(evidence: Evidence) -> list[Chart]:
    """The text's figure 6, where that was done."""
    images = {name: every_seed(evidence, f"{name}, images") for name in PUBLISHED}
    if not all(images.values()):
        return []
    tones = dict(zip(PUBLISHED, ("ga", "adam"), strict=True))
    answers = " and ".join(f"{np.median(numbers(each, 'answers')):g} ({name})" for name, each in images.items())
    chart = Chart(
        "Learning rules on images, as published",
        tuple(_line(name, courses(each, LAST_IMAGES), tones[name]) for name, each in images.items()),
        along="batches",
        up="accuracy, 10 classes",
        linear=True,
        levels={"chance": 0.1},
        note=f"The text's figure 6: MNIST, 1,000 neurons, means over {LAST_IMAGES} batches. Different answers to all "
        f"test images after a lifetime, medians over seeds: {answers}.",
    )
    return [chart]


def course_section(evidence: Evidence) -> Section:
    """How rules are learned where the flaws are removed."""
    found = learned(evidence)
    lines = tuple(_line(name, courses(each, 10), _TONES.get(name, "ga")) for name, each in found.items())
    levels = _levels(evidence, ("no plasticity", "averaged perceptron", "backpropagation, 20 hidden units"))
    chart = Chart(
        "Learning rules on many sets",
        lines,
        along="steps",
        up="accuracy on unseen samples",
        linear=True,
        levels=levels,
        note="The kept rules after each step, means over 10. A step of gradients is 8 lifetimes, one of evolution 256, "
        "one of both 1,280. Horizontal lines, on new sets: nets without learned rules, of 20 neurons.",
    )
    words = (
        "Eight sets instead of one, a new net in each lifetime, 1,000 samples to live through and 200 others to be "
        "judged by; the credit of an output is how far it is off, and answers are given by the mean of the weights "
        "over the lifetime. Tables are learned by nets of 20 neurons, Hebbian rules by nets of 100.",
    )
    return Section("The flaws removed", words, (chart,))


def table_section(evidence: Evidence) -> Section:
    """How good learned rules are, beside what needs none."""
    rows: list[Row] = []
    cost: list[Row] = []
    for name, each in learned(evidence).items():
        rows.append((name, f"{len(each)}", *(percent(numbers(each, what)) for what in ("same", "new"))))
        cost.append((name, percent(numbers(each, "untrained")), f"{np.median(numbers(each, 'flops')):.1e}"))
    for name, each in beside(evidence).items():
        rows.append((name, f"{len(each)}", None, percent(numbers(each, "new"))))
    words = (
        "Accuracy, in percent, on test samples after a lifetime of 1,000 samples: of sets that rules were learned "
        "on, and of eight others. Backpropagation and evolved weights see the samples of the lifetime twenty times. "
        "Below, the same rules as they were drawn, on those others, and the operations of learning them.",
    )
    tables = [
        Table(("", "seeds", "same sets", "new sets"), tuple(rows)),
        Table(("", "as drawn, new sets", "operations"), tuple(cost)),
    ]
    signs: list[Row] = []
    for name, each in learned(evidence).items():
        table = np.median([one["tables"]["read_out"] for one in each], 0)
        for feature, changes in zip(
            ("active", "always") if "Hebb" in name else ("silent", "fires"), table, strict=True
        ):
            agree = [np.sign([one["tables"]["read_out"] for one in each])]
            same = int((agree[0] == np.sign(table)).all((1, 2)).sum())
            signs.append((f"{name}: {feature}", *(f"{value:+.2f}" for value in changes), f"{same} of {len(each)}"))
    learned_tables = Table(
        ("", "wrong output", "right output", "seeds"),
        tuple(signs),
        note="What is learned, medians over seeds: the change towards an output that should be lower and one that "
        "should be higher; and how many seeds have all these signs. The perceptron's is −1 and +1 for neurons that "
        "fire.",
    )
    return Section("Rules beside nets without", words, (*tables, learned_tables))


def elsewhere_section(evidence: Evidence) -> Section:
    """Frozen rules on other data."""
    every: Named = {**learned(evidence), **beside(evidence)}
    tried = {name: each for name, each in every.items() if each[0].get("elsewhere")}
    names = [name for name in ELSEWHERE if all(name in one["elsewhere"] for each in tried.values() for one in each)]
    values = [np.stack([numbers(each, "elsewhere", data) for data in names]) for each in tried.values()]
    middle, low, high = (np.stack([100 * of(each, 1) for each in values]) for of in (np.median, np.min, np.max))
    words = (
        "Accuracy, in percent, on test samples. Rules were learned on the sets of ten numbers that are called "
        "clusters, and are frozen: nobody saw these sets, and images have up to 784 numbers and ten classes. Nets "
        "have 100 neurons, for images 1,000, of which half fire; images are lived through twice, generated samples "
        "once.",
    )
    rules = tuple(_SHORT.get(name, name) for name in tried)
    table = HeatMap("Rules and data", rules, tuple(names), middle, low, high, "rules", "data", "accuracy, %")
    return Section("Frozen rules on other data", words, (table,))


def sweep_section(evidence: Evidence) -> Section:
    """How often neurons fire, and how many there are."""
    lines = []
    for recurrent, label in ((False, "read-out alone changes"), (True, "recurrent synapses change too")):
        known = [rounds for rounds in ROUNDS if every_seed(evidence, rounds_name(rounds, recurrent))]
        if not known:
            continue
        seeds = [numbers(every_seed(evidence, rounds_name(rounds, recurrent)), "new") for rounds in known]
        lines.append(_placed(label, np.stack(seeds, 1), "es" if recurrent else "ga", np.asarray(known, float)))
    rounds = Chart(
        "Rounds",
        tuple(lines),
        along="rounds",
        up="accuracy on new sets",
        linear=True,
        levels=_levels(evidence, ("no plasticity", "averaged perceptron")),
        note="Tables evolved for nets of 20 neurons that fire so often. Horizontal lines: nets of 20 that fire once.",
    )
    widths = Chart(
        "Width",
        tuple(
            _placed(
                name,
                np.asarray([one["widths"] for one in each]),
                _TONES.get(name, "ga"),
                np.asarray(_widths(each), float),
            )
            for name, each in learned(evidence).items()
        ),
        along="neurons",
        up="accuracy on new sets",
        linear=True,
        logarithmic=True,
        levels=_levels(evidence, ("no plasticity, 100 neurons", "averaged perceptron, 100 neurons")),
        note="Frozen rules in nets of another width than they were learned in: 20 for tables, 100 for Hebbian rules.",
    )
    words = ("Accuracy on test samples of eight generated sets that no rule was learned on, after 1,000 samples.",)
    return Section("Rounds and width", words, (rounds, widths))


def original_section(evidence: Evidence) -> Section:
    """Cristian et al.'s table: rules by gradients on half-spaces, frozen, in large nets."""
    rows: list[Row] = []
    for start in ORIGINAL:
        found = every_seed(evidence, f"original, {start}")
        for data in found[0]["learned"]:
            theirs = ORIGINAL_ACCURACY.get((start, data))
            figures = [percent(numbers(found, what, data)) for what in ("learned", "perceptron", "averaged")]
            rows.append((f"{start}, {data}", None if theirs is None else f"{theirs:.0%}", *figures))
    for way in THREE_ROUNDS:
        found = every_seed(evidence, f"three rounds {way}")
        for data in found[0]["learned"] if found else ():
            theirs = THREE_ROUNDS_ACCURACY.get(data)
            figures = [percent(numbers(found, what, data)) for what in ("learned", "perceptron", "averaged")]
            rows.append((f"three rounds {way}, {data}", None if theirs is None else f"{theirs:.0%}", *figures))
    words = (
        "Accuracy, in percent, on test images. A net of 100 neurons that fires once learns the rule of its read-out "
        "by gradients on a half-space, changing on mistakes; the rule is frozen and used in nets of 1,000 neurons, "
        "whose first input weights are normal or all 1, over two passes. Beside it the perceptron's rule in the "
        "same nets, by the last weights and by their mean over the lifetime. With three rounds it is the rule of the "
        "synapses between the neurons that is learned, on random perceptrons, and all input weights are normal; beside "
        "it nets whose synapses between neurons stay 0.",
    )
    columns = ("input weights, data", "published", "learned", "perceptron of codes", "averaged")
    return Section("Cristian et al.'s nets", words, (Table(columns, tuple(rows)),))


def attack_section(evidence: Evidence) -> Section:
    """Cristian et al.'s attacks on nets that have lived through images."""
    lines, rows = [], []
    for name, tone in zip(ATTACKED, ("adam", "ga", "es", "es"), strict=True):
        found = every_seed(evidence, f"attacked, {name}")
        values = np.asarray([one["accuracy"] for one in found])
        lines.append(_placed(name, values, tone, np.asarray(RADII)))
        theirs = ATTACKED_ACCURACY.get(name, {})
        cells: list[Cell] = []
        for place, radius in _SHOWN:
            published = f" ({theirs[radius]:.0%})" if radius in theirs else ""
            cells.append(f"{percent(values[:, place])}{published}")
        rows.append((name, f"{len(found)}", *cells))
    chart = Chart("Attacks in a Euclidean ball", tuple(lines), along="radius", up="accuracy", linear=True)
    words = (
        "Accuracy, in percent, on 500 test images after an attack on the net itself: 40 steps of projected gradient "
        "ascent on the log odds against the right class, pixels kept from 0 to 1. In brackets Cristian et al.'s, "
        "whose attack tries every wrong class on 100 images. Nets have 1,000 neurons that fire once, or three "
        "times; MNIST was lived through twice, digits where that is not to be had.",
        "The attack takes for given which neurons fire. Where three rounds carry an image by which fire rather than by "
        "how strongly, it sees little to follow: that a net holds out there does not prove that it resists.",
    )
    table = Table(("", "seeds", *(f"{radius:g}" for _, radius in _SHOWN)), tuple(rows))
    return Section("Attacks", words, (chart, table))


def _levels(evidence: Evidence, names: tuple[str, ...]) -> dict[str, float]:
    """What there is without learned rules, on new sets."""
    found = beside(evidence)
    return {name: float(np.median(numbers(found[name], "new"))) for name in names if name in found}


def _widths(found: list[dict[str, Any]]) -> tuple[int, ...]:
    """Those that were tried: all of them, or one for the smallest budget."""
    tried = len(found[0]["widths"])
    return WIDTHS if tried == len(WIDTHS) else SMOKE.widths


def _line(label: str, values: np.ndarray, by: str, apart: int = 1) -> Line:
    return Line(label, by, *median_interval(values), np.arange(1.0, values.shape[1] + 1) * apart)


def _placed(label: str, values: np.ndarray, by: str, places: np.ndarray) -> Line:
    return Line(label, by, *median_interval(values), places)
