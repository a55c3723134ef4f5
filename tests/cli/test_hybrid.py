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
    ("field", "words"),
    [
        ("learner.genes=layers", "layer"),
        ("learner.selection=parreto", "pareto"),
        ("learner.parents=9", "parents"),
        ("learner.parts=[5]", "parts"),
        ("learner.fraction=0", "fraction"),
        ("task.judged_attack=3", "judged_attack"),
    ],
)
def test_bad_values_are_refused_in_one_line(ontogeny, tmp_path, field, words):
    code, _, err = ontogeny(
        *("train", "mnist-adam", "--by", "hybrid", *SMALL, "--set", "learner.children=4", "--set", field),
        *("--until", "generations=1", "--out", tmp_path / "run"),
    )
    assert code == 2
    assert words in err
    assert err.strip().splitlines()[-1].startswith("error: ")
    assert "Traceback" not in err
