"""What the two texts claim, each with the experiment that tests it and the verdict that follows."""

from __future__ import annotations

import numpy as np

from ontogeny.studies.evidence import Evidence
from ontogeny.studies.plasticity.plan import rounds_name
from ontogeny.studies.plasticity.published import EVOLVED_ACCURACY, GRADIENT_ACCURACY, ORIGINAL_ACCURACY
from ontogeny.studies.plasticity.reading import courses, errors
from ontogeny.studies.plasticity.settings import EVOLVED, GRADIENT, ORIGINAL
from ontogeny.studies.ratio import Ratio, ratio
from ontogeny.studies.section import Claim, Section, Verdict
from ontogeny.studies.seeds import every_seed, numbers, over_seeds
from ontogeny.studies.verdicts import ENOUGH

CHANCE = 0.30
"""Accuracies of four classes below this are chance."""

NEAR = 0.05
"""Accuracies that differ by less are alike."""

LAST = 40
"""Steps over whose end accuracies are averaged, as the text's moving averages are."""


def claims_section(evidence: Evidence) -> Section:
    """All claims, those of Joosten first."""
    parts = (
        _gradients(evidence),
        _evolved(evidence),
        _falls(evidence),
        _learns_better(evidence),
        _generalises(evidence),
        _originals(evidence),
        _signs(evidence),
        _rounds(evidence),
    )
    words = (
        "The first five are Joosten's (2021), his two questions among them, the others Cristian et al.'s (2021). A "
        "verdict follows from the printed numbers: a 95 % percentile bootstrap over seeds, or the least and "
        f"greatest of them. With fewer than {ENOUGH} seeds nothing is judged.",
    )
    return Section("What the texts claim", words, parts)


def _gradients(evidence: Evidence) -> Claim:
    found = every_seed(evidence, "published, gradients")
    same, answers = numbers(found, "same"), numbers(found, "answers")
    verdict: Verdict = "undecided"
    if len(same) >= ENOUGH:
        stuck = same.max() < CHANCE and answers.max() <= 1
        verdict = "holds" if stuck else "does not hold" if same.min() > CHANCE else "undecided"
    return Claim(
        f"Rules by gradients stay at chance ({GRADIENT_ACCURACY:.0%}): the net says the same to everything.",
        "Accuracy on test samples of the set that they were learned on, after a lifetime of 100 samples (published "
        f"preset, its rule of the input mended). It holds where all seeds are below {CHANCE:.0%} with one answer, and "
        f"does not where all are above {CHANCE:.0%}.",
        verdict,
        f"{over_seeds(same)}, with {over_seeds(answers)} different answers.",
    )


def _evolved(evidence: Evidence) -> Claim:
    found = every_seed(evidence, "published, evolution")
    last, same = courses(found, LAST)[:, -1], numbers(found, "same")
    verdict: Verdict = "undecided"
    if len(last) >= ENOUGH:
        near = abs(np.median(last) - EVOLVED_ACCURACY) < NEAR and np.median(same) <= np.median(last)
        reached = last.min() < EVOLVED_ACCURACY + NEAR and last.max() > EVOLVED_ACCURACY - NEAR
        verdict = "holds" if near else "undecided" if reached else "does not hold"
    return Claim(
        f"Evolved rules reach about {EVOLVED_ACCURACY:.0%} where they evolve, and slightly less on test samples.",
        f"Mean accuracy over the last {LAST} generations on the samples of the lifetime (published preset). It holds "
        f"where the median over seeds is within {NEAR:.0%} of that and test samples are no better, and does not where "
        "no seed comes so near.",
        verdict,
        f"{over_seeds(last)}; on test samples {over_seeds(same)}.",
    )


def _falls(evidence: Evidence) -> Claim:
    new = numbers(every_seed(evidence, "published, evolution"), "new")
    verdict: Verdict = "undecided"
    if len(new) >= ENOUGH:
        verdict = "holds" if new.max() < CHANCE else "does not hold" if new.min() > CHANCE else "undecided"
    return Claim(
        "Shown a new set, evolved rules fall to chance.",
        "Accuracy on test samples of another generated set after 50 passes, the rules of the published preset "
        f"frozen. It holds where all seeds are below {CHANCE:.0%}.",
        verdict,
        f"{over_seeds(new)}. With the flaws removed: {over_seeds(numbers(every_seed(evidence, EVOLVED), 'new'))} "
        "after one lifetime of 1,000 samples.",
    )


def _learns_better(evidence: Evidence) -> Claim:
    found = _compared(evidence, "same")
    return Claim(
        "The first question: evolution learns better rules than gradients.",
        "Error of evolved tables over that of tables by gradients, after lifetimes on the sets that they were "
        "learned on, test samples; both in 200 steps of the same loss, the flaws removed. It holds where that is "
        "surely below 1.",
        _below(found),
        _both(evidence, "same", found),
    )


def _generalises(evidence: Evidence) -> Claim:
    found = _compared(evidence, "new")
    return Claim(
        "The second question: evolved rules generalise better to sets that nobody has seen.",
        "The same on eight sets that no rule was learned on or chosen by.",
        _below(found),
        _both(evidence, "new", found),
    )


def _compared(evidence: Evidence, what: str) -> Ratio:
    return ratio(errors(every_seed(evidence, EVOLVED), what), errors(every_seed(evidence, GRADIENT), what))


def _below(found: Ratio) -> Verdict:
    if found.seeds < ENOUGH:
        return "undecided"
    return "holds" if found.high < 1 else "does not hold" if found.low > 1 else "undecided"


def _both(evidence: Evidence, what: str, found: Ratio) -> str:
    evolved, gradient = (over_seeds(numbers(every_seed(evidence, name), what)) for name in (EVOLVED, GRADIENT))
    return f"{found}. Accuracy {evolved} by evolution, {gradient} by gradients."


def _originals(evidence: Evidence) -> Claim:
    words, gaps = [], []
    for start in ORIGINAL:
        found = every_seed(evidence, f"original, {start}")
        for data in found[0]["learned"]:
            accuracy = numbers(found, "learned", data)
            theirs = ORIGINAL_ACCURACY.get((start, data))
            if theirs is not None:
                gaps.append(accuracy - theirs)
                words.append(f"{start} input weights, {data}: {over_seeds(accuracy)} ({theirs:.0%})")
    verdict: Verdict = "undecided"
    if gaps and len(gaps[0]) >= ENOUGH:
        medians = [np.median(each) for each in gaps]
        verdict = "holds" if min(medians) > -NEAR else "does not hold" if max(medians) < -NEAR else "undecided"
    return Claim(
        "Rules that are learned on half-spaces by a net of 100 neurons teach one of 1,000 to read images, in one "
        "round.",
        "Accuracy on test images after two passes, beside the paper's, in brackets. It holds where the medians of "
        f"all four are no more than {NEAR:.0%} below those.",
        verdict,
        "; ".join(words) + ".",
    )


def _signs(evidence: Evidence) -> Claim:
    starts = [every_seed(evidence, f"original, {start}") for start in ORIGINAL]
    found = [each for seeds in starts for each in seeds]
    signs = np.asarray([np.sign(each["tables"]["read_out"]) for each in found])
    perceptron = (signs[:, 1] == [-1, 1]).all(1)
    whole = perceptron & (signs[:, 0] == [1, -1]).all(1)
    verdict: Verdict = "undecided"
    if min(map(len, starts)) >= ENOUGH:
        verdict = "holds" if perceptron.all() else "does not hold" if not perceptron.any() else "undecided"
    return Claim(
        "The rule of the read-out that gradients find is the perceptron's.",
        "Signs of the learned table: a neuron that fires is turned away from the wrong answer and towards the right "
        "one. It holds where that is so for every seed.",
        verdict,
        f"So in {perceptron.sum()} of {len(found)}; with the opposite signs for neurons that do not fire, as the "
        f"paper's theory has it, in {whole.sum()}.",
    )


def _rounds(evidence: Evidence) -> Claim:
    one = errors(every_seed(evidence, rounds_name(1, False)), "new")
    three = errors(every_seed(evidence, rounds_name(3, True)), "new")
    still = errors(every_seed(evidence, rounds_name(3, False)), "new")
    found, alone = ratio(three, one), ratio(three, still)
    return Claim(
        "A learned rule between the neurons, over three rounds, adds a small but consistent increase.",
        "Error on new sets of tables evolved for three rounds, with synapses between the neurons that change, over "
        "that of one round, in nets of 20 neurons. It holds where that is surely below 1.",
        _below(found),
        f"{found}; over three rounds whose synapses stay as they are: {alone}.",
    )
