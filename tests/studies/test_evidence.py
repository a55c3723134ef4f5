import dataclasses
import os
import signal
from pathlib import Path

import jax
import numpy as np
import pytest

from ontogeny.runs.folder import RunFolder
from ontogeny.studies.course import as_logged, at_milestones
from ontogeny.studies.evidence import COURSE, collect, let_go
from ontogeny.studies.growing.measurements import open_subject
from ontogeny.studies.kept import keep_training, kept_training
from ontogeny.studies.plan import Experiment, Measurement, Model, Plan

TASK = {"target": "ring", "size": 5, "channels": 4, "hidden": 4, "steps": [3, 5]}
TREE = {"task": TASK, "learner": {"by": "es", "popsize": 4}, "until": {"steps": 2}}


class Weighing:
    """A measurement that counts how often it is made."""

    def __init__(self):
        self.made = 0

    def __call__(self, subject, rollouts):
        self.made += 1
        return {"weight": float(np.abs(subject.net.hidden.weight).sum()), "nothing": None, "rollouts": rollouts}


def plan(take, seeds=(0, 1)):
    model = Model("ring", TREE)
    return Plan(tuple((model, seed) for seed in seeds), (Measurement("weighing", take),), 3, open_subject)


def gathered(what, out):
    titles = []

    def watch(by, title):
        titles.append(title)
        return []

    return collect(what, out, watch, lambda text: None), titles


def test_what_is_done_is_not_done_again(tmp_path):
    take = Weighing()
    first, titles = gathered(plan(take), tmp_path)
    assert take.made == 2
    assert len(titles) == 2
    again, titles = gathered(plan(take), tmp_path)
    assert (take.made, titles) == (2, [])
    np.testing.assert_array_equal(
        again.values("ring", "weighing", "weight"), first.values("ring", "weighing", "weight")
    )
    assert np.isnan(again.values("ring", "weighing", "nothing")).all()
    assert len(set(again.values("ring", "weighing", "weight"))) == 2, "two seeds, two nets"


def test_another_seed_adds_to_what_is_there_and_other_rollouts_measure_anew(tmp_path):
    take = Weighing()
    gathered(plan(take), tmp_path)
    evidence, titles = gathered(plan(take, (0, 1, 2)), tmp_path)
    assert (take.made, len(titles)) == (3, 1)
    assert [one.seed for one in evidence.trained["ring"]] == [0, 1, 2]
    evidence, _ = gathered(dataclasses.replace(plan(take), rollouts=5), tmp_path)
    assert take.made == 5
    assert set(evidence.values("ring", "weighing", "rollouts")) == {5}


def test_a_training_that_was_interrupted_goes_on(tmp_path):
    def watch(by, title):
        # A second Ctrl-C would stop it at once.
        pressed = iter([signal.SIGINT])
        return [lambda progress: [os.kill(os.getpid(), key) for key in pressed]]

    long = Plan(((Model("ring", {**TREE, "until": {"steps": 50_000}}), 0),), (), 1, open_subject)
    with pytest.raises(KeyboardInterrupt):
        collect(long, tmp_path, watch, lambda text: None)
    folder = tmp_path / "runs" / "ring-seed0"
    before = RunFolder.open(folder).result
    assert before["stopped"] == "interrupted"
    with pytest.raises(KeyboardInterrupt):
        collect(long, tmp_path, watch, lambda text: None)
    assert RunFolder.open(folder).result["generations"] > before["generations"]


def follow(subject, rollouts):
    return {"weight": float(np.abs(subject.net.output.weight).sum()), "rollouts": rollouts}


def coursed(**options):
    model = Model("ring", {**TREE, "until": {"steps": 8}}, (2, 4))
    return Plan(((model, 0),), (), 3, open_subject, at_milestones(follow, 3), **options)


def test_the_course_of_a_training_is_that_of_one_that_never_stopped(tmp_path):
    evidence, titles = gathered(coursed(), tmp_path)
    (course,) = evidence.found["ring", COURSE]
    assert len(titles) == 3
    assert course["steps"] == [2, 4, 8]
    assert course["evaluations"] == [8, 16, 32]
    assert course["weight"][0] < course["weight"][1] < course["weight"][2], "it starts from zero"
    whole = coursed()
    whole = dataclasses.replace(whole, trainings=((dataclasses.replace(whole.models[0], milestones=()), 0),))
    unbroken, _ = gathered(whole, tmp_path / "unbroken")
    assert unbroken.found["ring", COURSE][0]["weight"] == course["weight"][2:]
    again, titles = gathered(coursed(), tmp_path)
    assert titles == []
    assert again.found == evidence.found


def test_a_kept_genome_stands_for_its_training(tmp_path):
    first, _ = gathered(coursed(), tmp_path / "first")
    (one,) = first.trained["ring"]
    keep_training(tmp_path / "genomes", one, first.found["ring", COURSE][0])
    second, titles = gathered(coursed(kept=tmp_path / "genomes"), tmp_path / "second")
    assert titles == []
    assert second.found == first.found
    (kept,) = second.trained["ring"]
    np.testing.assert_array_equal(kept.subject.net.output.weight, one.subject.net.output.weight)
    np.testing.assert_array_equal(kept.subject.target, one.subject.target)
    assert kept.result["evaluations"] == one.result["evaluations"]


def test_a_genome_that_was_trained_in_another_way_is_not_taken(tmp_path):
    first, _ = gathered(coursed(), tmp_path / "first")
    keep_training(tmp_path, first.trained["ring"][0], first.found["ring", COURSE][0])
    tree = {**TREE, "learner": {"by": "es", "popsize": 6}, "until": {"steps": 8}}
    assert kept_training(tmp_path, Model("ring", tree), 0, open_subject) is None
    assert kept_training(tmp_path, coursed().models[0], 1, open_subject) is None
    assert kept_training(tmp_path, coursed().models[0], 0, open_subject) is not None


def test_an_experiment_is_made_once(tmp_path):
    made = []
    what = Plan(
        (), (), 1, open_subject, experiments=(Experiment("count", lambda: {"times": made.append(1) or len(made)}),)
    )
    for _ in range(2):
        evidence, _ = gathered(what, tmp_path)
        assert evidence.experiments == {"count": {"times": 1}}


def test_what_a_training_wrote_down_is_its_course_and_is_kept(tmp_path):
    model = Model("ring", {**TREE, "every": 2, "until": {"steps": 8}})
    what = Plan(((model, 0),), (), 3, open_subject, as_logged)
    first, _ = gathered(what, tmp_path / "first")
    (course,) = first.found["ring", COURSE]
    assert course["evaluations"] == [8, 16, 24, 32]
    assert course["seconds"] == sorted(course["seconds"])
    (one,) = first.trained["ring"]
    np.testing.assert_allclose(course["loss"], one.folder.metrics()["loss"])
    keep_training(tmp_path / "genomes", one, course)
    second, titles = gathered(dataclasses.replace(what, kept=tmp_path / "genomes"), tmp_path / "second")
    assert titles == []
    assert second.found["ring", COURSE] == [course]
    keep_training(tmp_path / "genomes", one, {})
    third, _ = gathered(dataclasses.replace(what, kept=tmp_path / "genomes"), tmp_path / "third")
    assert third.found["ring", COURSE] == [{}], "nothing was kept of it"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there are no memory maps to count")
def test_compiled_programs_are_forgotten_when_there_are_many():
    compiled = jax.jit(lambda x: x + 1)
    compiled(1.0)
    assert not let_go(10**9)
    assert compiled._cache_size() == 1
    assert let_go(0)
    assert compiled._cache_size() == 0
