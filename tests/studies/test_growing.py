import dataclasses
import json

import numpy as np
import pytest

from ontogeny.runs.config import RunConfig
from ontogeny.runs.genomes import load_tensors
from ontogeny.runs.growing_models import Kind
from ontogeny.runs.presets import named_tree
from ontogeny.studies import studies
from ontogeny.studies.evidence import COURSE, Evidence
from ontogeny.studies.growing import GrowingStudy
from ontogeny.studies.growing.claims import claims_section
from ontogeny.studies.growing.kept import GENOMES
from ontogeny.studies.growing.lizard import LIZARDS, grow_lizard, lizard_experiments, lizard_file
from ontogeny.studies.growing.matched import later_at, rise_at_matched_loss
from ontogeny.studies.growing.measurements import open_subject
from ontogeny.studies.growing.speed import GOAL, population_sizes, workers
from ontogeny.studies.kept import keep_training, kept_file, kept_training
from ontogeny.studies.plan import Model
from ontogeny.studies.training import settings, train_model

KINDS = [Kind("carrot", 9, way, pool) for way in ("es", "adam") for pool in (False, True)]
KINDS += [Kind("carrot", 9, way) for way in ("es-wide", "adam-noise", "muon")]


@pytest.mark.parametrize("budget", GrowingStudy.budgets)
def test_every_model_of_every_budget_can_be_run(budget):
    plan = studies()["growing"].plan(budget)
    names = [model.name for model in plan.models]
    assert len(set(names)) == len(names)
    for model in plan.models:
        config = RunConfig.parse(model.tree)
        config.learner.build()
        assert not config.task.bias, "equal terms"
        assert list(model.milestones) == sorted({step for step in model.milestones if step > 0})
        assert max(model.milestones, default=0) < config.until.steps
    assert all(len(model.milestones) == (0 if budget == "smoke" else 6) for model in plan.models)
    files = [file for file in GENOMES.glob("*.safetensors") if not file.name.startswith("lizard")]
    known = len({file.name.rpartition("-")[0] for file in files})
    assert len(plan.models) == {"smoke": 7, "quick": known, "full": 28}[budget]
    assert len(plan.trainings) == {"smoke": 7, "quick": len(files), "full": 28 * 5}[budget]
    if budget != "quick":
        assert plan.seeds == {"smoke": (1, 1), "full": (5, 5)}[budget]


def test_the_quick_budget_trains_nothing_that_comes_with_the_package():
    plan = GrowingStudy().plan("quick")
    for model, seed in plan.trainings:
        assert kept_file(GENOMES, model, seed).exists()
        assert kept_training(GENOMES, model, seed, plan.opening) is not None, "it was trained as the study trains it"


def evidence_of(es_end, adam_end, clamp=1.0, seeds=5, later=None, cores=2, pool=0.3, plain="", areas=None):
    """Evidence whose losses are known, with a little spread over seeds; `later` and `areas` by way."""
    draw = np.random.default_rng(0)

    def near(value):
        return [value * factor for factor in 1 + 0.01 * draw.normal(size=seeds)]

    def at(value):
        return {"median": value}

    found = {}
    for kind in KINDS:
        end = {"es": es_end, "adam": adam_end}[kind.by] * (pool if kind.pool else 1)
        found[kind.name, "growth"] = [{"steps": 2000, "loss": {"35": at(0.001), "2000": at(x)}} for x in near(end)]
        found[kind.name, "erase-bottom"] = [{"loss": {"end": at(x)}} for x in near(end)]
        for name in ("free-signs-growing", "canvas"):
            found[kind.name, name] = [{"area": x} for x in near((areas or {}).get(kind.way, end))]
        found[kind.name, "signs-growing"] = [{"area": 1.0} for _ in range(seeds)]
        found[kind.name, "clamp-growing"] = [{"area": clamp} for _ in range(seeds)]
        ends = near((later or {}).get(kind.way, 1.5 * end if kind.way == "adam-noise" else end))
        found[kind.name, COURSE] = [{"trained": [0.1, 0.001], "later": [1.0, x], "evaluations": [1, 2]} for x in ends]
    lizard = {
        "updates": [30, 34], "rollouts": 16, "fire_rate": 1.0, "empty": 0.1,
        "evaluations": 5_000_000, "seconds": 3000.0,
        "loss": {"median": 0.01, "q10": 0.009, "q90": 0.012}, "healing": 60, "healed": at(0.1), "untouched": at(0.01),
    }  # fmt: skip
    experiments = {
        "workers": {"cores": cores, "plain": plain, "one": [2.0, 2.1, 2.2], "all": [1.0, 1.1, 1.2]},
        "lizard-40-es": lizard,
    }
    return Evidence(None, {}, found, experiments)


def claims(*arguments, **options):
    return claims_section(KINDS, evidence_of(*arguments, **options)).parts


def verdict(words, *arguments, **options):
    (claim,) = [claim for claim in claims(*arguments, **options) if words in claim.text]
    return claim.verdict


@pytest.mark.parametrize(
    ("words", "better", "worse", "alike"),
    [
        ("learns to stop growing", "holds", "does not hold", "undecided"),
        ("Adam trained with a pool has the lower loss", "does not hold", "holds", "undecided"),
        ("bears the sign attack", "holds", "does not hold", "undecided"),
        ("On a larger canvas", "holds", "does not hold", "does not hold"),
        ("pools do not matter", "does not hold", "does not hold", "does not hold"),
        ("as well with a pool as without", "does not hold", "does not hold", "does not hold"),
    ],
)
def test_verdicts_follow_from_the_intervals(words, better, worse, alike):
    assert verdict(words, 0.01, 0.1) == better
    assert verdict(words, 0.1, 0.01) == worse
    assert verdict(words, 0.1, 0.1) == alike
    assert verdict(words, 0.01, 0.1, seeds=2) == "undecided", "two seeds prove nothing"


@pytest.mark.parametrize(("pool", "wanted"), [(1.0, "holds"), (1.7, "holds"), (5.0, "does not hold")])
def test_pools_matter_where_they_surely_change_something(pool, wanted):
    assert verdict("pools do not matter", 0.1, 0.1, pool=pool) == wanted


def test_evolution_stops_only_if_its_noise_is_large():
    apart = {"es-wide": 0.002, "es": 0.5, "adam": 0.1, "adam-noise": 0.2}
    assert verdict("learns to stop growing", 0.1, 0.1, later=apart) == "holds only if"
    assert verdict("learns to stop growing", 0.1, 0.1, later={**apart, "es": 0.01}) == "holds"
    noisy = {**apart, "es": 0.01, "adam-noise": 0.002}
    assert verdict("learns to stop growing", 0.1, 0.1, later=noisy) == "holds only if", "it is the noise"
    exact = {**apart, "es": 0.01, "muon": 0.002}
    assert verdict("learns to stop growing", 0.1, 0.1, later=exact) == "holds only if", "it is the steps"


def test_evolution_is_judged_only_beside_its_controls():
    evidence = evidence_of(0.1, 0.1, later={"es-wide": 0.002, "es": 0.01, "adam": 0.1, "adam-noise": 0.2, "muon": 0.2})

    def stops():
        return claims_section(KINDS, evidence).parts[1]

    assert stops().verdict == "holds"
    del evidence.found["carrot-9-muon", COURSE][2:]
    assert stops().verdict == "undecided", "with two seeds of a control nothing says whose doing it is"
    for name, what in list(evidence.found):
        if name in ("carrot-9-muon", "carrot-9-es-wide"):
            del evidence.found[name, what]
    parts = claims_section([kind for kind in KINDS if evidence.has(kind.name)], evidence).parts
    assert parts[1].verdict == "undecided"
    assert "nothing to compare" in parts[1].because
    (larger,) = [part for part in parts if "larger canvas" in part.text]
    assert (larger.verdict, larger.because) == ("undecided", "nothing to compare.")


@pytest.mark.parametrize("control", ["adam-noise", "muon"])
def test_a_canvas_that_a_control_bears_as_well_is_not_evolutions_doing(control):
    areas = {"adam-noise": 0.5, "muon": 0.5}
    assert verdict("On a larger canvas", 0.01, 0.1, areas=areas) == "holds"
    assert verdict("On a larger canvas", 0.01, 0.1, areas={**areas, control: 0.01}) == "holds only if"


def test_pictures_that_disagree_decide_nothing():
    evidence, against = evidence_of(0.01, 0.1), evidence_of(0.1, 0.01)
    rabbits = {(name.replace("carrot", "rabbit"), what): found for (name, what), found in against.found.items()}
    evidence.found.update(rabbits)
    parts = claims_section([*KINDS, *(dataclasses.replace(kind, target="rabbit") for kind in KINDS)], evidence).parts
    assert {part.verdict for part in parts if "sign attack" in part.text} == {"undecided"}


def test_what_was_trained_too_seldom_is_shown_and_not_judged():
    evidence = evidence_of(0.01, 0.1)
    for (name, what), found in list(evidence.found.items()):
        evidence.found[name.replace("carrot", "rabbit"), what] = [found[0]]
    parts = claims_section([*KINDS, *(dataclasses.replace(kind, target="rabbit") for kind in KINDS)], evidence).parts
    (claim,) = [part for part in parts if "bears the sign attack" in part.text]
    assert claim.verdict == "holds"
    assert "rabbit-9: " in claim.because
    assert "range of 1 seed" in claim.because
    assert "Judged on carrot-9 alone" in claim.because


def test_the_clamp_the_workers_and_the_lizard_are_judged_too():
    assert verdict("is adversarial noise", 0.1, 0.1) == "does not hold"
    assert verdict("is adversarial noise", 0.1, 0.1, clamp=0.5) == "undecided"
    assert verdict("Parallel workers", 0.1, 0.1) == "does not hold"
    assert verdict("Parallel workers", 0.1, 0.1, cores=1) == "undecided"
    assert verdict("Parallel workers", 0.1, 0.1, plain="no compiler") == "undecided"
    assert verdict("40×40", 0.1, 0.1) == "does not hold"


def test_every_verdict_on_models_prints_its_interval():
    for claim in claims(0.01, 0.1)[1:7]:
        assert "carrot-9: " in claim.because
        assert "95 % interval" in claim.because


def test_the_later_loss_is_read_where_training_first_reaches_the_level():
    trained, later = np.asarray([1e-1, 1e-2, 1e-4, 1e-3]), np.asarray([10.0, 1.0, 1e-2, 5.0])
    assert later_at(1e-3, trained, later) == pytest.approx(1e-1), "half-way from 1e-2 to 1e-4, by logarithms"
    assert later_at(1e-2, trained, later) == pytest.approx(1.0)
    assert later_at(0.5, trained, later) == 10.0, "below the level from the start"
    assert later_at(1e-5, trained, later) == np.inf, "never that low"
    assert later_at(1e-3, trained, np.asarray([np.inf, np.inf, 1e-2, 5.0])) == 1e-2


def test_models_are_matched_at_a_loss_that_all_reach():
    evidence = evidence_of(0.01, 0.1)
    for course in evidence.found["carrot-9-es", COURSE][1:]:
        course["trained"] = [0.1, 0.002]
    evidence.found["carrot-9-es", COURSE][0]["trained"] = [0.1, 0.01]
    level, rises = rise_at_matched_loss(evidence, ["carrot-9-es", "carrot-9-adam"])
    assert level == 0.01, "that of the worst seed"
    np.testing.assert_allclose(rises["carrot-9-es"][0], 1, rtol=0.1)
    np.testing.assert_allclose(rises["carrot-9-adam"], np.sqrt(0.1) / 0.01, rtol=0.1)


def test_speed_is_measured_for_each_population_and_for_grow():
    found = population_sizes("ring", 5, (4, 8), 400)
    assert [row["popsize"] for row in found["published"]] == [4, 8]
    for row in [*found["published"], found["grow"]]:
        assert row["generations"] > 0
        assert row["mutants"] == row["generations"] * row["popsize"]
    assert found["grow"]["stopped"] in ("population_loss", "steps", "evaluations")
    assert (found["grow"]["loss"] <= GOAL) == (found["grow"]["stopped"] == "population_loss")


def test_work_on_one_core_and_on_all_is_timed():
    found = workers("ring", 5, 16)
    assert len(found["one"]) == len(found["all"]) > 2
    assert min(found["one"] + found["all"]) > 0


def test_the_lizard_is_judged_by_the_lengths_of_its_training(tmp_path):
    tree = {"task": {"target": "ring", "size": 9, "fire_rate": 1.0, "steps": [6, 8]}, "learner": {"by": "adam"}}
    model = Model("ring", {**tree, "until": {"steps": 60}})
    one = train_model(model, 0, tmp_path, open_subject, lambda *_: [], "")
    found = grow_lizard(keep_training(tmp_path, one, {}))
    assert (found["updates"], found["fire_rate"]) == ([6, 8], 1.0)
    assert found["loss"]["q10"] <= found["loss"]["median"] <= found["loss"]["q90"]
    assert found["untouched"]["median"] != found["healed"]["median"]
    assert found["evaluations"] == one.result["evaluations"]


@pytest.mark.parametrize("preset", LIZARDS)
def test_the_lizards_of_the_package_are_kept_with_their_presets(preset):
    about = load_tensors(lizard_file(preset))[1]
    wanted = settings(RunConfig.parse(named_tree(preset)))
    kept = RunConfig.parse({**json.loads(about["config"]), "until": {"steps": 1}})
    assert settings(kept) == wanted
    assert preset in [experiment.name for experiment in lizard_experiments()]
