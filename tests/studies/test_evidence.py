import dataclasses
import os
import signal

import numpy as np
import pytest

from ontogeny.runs.folder import RunFolder
from ontogeny.studies.evidence import collect
from ontogeny.studies.plan import Measurement, Model, Plan

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
    return Plan((Model("ring", TREE),), seeds, (Measurement("weighing", take),), 3)


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

    long = Plan((Model("ring", {**TREE, "until": {"steps": 50_000}}),), (0,), (), 1)
    with pytest.raises(KeyboardInterrupt):
        collect(long, tmp_path, watch, lambda text: None)
    folder = tmp_path / "runs" / "ring-seed0"
    before = RunFolder.open(folder).result
    assert before["stopped"] == "interrupted"
    with pytest.raises(KeyboardInterrupt):
        collect(long, tmp_path, watch, lambda text: None)
    assert RunFolder.open(folder).result["generations"] > before["generations"]
