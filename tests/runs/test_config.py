import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.runs.config import RunConfig, override, read_value
from ontogeny.runs.growing import growing_learner, growing_limits, growing_popsize, growing_tree
from ontogeny.runs.presets import named_tree, preset_texts
from ontogeny.strategies import Fixed, GroupElite, Lexicase, Novelty, SelfAdaptive, Sensitivity, layer_crossover

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


@pytest.mark.parametrize("by", ["es", "adam", "ga", "seed-ga"])
@pytest.mark.parametrize("pool", [0, 64])
def test_what_grow_runs_can_be_built(by, pool):
    limits = growing_limits(by, 9, {})
    tree = growing_tree("heart", 9, by, 2, pool)
    config = RunConfig.parse({**tree, "learner": growing_learner(by, limits, tree["task"]), "until": limits})
    task = config.task.build()
    assert task.target.shape == (13, 13, 4)
    assert (task.pool is not None) == bool(pool)
    config.learner.build()


@pytest.mark.parametrize(
    ("asked", "size", "limits", "steps"),
    [
        ({}, 9, {"steps": 216}, 216),
        ({}, 15, {"steps": 600}, 600),
        ({}, 40, {"steps": 1000}, 1000),
        ({"seconds": 60.0}, 15, {"steps": 600, "seconds": 60.0}, 600),
        ({"steps": 50}, 15, {"steps": 50}, 50),
        ({"evaluations": 40960}, 15, {"evaluations": 40960}, 20),
    ],
)
def test_evolution_has_a_last_generation_that_its_learning_rate_comes_down_to(asked, size, limits, steps):
    assert growing_limits("es", size, asked) == limits
    assert growing_learner("es", limits, {})["schedule_steps"] == steps


def test_a_limit_of_evaluations_counts_members_and_episodes():
    def steps(task, popsize=None):
        return growing_learner("es", {"evaluations": 40960}, task, popsize)["schedule_steps"]

    assert steps({}) == 20
    assert steps({"batch": 2}) == 10
    assert steps({}, 64) == 640
    assert steps({"batch": 4}, 64) == 160


@pytest.mark.parametrize(
    ("task", "popsize"),
    [
        ({}, 2048),
        ({"bias": True}, 2048),
        ({"hidden": 64}, 4096),
        ({"channels": 8, "hidden": 8}, 256),
        ({"hidden": 40}, 4096),
        ({"hidden": "many"}, 2048),
        ({"channels": 0}, 2),
        ({"channels": -3}, 2048),
    ],
)
def test_a_generation_measures_all_but_a_tenth_of_the_gradient(task, popsize):
    assert growing_popsize(task) == popsize
    assert growing_learner("es", {"steps": 5}, task)["popsize"] == popsize
    assert growing_learner("es", {"steps": 5}, task, 12)["popsize"] == 12


def test_large_pictures_take_larger_differences():
    sigmas = [growing_learner("es", {"steps": 5}, {"size": size})["sigma"] for size in (9, 20, 21, 40)]
    assert sigmas == [0.0005, 0.0005, 0.004, 0.004]


def test_limits_of_the_others_are_what_is_asked_for():
    assert growing_limits("adam", 15, {"seconds": 60.0}) == {"seconds": 60.0}
    assert growing_limits("adam", 15, {}) == {"steps": 2000}
    assert growing_limits("ga", 15, {}) == {"seconds": 120}


def test_episodes_are_long_enough_to_reach_the_edge():
    assert "steps" not in growing_tree("heart", 20, "es", 0, 0)["task"]
    assert growing_tree("heart", 40, "es", 0, 0)["task"]["steps"] == [60, 69]


def curriculum(until=None, **fields):
    return RunConfig.parse({"task": {"target": "heart", **fields}, "learner": {}, "until": until or {"steps": 10}})


def test_a_curriculum_puts_smaller_pictures_around_the_same_seed():
    task = curriculum(size=9, padding=1, curriculum=[4, 7], span=20, shorter=5).task.build()
    assert (task.targets.shape, task.span, task.shorter) == ((2, 11, 11, 4), 20, 5)
    for target, size in zip(task.targets, (4, 7), strict=True):
        rows = np.flatnonzero(np.asarray(target[..., 3]).any(axis=1))
        assert 5 - size // 2 <= rows.min() <= 5 <= rows.max() < 5 - size // 2 + size
    assert type(curriculum().task.build()).__name__ == "Growing"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        (r"task\.span", {"curriculum": [4]}),
        (r"task\.span", {"shorter": 4}),
        (r"task\.span", {"span": 4}),
        (r"until\.population_loss", {"span": 4, "shorter": 4, "until": {"population_loss": 0.1}}),
    ],
)
def test_half_a_curriculum_is_refused(field, fields):
    with pytest.raises(InputError, match=field):
        curriculum(**fields)


def test_pictures_of_a_curriculum_fit_into_the_goals():
    with pytest.raises(InputError, match=r"task\.curriculum.*4 to 9"):
        curriculum(curriculum=[12], span=4).task.build()


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
    assert RunConfig.parse(classification(components=48)).task.label == "mnist-48-128"


def test_classification_is_built_as_configured():
    fields = {"data": "digits", "hidden": [9], "batch": 32, "criterion": "mistakes", "replacement": True}
    task = RunConfig.parse(classification(**fields)).task.build()
    assert (task.hidden, task.batch, task.criterion, task.replacement) == ((9,), 32, "mistakes", True)
    assert task.data.train.images.shape == (1284, 8, 8)
    task = RunConfig.parse(classification(data="digits", components=12, batch=32)).task.build()
    assert task.data.train.images.shape == (1284, 12)
    assert task.init(jax.random.key(0)).sizes == (12, 128, 10)


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


def test_losses_of_one_picture_under_two_names_can_be_compared():
    def measured(**task):
        return RunConfig.parse({"task": task, "learner": {"by": "adam"}, "until": {"steps": 1}}).task.measured

    assert measured(target="🥕", batch=1) == measured(target="carrot", batch=8)
    assert measured(target="🥕") != measured(target="rabbit")
    assert measured(target="heart") != measured(target="ring")
    assert measured(target="🥕", fire_rate=1.0) != measured(target="🥕")


def reconstruction(**fields):
    return {**PLAIN, "task": {"name": "reconstruction", "data": "digits", "size": 8, **fields}}


def test_reconstruction_is_built_as_configured():
    layers = ["dense 3 tanh", "dense 64", "reshape 1 8 8"]
    fields = {"samples": 4, "limits": [0.2, 0.8], "layers": layers, "criterion": "mean-square", "diversity": 0.5}
    config = RunConfig.parse(reconstruction(**fields))
    task = config.task.build()
    assert task.data.train.shape == (4, 8, 8)
    assert float(task.data.train.min()) == pytest.approx(0.2)
    assert (task.layers, task.criterion, task.diversity, task.samples) == (tuple(layers), "mean-square", 0.5, 4)
    assert config.task.label == "digits-4"
    assert RunConfig.parse(reconstruction(batch=32, layers=layers)).task.build().data.test.shape == (256, 8, 8)


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"task": {"batch": 4}, "learner": {"by": "es", "common_random_numbers": False}}, r"task.batch: 4.*common"),
        ({"task": {"diversity": 0.1}, "until": {"population_loss": 0.1}}, r"until.population_loss.*give loss"),
    ],
)
def test_what_reconstruction_cannot_have_is_refused(tree, words):
    plain = reconstruction(**tree.pop("task"))
    with pytest.raises(InputError, match=words):
        RunConfig.parse({**plain, **tree})


def test_the_published_layers_are_for_pictures_of_their_size():
    with pytest.raises(InputError, match=r"task.size: 8.*28"):
        RunConfig.parse(reconstruction()).task.build()


def test_a_genetic_algorithm_is_built_as_configured():
    learner = {"by": "ga", "popsize": 8, "mutated": 2, "common": True, "crossover": 0.5, "crossover_by": "layer"}
    strategy = RunConfig.parse({**PLAIN, "learner": learner}).learner.build().strategy
    assert strategy.mutation.common
    assert strategy.mix is layer_crossover
    with pytest.raises(InputError, match=r"learner.groups: 8.*2 to 7"):
        RunConfig.parse({**PLAIN, "learner": {**learner, "rates": "group-elite"}}).learner.build()
    with pytest.raises(InputError, match=r"crossover_by.*layer"):
        RunConfig.parse({**PLAIN, "learner": {**learner, "crossover_by": "layers"}}).learner.build()


@pytest.mark.parametrize(
    ("field", "choice", "options", "wanted"),
    [
        ("selection", "lexicase", {"fraction": 0.5, "tolerance": 0.0}, Lexicase(0.5, 0.0)),
        ("rates", "self-adaptive", {"rate_change": 0.3}, SelfAdaptive(0.3)),
        ("rates", "group-elite", {"groups": 4}, GroupElite(4)),
        ("rates", "fixed", {}, Fixed()),
        ("inheritance", 0.5, {}, 0.5),
        ("safety", None, {"safe": 4}, Sensitivity(4)),
        ("novelty", 0.5, {"neighbours": 3, "archive": 2}, Novelty(0.5, 3, 2, 2)),
    ],
)
def test_pieces_of_a_genetic_algorithm_are_built_as_configured(field, choice, options, wanted):
    learner = {"by": "ga", **({} if choice is None else {field: choice}), **options}
    assert getattr(RunConfig.parse({**PLAIN, "learner": learner}).learner.build().strategy, field) == wanted


@pytest.mark.parametrize(
    ("field", "value", "near"),
    [
        ("selection", "lexicse", "lexicase"),
        ("rates", "group-elit", "group-elite"),
        ("inheritance", 1.0, "below 1"),
        ("novelty", 2.0, "0 to 1"),
    ],
)
def test_what_a_genetic_algorithm_has_not_is_refused_by_name(field, value, near):
    with pytest.raises(InputError, match=rf"learner\.{field}.*{near}"):
        RunConfig.parse({**PLAIN, "learner": {"by": "ga", field: value}}).learner.build()


def test_seeds_have_room_for_as_many_generations_as_there_may_be():
    learner = {"by": "seed-ga", "popsize": 8, "depth": 50, "mutated": 2}
    strategy = RunConfig.parse({**PLAIN, "learner": learner, "until": {"steps": 50}}).learner.build().strategy
    assert (strategy.depth, strategy.mutation.weights, strategy.popsize) == (50, 2, 8)
    RunConfig.parse({**PLAIN, "learner": learner, "until": {"evaluations": 400, "seconds": 9.0}})
    for until, words in (
        ({"steps": 51}, r"learner.depth: 50.*51 or more"),
        ({"evaluations": 401}, r"learner.depth: 50.*51 or more"),
        ({"seconds": 9.0}, r"until.steps.*how many generations"),
    ):
        with pytest.raises(InputError, match=words):
            RunConfig.parse({**PLAIN, "learner": learner, "until": until})


def test_the_layer_that_does_not_fit_is_named_in_the_configuration():
    with pytest.raises(InputError, match=r"task.layers: '3×1×1'"):
        RunConfig.parse(reconstruction(layers=["dense 3"])).task.build()
