import json

import jax
import numpy as np
import pytest

from ontogeny.runs.folder import RunFolder

SMALL = (
    "--set", "task.data=digits", "--set", "task.hidden=[12]", "--set", "learner.gradient_steps=10",
    "--set", "learner.popsize=4",
)  # fmt: skip


@pytest.mark.parametrize(
    ("by", "fields"),
    [
        ("hybrid", ("learner.children=4", "learner.genes=neuron", "learner.selection=lexicase", "learner.align=true")),
        ("pbt", ("learner.spread=2",)),
        ("esgd", ("learner.children=3",)),
    ],
)
def test_populations_are_trained_kept_and_reported(ontogeny, tmp_path, by, fields):
    run = tmp_path / by
    more = [part for field in fields for part in ("--set", field)]
    code, out, err = ontogeny(
        *("train", "mnist-adam", "--by", by, *SMALL, *more, "--set", "every=1", "--until", "generations=3"),
        *("--out", run, "--json"),
    )
    assert code == 0, err
    result = json.loads(out)
    assert result["by"] == by
    assert result["generations"] == 3
    assert 0 < result["test_accuracy"] <= 1
    folder = RunFolder.open(run)
    like = folder.genome(folder.config.task.build().init(jax.random.key(0)))
    population = folder.population(like)
    assert population.layers[0].weight.shape == (4, 12, 64)
    np.testing.assert_array_equal(population.layers[0].weight[0], like.layers[0].weight)
    assert "best_case" in folder.metrics()
    assert "report.html" in {path.name for path in run.iterdir()}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("learner.genes=layers", "layer"),
        ("learner.selection=parreto", "pareto"),
        ("learner.parents=9", "parents"),
        ("learner.parts=[5]", "learner.parts"),
        ("learner.parts=[1,1,1]", "learner.parts"),
        ("learner.gradient_steps=0", "learner.gradient_steps"),
        ("learner.mutated=0 learner.scale=0.1", "learner.mutated"),
        ("learner.mutated=100", "learner.mutated"),
        ("learner.schedule=cosine", "learner.schedule"),
        ("learner.decay_thresholds=[0.1] learner.decay_factors=[0.5]", "learner.decay_thresholds"),
        ("learner.inherit=true learner.optimizer=muon", "learner.optimizer"),
        ("learner.inherit=true learner.align=true", "learner.align"),
        ("learner.selection=sharing task.judged=cross-entropy", "task.judged"),
        ("learner.children=1 learner.elitism=3 task.judged_attack=0.1", "task.judged_attack"),
        ("task.criterion=mistakes", "task.criterion"),
        ("task.components=5 task.adversarial=0.1", "task.adversarial"),
        ("task.components=5 task.judged_attack=0.1", "task.judged_attack"),
        ("seed=4294967296", "seed"),
        ("learner.fraction=0", "fraction"),
        ("task.judged_attack=3", "judged_attack"),
    ],
)
def test_bad_values_are_refused_in_one_line(ontogeny, tmp_path, fields, words):
    more = [part for field in fields.split() for part in ("--set", field)]
    code, _, err = ontogeny(
        *("train", "mnist-adam", "--by", "hybrid", *SMALL, "--set", "learner.children=4", *more),
        *("--until", "generations=1", "--out", tmp_path / "run"),
    )
    assert code == 2
    assert not (tmp_path / "run").exists(), "a corrected command can use it"
    assert words in err
    assert err.strip().splitlines()[-1].startswith("error: ")
    assert "Traceback" not in err


def test_neurons_of_other_nets_are_not_aligned_and_no_folder_is_left(ontogeny, tmp_path):
    code, _, err = ontogeny(
        *("train", "carrot-9-es-controlled", "--by", "hybrid", "--set", "learner.align=true"),
        *("--until", "generations=1", "--out", tmp_path / "run"),
    )
    assert code == 2
    assert "learner.align" in err
    assert not (tmp_path / "run").exists()
