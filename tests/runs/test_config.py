import pytest

from ontogeny.errors import InputError
from ontogeny.runs.config import RunConfig, override, read_value
from ontogeny.runs.presets import default_limits, growing_tree, named_tree, preset_texts

PLAIN = {"task": {"target": "heart"}, "learner": {"by": "es"}, "until": {"steps": 10}}


def test_a_configuration_survives_its_file():
    import tomllib

    config = RunConfig.parse({**PLAIN, "learner": {"by": "es", "decay_thresholds": [0.1], "decay_factors": [0.5]}})
    assert RunConfig.parse(tomllib.loads(config.to_toml())) == config


@pytest.mark.parametrize("name", preset_texts())
def test_every_preset_can_be_run(name):
    config = RunConfig.parse(named_tree(name))
    config.learner.build()
    config.until.build()


@pytest.mark.parametrize("by", ["es", "adam", "ga"])
@pytest.mark.parametrize("pool", [0, 64])
def test_what_grow_runs_can_be_built(by, pool):
    tree = {**growing_tree("heart", 9, by, 2, pool), "until": default_limits(by)}
    config = RunConfig.parse(tree)
    task = config.task.build()
    assert task.target.shape == (13, 13, 4)
    assert (task.pool is not None) == bool(pool)
    config.learner.build()


def test_overriding_reads_toml_values():
    tree = override({}, ["learner.popsize=16", "task.steps=[3, 4]", "task.target=carrot", "task.bias=true"])
    assert tree == {"learner": {"popsize": 16}, "task": {"steps": [3, 4], "target": "carrot", "bias": True}}
    assert read_value("1e-3") == 0.001
    assert read_value("🥕") == "🥕"


def test_missing_limits_are_refused():
    with pytest.raises(InputError, match="until"):
        RunConfig.parse({**PLAIN, "until": {}})


def test_errors_of_nested_fields_name_the_whole_path():
    with pytest.raises(InputError, match=r"task\.steps"):
        RunConfig.parse({**PLAIN, "task": {"steps": [1, "x"]}})
    with pytest.raises(InputError, match=r"learner\.decay_factors"):
        RunConfig.parse({**PLAIN, "learner": {"by": "es", "decay_thresholds": [0.1]}}).learner.build()
