import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.core import Task
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.strategies import GA, Mutation, OpenES


@eqx.filter_jit
def steps(learner, task, count, seed=0):
    """The state after some generations, and the metrics of each."""
    state = learner.init(task, jax.random.key(seed))
    return jax.lax.scan(lambda state, _: learner.step(task, state), state, length=count)


def test_mean_of_the_members_follows_the_loss_down(quadratic):
    task = quadratic(condition=100.0)
    strategy = OpenES(32, 0.05, optax.adam(optax.cosine_decay_schedule(0.1, 300)))
    state, metrics = steps(Evolution(strategy), task, 300)
    start = task.loss(task.start, 0)[0]
    assert task.loss(strategy.genome(state.strategy), 0)[0] < 1e-3 * start
    assert (metrics["best_loss"] < metrics["population_loss"]).all()
    assert metrics["population_loss"][-1] < 0.05 * metrics["population_loss"][0]
    assert (metrics["failed"] == 0).all()


def test_best_loss_of_elitists_never_rises_and_is_that_of_the_kept_genome(quadratic):
    task, learner = quadratic(), Evolution(GA(16, mutation=Mutation(scale=0.1)))
    state, metrics = steps(learner, task, 60)
    best = np.asarray(metrics["best_loss"])
    assert (np.diff(best) <= 1e-6 * best[:-1]).all()
    assert best[-1] < 0.1 * best[0]
    assert task.loss(learner.genome(state), 0)[0] == pytest.approx(best[-1], rel=1e-5)


@pytest.mark.parametrize(("devices", "chunk"), [(2, 3)])
def test_layout_changes_nothing_but_rounding(quadratic, devices, chunk):
    if devices > jax.local_device_count():
        pytest.skip("this machine has one core")
    # A smooth update: with ranks a difference in the last bit could swap two members.
    task, strategy = quadratic(condition=10.0), OpenES(16, 0.1, optax.sgd(0.01))
    state, _ = steps(Evolution(strategy, devices=devices, chunk=chunk), task, 10)
    plain, _ = steps(Evolution(strategy, devices=1, chunk=4), task, 10)
    np.testing.assert_allclose(state.strategy.mean, plain.strategy.mean, rtol=1e-4, atol=1e-5)


class Halves(Task):
    """NaN for every other member, by a coin that the weights toss; infinite for all if so told."""

    all_fail: jax.Array

    def init(self, key):
        return jnp.zeros(2)

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        failed = jnp.where(genome[0] > 0, jnp.nan, 5.0 + genome[1])
        return jnp.where(self.all_fail, jnp.inf, failed), None


def test_members_that_fail_are_counted_and_left_out_of_the_mean():
    learner = Evolution(OpenES(16, 0.1, optax.sgd(0.0)))
    _, metrics = steps(learner, Halves(jnp.asarray(False)), 5)
    # Of each pair, one fails.
    np.testing.assert_array_equal(metrics["failed"], np.full(5, 8))
    np.testing.assert_allclose(metrics["population_loss"], 5, atol=0.2)
    assert (metrics["best_loss"] < 5).all()
    # Where all fail there is no mean.
    _, metrics = steps(learner, Halves(jnp.asarray(True)), 5)
    np.testing.assert_array_equal(metrics["failed"], np.full(5, 16))
    assert not np.isfinite(metrics["population_loss"]).any()


class Luck(Task):
    """The loss is the luck of the draw, whatever the genome."""

    def init(self, key):
        return jnp.zeros(2)

    def draw(self, key, world):
        return jax.random.normal(key)

    def loss(self, genome, batch):
        return batch + 0 * genome[0], None


def test_members_share_one_batch_unless_told_otherwise():
    strategy = OpenES(8, 0.1, optax.sgd(0.0))
    _, common = steps(Evolution(strategy), Luck(), 5)
    np.testing.assert_allclose(common["best_loss"], common["population_loss"], rtol=1e-5)
    assert len(np.unique(common["best_loss"])) == 5, "each generation has a new one"
    _, own = steps(Evolution(strategy, common_random_numbers=False), Luck(), 5)
    assert (own["best_loss"] < own["population_loss"] - 0.2).all()


class Objectives(Task):
    """A quadratic for each weight, some of them infinite: a member fails with one of them."""

    fail: bool

    def init(self, key):
        return jnp.asarray([1.0, -2.0, 3.0])

    def draw(self, key, world):
        return None

    def loss(self, genome, batch):
        return genome**2 / (0.0 if self.fail else 1.0), None


@pytest.mark.parametrize("strategy", [OpenES(16, 0.1, optax.sgd(0.1)), GA(16, mutation=Mutation(scale=0.1))])
def test_a_vector_of_objectives_is_ranked_by_its_mean(strategy):
    class Mean(Objectives):
        def loss(self, genome, batch):
            return jnp.mean(genome**2), None

    (state, metrics), (wanted, of_mean) = (steps(Evolution(strategy), task(False), 20) for task in (Objectives, Mean))
    for name in metrics:
        np.testing.assert_allclose(metrics[name], of_mean[name], rtol=1e-4)
    np.testing.assert_allclose(strategy.genome(state.strategy), strategy.genome(wanted.strategy), rtol=1e-4)
    assert metrics["best_loss"][-1] < 0.5 * metrics["best_loss"][0]


def test_a_member_fails_with_any_of_its_objectives():
    _, metrics = steps(Evolution(OpenES(4, 0.1, optax.sgd(0.0))), Objectives(True), 1)
    assert metrics["failed"][0] == 4


class Trace(Task):
    """Keeps the genome that the world was settled with, and the batch it was evaluated on."""

    def init(self, key):
        return jnp.zeros(3)

    def begin(self, key):
        return {"genome": jnp.zeros(3), "place": jnp.zeros(3), "settled": jnp.int32(0)}

    def draw(self, key, world):
        return jax.random.normal(key, (3,))

    def loss(self, genome, batch):
        return jnp.sum((genome - batch) ** 2), (genome, batch)

    def settle(self, world, batch, aux):
        return {"genome": aux[0], "place": batch, "settled": world["settled"] + 1}


@pytest.mark.parametrize("common", [True, False])
def test_world_is_settled_once_with_the_best_member_on_its_batch(common):
    strategy = OpenES(8, 0.5, optax.sgd(0.0))
    learner, task = Evolution(strategy, common_random_numbers=common), Trace()

    @jax.jit
    def generation(key):
        first = learner.init(task, key)
        state, metrics = learner.step(task, first)
        return state.world, metrics, strategy.ask(first.strategy)

    world, metrics, members = jax.tree.map(np.asarray, generation(jax.random.key(0)))
    assert world["settled"] == 1
    assert np.abs(members - world["genome"]).max(1).min() < 1e-6
    loss = np.sum((world["genome"] - world["place"]) ** 2)
    assert loss == pytest.approx(float(metrics["best_loss"]), rel=1e-5)


def test_cost_counts_an_evaluation_of_the_loss_for_each_member(quadratic):
    task, learner = quadratic(size=40), Evolution(OpenES(popsize=6))
    cost = learner.cost(task, eqx.filter_eval_shape(learner.init, task, jax.random.key(0)))
    assert (cost.evaluations, cost.samples) == (6, 6)
    assert 6 * 2 * 40 * 40 <= cost.flops < 6 * 1.2 * 2 * 40 * 40


def test_more_devices_than_there_are_is_refused(quadratic):
    learner = Evolution(OpenES(popsize=6), devices=1000)
    with pytest.raises(InputError, match=r"devices: 1000.*give 1 to"):
        learner.layout(quadratic(), learner.init(quadratic(), jax.random.key(0)))
