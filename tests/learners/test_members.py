import jax
import jax.numpy as jnp
import numpy as np
import optax

from ontogeny.learners import Descent
from ontogeny.learners.members import joined, map_rows, new_genomes, rows, train_member


def test_members_are_mapped_one_by_one_or_several_at_once_alike():
    stacked = {"a": jnp.arange(5.0), "b": jnp.arange(10.0).reshape(5, 2)}

    def function(member):
        return {"sum": member["a"] + member["b"].sum(), "same": "text"}

    for chunk in (1, 2, 5):
        found = map_rows(function, stacked, chunk)
        np.testing.assert_allclose(found["sum"], [1, 6, 11, 16, 21])
        assert found["same"] == "text"


def test_rows_and_joined_are_inverse():
    stacked = {"a": jnp.arange(6.0), "b": "text"}
    again = joined(rows(stacked, slice(2)), rows(stacked, slice(2, None)))
    np.testing.assert_array_equal(again["a"], stacked["a"])
    assert again["b"] == "text"


def test_a_member_is_trained_as_by_descent_alone(quadratic):
    task, learner = quadratic(condition=5.0, noise=0.1), Descent(optax.sgd(0.05, momentum=0.9))
    state = learner.init(task, jax.random.key(1))
    trained, loss = jax.jit(lambda state: train_member(learner, task, state, 20))(state)
    expected, metrics = jax.lax.scan(lambda state, _: learner.step(task, state), state, length=20)
    np.testing.assert_allclose(trained.genome, expected.genome, rtol=1e-5)
    np.testing.assert_allclose(loss, metrics["population_loss"].mean(), rtol=1e-5)


def test_a_rate_scales_the_learning_rate(quadratic):
    task = quadratic(condition=5.0)
    state = Descent(optax.sgd(0.02, momentum=0.9)).init(task, jax.random.key(1))
    fast, slow = (
        train_member(Descent(optax.sgd(rate, momentum=0.9)), task, state, 10, factor)[0].genome
        for rate, factor in ((0.06, None), (0.02, jnp.float32(3)))
    )
    np.testing.assert_allclose(fast, slow, rtol=1e-4)


def test_new_genomes_are_those_of_their_keys(quadratic):
    task = quadratic()
    np.testing.assert_array_equal(
        new_genomes(task, jax.random.split(jax.random.key(0), 3)), jnp.stack([task.start] * 3)
    )
