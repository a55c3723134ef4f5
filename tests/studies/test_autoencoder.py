import dataclasses

import jax
import numpy as np
import pytest

from ontogeny.report.study import write_study
from ontogeny.runs.config import RunConfig
from ontogeny.studies import studies
from ontogeny.studies.autoencoder import AutoencoderStudy
from ontogeny.studies.autoencoder.claims import claims_section
from ontogeny.studies.autoencoder.experiments import contest, facts, stages
from ontogeny.studies.autoencoder.settings import (
    AS_PUBLISHED,
    BY_LAYER,
    BY_WEIGHT,
    MUTATED,
    POPULATIONS,
    SEVERAL_PARENTS,
    published,
)
from ontogeny.studies.autoencoder.subject import Subject, open_subject
from ontogeny.studies.autoencoder.sweep import Sweep, cell_name, sweep
from ontogeny.studies.evidence import COURSE, Evidence
from ontogeny.studies.plan import Model, Plan
from ontogeny.studies.training import Trained

LAYERS = ["convolution 3", "max-pool", "dense 2", "dense 9", "reshape 1 3 3", "unpool", "transposed 3"]
TASK = {"name": "reconstruction", "data": "digits", "samples": 3, "size": 8, "layers": LAYERS}
TREE_OF_ALL = {"task": {**TASK, "samples": None}, "learner": {"by": "es"}, "until": {"steps": 1}}
CELLS = [cell_name(members, count) for members in POPULATIONS for count in MUTATED]


PICTURES = np.random.default_rng(1).uniform(size=(10, 8, 8))


@pytest.mark.parametrize("budget", AutoencoderStudy.budgets)
def test_every_training_of_every_budget_can_be_run(budget):
    plan = studies()["autoencoder"].plan(budget)
    for model in plan.models:
        RunConfig.parse(model.tree).learner.build()
    names = [experiment.name for experiment in plan.experiments]
    assert len(names) == len(set(names))


def evidence_of(errors=None, variety=None, variants=None, limits=(0.09, 0.07), es=(0.06, 1.0), ga=0.1, seeds=8):
    """Evidence whose numbers are known, with a little spread over seeds; `errors` and `variety` by cell."""
    draw = np.random.default_rng(0)

    def near(value):
        return [value * factor for factor in 1 + 0.01 * draw.normal(size=seeds)]

    def ended(error, spread, apart=1.0):
        return {
            "mean_absolute": near(error),
            "variety": near(spread),
            "told_apart": [apart] * seeds,
            "evaluations": [100, 20_000],
            "loss": [[0.3, error]] * seeds,
            "seconds": 1.0,
            "outputs": PICTURES.tolist(),
        }

    errors, variety = errors or {}, variety or {}
    one = {name: ended(errors.get(name, 0.1), 0) for name in CELLS}
    ten = {name: ended(0.1, variety.get(name, 0.01), ga) for name in CELLS}
    names = (AS_PUBLISHED, SEVERAL_PARENTS, BY_WEIGHT, BY_LAYER)
    tried = {name: ended((variants or {}).get(name, 0.1), 0.5) for name in names}
    experiments = {
        "one": one,
        "ten": ten,
        "variants": tried,
        "limits": {name: ended(error, 0) for name, error in zip(("0 to 1", "0.1 to 0.9"), limits, strict=True)},
        "pictures": {"median": 0.09, "mean": 0.1, "originals": PICTURES.tolist()},
        "all pictures": {"median": 0.1, "mean": 0.12, "learned": 1000, "count": 200, "data": "digits"},
        "stages": {"original": PICTURES[0].tolist(), "generations": [0, 5], "outputs": PICTURES[:2].tolist()},
    }
    shown = {"originals": PICTURES.tolist(), "outputs": PICTURES.tolist(), "maps": PICTURES[:, :4, :4].tolist()}
    figures = {"told_apart": es[1], "variety": 0.5, "spacing": 0.1, "grid_change": 0.2}
    found = {("ten-es", "reconstruct"): [{"mean_absolute": x, **figures, **shown} for x in near(es[0])]}
    for name, error in (("all-es", 0.066), ("all-adam", 0.06)):
        found[name, "reconstruct"] = [{"mean_absolute": x, **figures, **shown} for x in near(error)]
        course = {"evaluations": [10, 100], "seconds": [1.0, 9.0], "loss": [0.1, error]}
        found[name, COURSE] = [course, {}]
    return Evidence(None, {}, found, experiments)


def verdict(words, **options):
    (claim,) = [claim for claim in claims_section(evidence_of(**options)).parts if words in claim.text]
    assert "interval" in claim.because or "range" in claim.because or "seeds" in claim.because
    return claim.verdict


def test_the_page_shows_all_that_was_found(tmp_path):
    evidence, study = evidence_of(), AutoencoderStudy()
    tree = {"task": {**TASK, "samples": 10}, "learner": {"by": "es"}, "until": {"steps": 1}}
    task = RunConfig.parse(tree).task.build()
    model = Model("ten-es", {})
    result = {"generations": 5, "evaluations": 50, "flops": 1e9, "seconds": 2.0, "compile_seconds": 1.0}
    one = Trained(model, 0, Subject(task.init(jax.random.key(0)), task), result)
    plan = Plan(((model, 0),), (), 0, open_subject)
    everything = RunConfig.parse({**tree, "task": {**TASK, "samples": None}}).task.build()
    trained = {"ten-es": [one]} | {
        name: [Trained(Model(name, {}), 0, Subject(everything.init(jax.random.key(0)), everything), result)]
        for name in ("all-es", "all-adam")
    }
    evidence = dataclasses.replace(evidence, plan=plan, trained=trained)
    page = write_study(study, "quick", evidence, study.sections(evidence), tmp_path / "page.html").read_text()
    assert page.count('class="claim"') == 7
    for words in ("Holds only if", *(f"figure {number}" for number in range(1, 5)), "weights changed", AS_PUBLISHED):
        assert words in page, words
    for words in (
        "1,000 pictures of scikit-learn",
        "1.09 [1.08, 1.11]",
        "All pictures: error over seconds",
        "Latents of Adam, all",
    ):
        assert words in page, words
    assert "long trainings: error over" not in page, "nothing of how they went was kept"
    assert "rollouts" not in page
    assert "the genetic algorithm, " not in page, "what was not trained is not shown"


def test_ten_and_ten_are_held_against_the_best_by_other_seeds():
    assert verdict("ten members and ten changed weights", errors={"10-10": 0.05}) == "holds"
    assert verdict("ten members and ten changed weights", errors={"50-1": 0.05}) == "does not hold"
    assert verdict("ten members and ten changed weights") == "undecided", "all are alike"
    assert verdict("ten members and ten changed weights", errors={"50-1": 0.05}, seeds=4) == "undecided"


def test_claims_about_populations_and_mutations_follow_from_their_intervals():
    assert verdict("small populations", errors={"2-10": 0.2}) == "holds"
    assert verdict("small populations", errors={"2-10": 0.05}) == "does not hold"
    assert verdict("collapse") == "holds"
    assert verdict("collapse", variety={"20-10": 0.5}) == "does not hold"
    assert verdict("collapse", variety={"20-10": 0.1}) == "undecided"
    assert verdict("tell the pictures apart", variety={"100-1": 0.5}) == "holds"
    assert verdict("tell the pictures apart", variety={"100-1": 0.001}) == "does not hold"
    assert verdict("tell the pictures apart") == "undecided"
    assert verdict("tell the pictures apart", variety={"100-1": 0.5}, seeds=2) == "undecided"


def test_ten_pictures_are_out_of_reach_of_the_published_algorithm_only():
    assert verdict("out of reach") == "holds only if"
    assert verdict("out of reach", es=(0.06, 0.9)) == "undecided", "not all are told apart"
    assert verdict("out of reach", ga=1.0) == "does not hold", "the published algorithm tells them apart, too"
    assert verdict("out of reach", es=(0.085, 1.0)) == "undecided"
    evidence = evidence_of()
    evidence.found.clear()
    (claim,) = [claim for claim in claims_section(evidence).parts if "out of reach" in claim.text]
    assert (claim.verdict, claim.because) == ("undecided", "nothing to compare.")


def test_crossover_is_needed_where_any_kind_of_it_helps():
    assert verdict("Crossover is not needed") == "holds"
    assert verdict("Crossover is not needed", variants={BY_LAYER: 0.08}) == "does not hold"
    assert verdict("Crossover is not needed", variants={BY_LAYER: 0.095}) == "undecided"


def test_limits_are_compared_in_units_of_their_range():
    assert verdict("normalised", limits=(0.1, 0.06)) == "holds"
    assert verdict("normalised", limits=(0.1, 0.1)) == "does not hold", "0.1 of 1 is less than 0.1 of 0.8"
    assert verdict("normalised", limits=(0.1, 0.08)) == "undecided"


def test_a_sweep_knows_its_settings():
    sweep = Sweep(evidence_of(errors={"5-2": 0.01}).experiments["one"])
    assert sweep.best(3) == (5, 2)
    assert (sweep.seeds, sweep.evaluations) == (8, 20_000)
    assert cell_name(5, 2) in sweep.found
    assert published(5, 2)["popsize"] == 5
    assert RunConfig.parse({"task": TASK, "learner": published(100, 2), "until": {"steps": 1}}).learner.build()


def test_a_sweep_does_what_its_settings_do_alone():
    swept = sweep(TASK, (4,), (1, 30), 200, 2)
    assert list(swept) == ["4-1", "4-30"]
    assert swept["4-1"]["loss"] != swept["4-30"]["loss"]
    tasks = {"": TASK, "single": {**TASK, "samples": 1}}
    found = contest(tasks, {"many": published(4, 30), "single": published(4, 1)}, 200, 2)
    many = found["many"]
    np.testing.assert_allclose(swept["4-30"]["loss"], many["loss"], rtol=1e-4)
    assert many["evaluations"][-1] == 200
    assert len(many["mean_absolute"]) == len(many["told_apart"]) == len(many["loss"]) == 2
    assert np.shape(many["outputs"]) == (3, 8, 8)
    np.testing.assert_allclose(many["mean_absolute"], np.asarray(many["loss"])[:, -1], atol=1e-5)
    assert all(0 <= each <= 2 for each in many["variety"])
    assert not {"variety", "told_apart"} & found["single"].keys(), "one picture differs from nothing"


def test_stages_begin_before_the_first_generation():
    found = stages({"task": {**TASK, "samples": 1}, "learner": published(4, 2)}, 5, 4)
    assert found["generations"] == [0, 5, 10, 15]
    outputs, original = np.asarray(found["outputs"]), np.asarray(found["original"])
    errors = np.abs(outputs - original).mean((1, 2))
    assert (np.diff(errors) <= 1e-3).all(), "the best is carried over"
    assert errors[-1] < errors[0]


def test_answering_the_same_picture_costs_what_the_pictures_differ_by():
    found = facts(TASK)
    pictures = np.asarray(found["originals"])
    assert found["count"] == 3
    assert found["mean"] == pytest.approx(np.abs(pictures - pictures.mean(0)).mean(), abs=2e-3)
    assert found["median"] < found["mean"]
    whole = facts({**TASK, "samples": None})
    assert whole["learned"] > whole["count"] == len(RunConfig.parse(TREE_OF_ALL).task.build().data.test)
    assert whole["median"] < whole["mean"]
