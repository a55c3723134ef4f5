import dataclasses
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.learners.members import new_genomes
from ontogeny.report.study import write_study
from ontogeny.runs.config import RunConfig
from ontogeny.runs.presets import named_tree
from ontogeny.studies.evidence import Evidence, collect
from ontogeny.studies.mixed import MixedStudy
from ontogeny.studies.mixed.attack_claims import open_question
from ontogeny.studies.mixed.kept import EVIDENCE
from ontogeny.studies.mixed.measurements import clean, difference, from_many, mixtures, tables
from ontogeny.studies.mixed.nets import begin, built, children, grow, independent, logits, together
from ontogeny.studies.mixed.plan import SMOKE, Scale, experiments
from ontogeny.studies.mixed.reading import between, on_itself, square
from ontogeny.studies.mixed.settings import CONTROLLED, CONTROLS, HORIZONTAL, INCENTIVES, POPULATIONS, changed, fitted
from ontogeny.studies.plan import Plan
from ontogeny.studies.section import Claim
from ontogeny.studies.seeds import every_seed, named
from ontogeny.studies.subject import no_subject

TINY = dataclasses.replace(
    SMOKE,
    popsize=3,
    epoch=(6, 6),
    controls=("independent", "independent, mutation"),
)


@pytest.fixture(scope="module")
def tree():
    small = fitted(CONTROLLED, "digits", 30)
    return changed(small, ({}, {"popsize": 4, "children": 4, "learning_rate": 0.1}))


@pytest.fixture(scope="module")
def population(tree):
    task, learner = built(tree)
    return task, learner, grow(task, learner, begin(task, learner, 0), 2)


def test_presets_are_what_they_say():
    trees = {name: RunConfig.parse(named_tree(name)) for name in POPULATIONS}
    published = trees[HORIZONTAL]
    assert (published.learner.popsize, published.learner.fresh, published.until.steps) == (20, 2, 6)
    assert (published.task.shuffled, published.task.validation, published.task.start) == (False, "test", "uniform")
    text = trees["mixed-vertical-text"].learner
    assert (text.genes, text.parts, text.fresh) == ("layer", [1, 2, 1], 0)
    controlled, mutation = trees[CONTROLLED], trees["mixed-mutation"]
    assert controlled.task == mutation.task
    assert controlled.task.validation == "held-back"
    differ = {
        name for name, value in controlled.learner.model_dump().items() if value != getattr(mutation.learner, name)
    }
    assert differ == {"scale", "learning_rate"}


@pytest.mark.parametrize("name", [*INCENTIVES, *CONTROLS])
def test_an_incentive_changes_what_it_says(name):
    task_fields, learner_fields = {**INCENTIVES, **CONTROLS}[name]
    tree = changed(fitted(CONTROLLED, "digits", 3), (task_fields, learner_fields))
    config = RunConfig.parse({**tree, "until": {"steps": 1}})
    for fields, table in ((task_fields, config.task), (learner_fields, config.learner)):
        assert {field: getattr(table, field) for field in fields} == fields
    learner = config.learner.build()
    assert learner.steps == 3
    assert (learner.mutation is not None) == ("scale" in learner_fields)


def test_experiments_have_names_and_marks_of_their_own():
    made = experiments(Scale())
    assert len({each.name for each in made}) == len(made)
    assert len({json.dumps(each.mark, sort_keys=True) for each in made}) == len(made)
    seeds = [int(each.name.rpartition("-")[2]) for each in made]
    assert seeds == sorted(seeds), "what is broken off has something of everything"
    assert sum(each.name.startswith("incentive-mutation") for each in made) == 5
    assert sum(each.name.startswith(HORIZONTAL) for each in made) == 3


def test_a_population_is_followed_and_goes_on_as_if_unbroken(population):
    task, learner, grown = population
    assert grown.judged.shape == (2, 4)
    assert (np.diff(grown.judged, axis=1) <= 0).all(), "best first"
    first = grow(task, learner, begin(task, learner, 0), 1)
    again = grow(task, learner, first.state, 1)
    for one, other in zip(jax.tree.leaves(again.state.members), jax.tree.leaves(grown.state.members), strict=True):
        np.testing.assert_array_equal(one, other)


def test_children_are_mixed_and_then_trained(population):
    task, learner, grown = population
    young, trained = children(task, learner, grown.state, 6, jax.random.key(1))
    parents = np.asarray(grown.state.born.layers[2].weight)
    genes = np.asarray(young.layers[2].weight)
    assert np.isin(genes, parents).all()
    assert np.mean(clean(task, trained)) > np.mean(clean(task, young))


def test_independent_nets_share_nothing_and_learn(tree):
    task, learner = built(tree)
    nets, seconds = independent(task, learner, 0, 3, 2)
    assert seconds > 0
    assert len({float(weight) for weight in nets.layers[0].weight[:, 0, 0]}) == 3
    assert min(clean(task, nets)) > 0.7
    changed_tree = changed(tree, ({}, {"scale": 0.03}))
    _, mutating = built(changed_tree)
    disturbed, _ = independent(task, mutating, 0, 3, 2, mutating.mutation)
    # A pixel that is always dark: its weights are as they were born, or moved by mutation twice.
    dark = int(np.flatnonzero(np.asarray(task.data.train.images).reshape(-1, 64).max(0) == 0)[0])
    spread = [float(np.std(each.layers[0].weight[..., dark])) for each in (nets, disturbed)]
    width = 1 / np.sqrt(64)
    assert spread[0] == pytest.approx(width / np.sqrt(3), rel=0.1)
    assert spread[1] == pytest.approx(np.sqrt(width**2 / 3 + 2 * 0.03**2), rel=0.1)


def test_nets_together_answer_by_their_mean_probability(population):
    task, _, grown = population
    images = jnp.asarray(task.data.test.images[:5])
    each = [
        jax.nn.softmax(logits(jax.tree.map(lambda leaf, n=n: leaf[n], grown.state.members), images)) for n in range(4)
    ]
    np.testing.assert_allclose(np.exp(together(grown.state.members, images)), np.mean(each, 0), rtol=1e-4)


def test_measurements_of_copies_of_one_net(population):
    task, _, grown = population
    copies = jax.tree.map(lambda leaf: jnp.stack([leaf[0]] * 3), grown.state.members)
    accuracies = clean(task, copies)
    assert len(set(accuracies)) == 1
    table = np.asarray(tables(task, copies, copies, "pixels")["pixels"])
    assert np.ptp(table) == 0, "an attack on a net is one on its copy"
    assert table[0, 0] < accuracies[0]
    assert difference(task, copies) == 0
    mixed = mixtures(task, copies)
    assert mixed["in_soup"] == 3
    for name in ("ensemble", "uniform_soup", "greedy_soup"):
        assert mixed[name] == pytest.approx(accuracies[0], abs=1e-4)
    strong = from_many(task, copies)
    assert strong["ensemble"] == pytest.approx([table[0, 0]] * 3, abs=0.01)
    assert max(strong["pgd_white_box"]) <= table[0, 0] + 0.01


def test_what_differs_is_counted(population):
    task, _, _ = population
    nets = new_genomes(task, jax.random.split(jax.random.key(0), 2))
    said = [
        np.argmax(logits(jax.tree.map(lambda leaf, n=n: leaf[n], nets), task.data.test.images), 1) for n in range(2)
    ]
    assert difference(task, nets) == pytest.approx(float(np.mean(said[0] != said[1])))


def test_tables_are_read_with_and_without_their_diagonal():
    found = [{"transfer": {"pixels": [[0.0, 0.4], [0.6, 0.2]]}}]
    np.testing.assert_allclose(between(found, "transfer", "pixels"), [0.5])
    np.testing.assert_allclose(on_itself(found, "transfer", "pixels"), [0.1])
    table = square(np.asarray([0.1, -0.2, 0.3]))
    np.testing.assert_allclose(table, [[1, 0.1, -0.2], [0.1, 1, 0.3], [-0.2, 0.3, 1]])


def question(children, nets, mutated, clean=0.97):
    """The open question's claim for made-up tables: accuracies under attack by seed."""

    def found(values):
        return [
            {
                "accuracy": [clean] * 3,
                "transfer": {"pixels": (np.full((3, 3), value) * ~np.eye(3, dtype=bool)).tolist()},
                "from_many": {"ensemble": [0.2], "pgd": [0.1]},
            }
            for value in values
        ]

    made = {
        "incentive, mutation": found(children),
        "independent": found([0.9] * len(nets)),
        "independent, learning rate 0.03": found(nets),
        "independent, mutation": found(mutated),
    }
    flat = {named(name, seed): each for name, seeds in made.items() for seed, each in enumerate(seeds)}
    return open_question(Evidence(Plan((), (), 0, no_subject), {}, {}, flat))


def test_the_open_question_is_answered_by_intervals():
    nets = [0.38, 0.40, 0.41, 0.39, 0.42]
    assert question([0.6, 0.62, 0.66, 0.61, 0.64], nets, nets).verdict == "holds only if"
    assert question([0.2, 0.22, 0.26, 0.21, 0.24], nets, nets).verdict == "does not hold"
    assert question([0.3, 0.5, 0.41, 0.39, 0.44], nets, nets).verdict == "undecided"
    assert question([0.6, 0.7], nets[:2], nets[:2]).verdict == "undecided", "two seeds decide nothing"
    fewer = question([0.6, 0.62, 0.66, 0.61, 0.64], nets, nets, clean=0.9)
    assert fewer.verdict == "undecided"
    assert "enough clean images" in fewer.because


def test_the_page_has_everything(tmp_path):
    study = MixedStudy()
    plan = dataclasses.replace(study.plan("smoke"), experiments=experiments(TINY))
    said = []
    evidence = collect(plan, tmp_path, lambda *_: [], said.append)
    assert len(said) == len(plan.experiments)
    sections = study.sections(evidence)
    page = write_study(study, "smoke", evidence, sections, tmp_path / "report.html").read_text()
    for words in ("Accuracy over generations", "Likeness of members", "untrained children", "mutation", "Cost", "film"):
        assert words in page
    claims = [part for section in sections for part in section.parts if isinstance(part, Claim)]
    assert len(claims) == 8
    assert {claim.verdict for claim in claims} == {"undecided"}, "one seed decides nothing"
    said.clear()
    collect(plan, tmp_path, lambda *_: [], said.append)
    known = every_seed(evidence, HORIZONTAL)[0]
    assert len(known["judged"]) == 2 * len(every_seed(evidence, CONTROLLED)[0]["judged"]), "followed twice as long"


def test_what_is_kept_is_what_the_study_makes():
    marks = {f"{each.name}.json": each.mark for each in experiments(Scale())}
    kept = sorted(EVIDENCE.glob("*.json"))
    assert kept, "the package comes with results"
    for file in kept:
        assert json.loads(file.read_text())["mark"] == marks[file.name]
    quick, full = (MixedStudy().plan(budget) for budget in ("quick", "full"))
    assert quick.kept_evidence == EVIDENCE
    assert full.kept_evidence is None
