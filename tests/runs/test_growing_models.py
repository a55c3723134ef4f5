import equinox as eqx
import jax
import pytest

from ontogeny.runs.config import RunConfig
from ontogeny.runs.growing_models import Kind, controlled_steps, controlled_tree, published_kinds, published_tree
from ontogeny.runs.presets import named_tree

KINDS = published_kinds()


def test_there_are_sixteen_each_with_a_preset_of_both_names():
    assert len({kind.name for kind in KINDS}) == 16
    for kind in KINDS:
        assert named_tree(f"{kind.name}-published") == published_tree(kind)
        assert named_tree(f"{kind.name}-controlled") == controlled_tree(kind, controlled_steps(kind))


@pytest.mark.parametrize(
    ("kind", "popsize", "thresholds"),
    [
        (Kind("carrot", 9, "es"), 6, [0.03, 0.01]),
        (Kind("carrot", 15, "es"), 6, [0.03, 0.01]),
        (Kind("rabbit", 15, "es"), 40, [0.05, 0.02]),
        (Kind("rabbit", 9, "es", True), 40, [0.03, 0.01]),
        (Kind("carrot", 9, "es", True), 40, [0.05, 0.02]),
    ],
)
def test_published_evolution_is_what_its_logs_say(kind, popsize, thresholds):
    config = RunConfig.parse(published_tree(kind))
    assert (config.learner.popsize, config.learner.decay_thresholds) == (popsize, thresholds)
    assert (config.task.dtype, config.task.bias, config.task.pool) == ("float64", False, 0)
    assert not config.learner.common_random_numbers


def test_published_adam_has_a_bias_and_a_pool_that_works():
    config = RunConfig.parse(published_tree(Kind("rabbit", 15, "adam", True)))
    assert (config.task.bias, config.task.pool, config.task.batch) == (True, 1024, 8)
    assert (config.learner.learning_rate, config.until.steps) == (0.002, 20_000)


@pytest.mark.parametrize("kind", [*KINDS, *(Kind("carrot", 9, way) for way in ("es-wide", "adam-noise", "muon"))])
def test_controlled_models_are_trained_on_equal_terms(kind):
    config = RunConfig.parse(controlled_tree(kind, 50))
    assert (config.task.bias, config.task.dtype, config.until.steps) == (False, "float32", 50)
    assert bool(config.task.pool) == kind.pool
    if kind.pool:
        assert config.task.batch >= 2, "or it would hold nothing but the seed"
    if kind.by == "es":
        assert config.learner.sigma == (0.01 if kind.way == "es-wide" else 0.0005)
    else:
        assert config.learner.weight_noise == (0.01 if kind.way == "adam-noise" else 0)


def test_gradients_in_evolutions_steps_differ_from_evolution_by_the_gradient_alone():
    evolved, descended = (controlled_tree(Kind("rabbit", 15, way), 70) for way in ("es", "muon"))
    assert descended["task"] == evolved["task"]
    assert descended["until"] == evolved["until"]
    ours, theirs = (RunConfig.parse(tree).learner for tree in (descended, evolved))
    for name in ("optimizer", "learning_rate", "schedule", "schedule_steps", "beta1"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert controlled_steps(Kind("rabbit", 15, "muon")) == controlled_steps(Kind("rabbit", 15, "es"))


def test_the_gradient_is_always_cut_to_one_length():
    config = RunConfig.parse(controlled_tree(Kind("carrot", 9, "muon"), 60))
    learner, task = config.learner.build(), config.task.build()
    _, metrics = eqx.filter_jit(learner.step)(task, learner.init(task, jax.random.key(0)))
    assert float(metrics["gradient_norm"]) > learner.clip
