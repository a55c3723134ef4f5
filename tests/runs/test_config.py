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


def classification(**fields):
    return {**PLAIN, "task": {"name": "classification", **fields}}


def test_classification_is_named_by_its_data_and_its_layers():
    assert RunConfig.parse(classification()).task.label == "mnist-128"
    assert RunConfig.parse(classification(data="digits", hidden=[64, 32])).task.label == "digits-64-32"
    assert RunConfig.parse(classification(hidden=[])).task.label == "mnist-linear"


def test_classification_is_built_as_configured():
    fields = {"data": "digits", "hidden": [9], "batch": 32, "criterion": "mistakes", "replacement": True}
    task = RunConfig.parse(classification(**fields)).task.build()
    assert (task.hidden, task.batch, task.criterion, task.replacement) == ((9,), 32, "mistakes", True)
    assert task.data.train.images.shape == (1284, 8, 8)


def test_members_cannot_have_batches_of_their_own_from_one_epoch():
    own = {"learner": {"by": "ga", "common_random_numbers": False}}
    with pytest.raises(InputError, match=r"task\.replacement.*common random numbers"):
        RunConfig.parse({**classification(), **own})
    RunConfig.parse({**classification(replacement=True), **own})


def test_gradients_of_mistakes_are_refused():
    with pytest.raises(InputError, match=r"task\.criterion.*no gradient"):
        RunConfig.parse({**classification(criterion="mistakes"), "learner": {"by": "adam"}})
    RunConfig.parse(classification(criterion="mistakes"))


def test_missing_limits_are_refused():
    with pytest.raises(InputError, match="until"):
        RunConfig.parse({**PLAIN, "until": {}})


def test_errors_of_nested_fields_name_the_whole_path():
    with pytest.raises(InputError, match=r"task\.steps"):
        RunConfig.parse({**PLAIN, "task": {"steps": [1, "x"]}})
    with pytest.raises(InputError, match=r"learner\.decay_factors"):
        RunConfig.parse({**PLAIN, "learner": {"by": "es", "decay_thresholds": [0.1]}}).learner.build()
