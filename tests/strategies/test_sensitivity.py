import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Task
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.strategies import GA, Mutation, Sensitivity, Truncation, layer_crossover

STRETCH = jnp.geomspace(1.0, 1e3, 8)


class Stretched(Task):
    """Outputs that move with some weights a thousand times as far as with others."""

    def init(self, key):
        return jnp.zeros(8)

    def draw(self, key, world):
        return None

    def outputs(self, genome, batch):
        return STRETCH * genome

    def loss(self, genome, batch):
        return jnp.mean((self.outputs(genome, batch) - 1) ** 2), None


class Silent(Stretched):
    def outputs(self, genome, batch):
        return Task.outputs(self, genome, batch)

    def loss(self, genome, batch):
        return jnp.sum(genome), None


def lowest(strategy, generations=120):
    learner, task = Evolution(strategy), Stretched()

    @jax.jit
    def run(key):
        state = learner.init(task, key)
        return jax.lax.scan(lambda state, _: learner.step(task, state), state, length=generations)[1]["best_loss"]

    return float(run(jax.random.key(0))[-1])


def test_safe_mutations_solve_what_plain_ones_of_no_scale_do():
    safe = lowest(GA(32, Truncation(0.25), Mutation(scale=0.1), safety=Sensitivity(2)))
    plain = min(lowest(GA(32, Truncation(0.25), Mutation(scale=scale))) for scale in (1e-3, 1e-1))
    assert safe < 0.04
    assert plain > 0.2


def test_sensitivity_is_the_root_mean_square_of_the_derivatives():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 30, 6)).astype(np.float32)
    weights = {"a": jnp.ones(6), "b": jnp.ones(6)}
    found = jax.jit(Sensitivity(400).of, static_argnums=0)(
        lambda w: jnp.asarray(first) @ w["a"] + jnp.asarray(second) @ w["b"], jax.random.key(0), weights
    )
    np.testing.assert_allclose(found["a"], np.sqrt((first**2).mean(0)), rtol=0.15)
    np.testing.assert_allclose(found["b"], np.sqrt((second**2).mean(0)), rtol=0.15)


def test_a_weight_that_nothing_depends_on_does_not_run_away():
    found = Sensitivity(2, floor=0.01).of(lambda w: w * jnp.asarray([3.0, 0.0]), jax.random.key(0), jnp.ones(2))
    np.testing.assert_allclose(found[1], 0.01 * np.sqrt(np.mean(np.square(found))), rtol=1e-3)
    np.testing.assert_array_equal(Sensitivity(2).of(lambda w: jnp.zeros(3), jax.random.key(0), jnp.ones(2)), [1, 1])


# Of two layers without a bias, one made larger and the other as much smaller leave the net's outputs as they are.
def test_rescaled_layers_change_the_outputs_alike():
    rng = np.random.default_rng(0)
    x, first, second = (jnp.asarray(rng.normal(size=size), jnp.float32) for size in ((20, 5), (5, 4), (4, 3)))
    strategy = GA(9, Truncation(0.1), Mutation(scale=0.01), safety=Sensitivity(8, 1e-6))

    def outputs(genome, batch):
        return jax.nn.relu(x @ genome["first"]) @ genome["second"]

    @jax.jit
    def changes(scale):
        genome = {"first": scale * first, "second": second / scale}
        state = strategy.look(strategy.init(genome, jax.random.key(0)), outputs, None)
        moved = jax.vmap(lambda i: outputs(strategy.member(state, i), None))(jnp.arange(1, 9))
        return moved - outputs(genome, None)

    plain, scaled = changes(1.0), changes(30.0)
    np.testing.assert_allclose(scaled, plain, rtol=0.02, atol=1e-4)
    # Of 32 weights each moves the outputs by 0.01, root mean square.
    assert float(jnp.sqrt(jnp.mean(plain**2))) == pytest.approx(0.01 * np.sqrt(32), rel=0.35)


def test_a_weight_comes_with_the_sensitivity_of_its_parent():
    count = 200
    strategy = GA(
        16, Truncation(0.13), Mutation(scale=1e-3), crossover=1.0, elitism=0, mix=layer_crossover, safety=Sensitivity(1)
    )
    state = strategy.init({"a": jnp.zeros(count), "b": jnp.zeros(count)}, jax.random.key(0))
    parents, seen = (jnp.full((2, 2 * count), first).at[1].set(second) for first, second in ((0.0, 1.0), (1.0, 0.01)))
    state = state._replace(parents=state.parents._replace(weights=parents), sensitivity=seen)
    found = jax.jit(jax.vmap(lambda i: strategy.member(state, i)))(jnp.arange(16))
    for name in "ab":
        whose = np.asarray(found[name]).mean(1) > 0.5
        spread = np.asarray(found[name]).std(1)
        assert 0 < whose.sum() < 16
        np.testing.assert_allclose(spread, np.where(whose, 0.1, 1e-3), rtol=0.25)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match=r"safe: -1"):
        Sensitivity(-1)
    with pytest.raises(InputError, match=r"floor: 0.*above 0"):
        Sensitivity(1, 0.0)
    with pytest.raises(InputError, match=r"mode: 'replace'.*add"):
        GA(mutation=Mutation(mode="replace"), safety=Sensitivity(1))
    learner, task = Evolution(GA(8, safety=Sensitivity(1))), Silent()
    with pytest.raises(InputError, match=r"task: 'Silent'.*no outputs"):
        learner.step(task, learner.init(task, jax.random.key(0)))


def test_looking_is_paid_for():
    def cost(products):
        learner = Evolution(GA(8, Truncation(0.5), safety=Sensitivity(products)))
        return learner.cost(Stretched(), jax.eval_shape(lambda: learner.init(Stretched(), jax.random.key(0))))

    plain, safe = cost(0), cost(4)
    assert safe.evaluations == plain.evaluations
    assert safe.flops > plain.flops + 4 * 4 * 8
