from functools import cache, partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import (
    SHAPINGS,
    OpenES,
    byte_sums,
    centred,
    centred_ranks,
    decay_on_loss,
    orthogonal,
    paley,
    paley_order,
    published_update,
    raw,
    standardised_ranks,
)

SLOPE = jnp.asarray([1.0, -2.0, 0.5, 3.0])
START = jnp.asarray([0.4, -1.0, 0.8, 0.1])
_ROOT = np.random.default_rng(3).normal(size=(4, 4))
MATRIX = jnp.asarray(_ROOT @ _ROOT.T, jnp.float32)
SGD = optax.sgd(1.0)

# Compiled once for all tests that look at single generations.
ADAM = OpenES(popsize=16, sigma=0.1, optimizer=optax.adam(0.05))
ask, tell = jax.jit(ADAM.ask), jax.jit(ADAM.tell)


def linear(x):
    return SLOPE @ x


def quadratic(x):
    return 0.5 * x @ MATRIX @ x + SLOPE @ x


def even(x):
    return jnp.sum((x - START) ** 2)


def constant(x):
    return 1.0 + 0 * x[0]


FUNCTIONS = (linear, quadratic, even, constant)


@cache
def estimates(strategy, generations):
    """The gradient estimates of independent generations, `(generations, 4)` for each function."""

    @jax.jit
    def once(number):
        state = strategy.init(START, jax.random.fold_in(jax.random.key(1), number))
        members = strategy.ask(state)
        losses = jnp.stack([jax.vmap(function)(members) for function in FUNCTIONS])
        return jax.vmap(partial(strategy.gradient, state))(losses)

    found = np.asarray(jax.lax.map(once, jnp.arange(generations)), np.float64)
    return {function: found[:, index] for index, function in enumerate(FUNCTIONS)}


def assert_mean_is(samples, expected, tolerance):
    error = samples.std(0) / np.sqrt(len(samples))
    assert (error < tolerance * np.linalg.norm(expected)).all(), "too few samples to tell"
    np.testing.assert_array_less(np.abs(samples.mean(0) - expected), 4.5 * error)


# On a quadratic the gradient of the smoothed loss is the gradient itself, for a population of any
# size and noise of any strength.
@pytest.mark.parametrize(
    ("popsize", "sigma", "antithetic", "generations"),
    [(16, 0.5, True, 6000), (16, 0.5, False, 6000), (2, 0.5, True, 20_000), (512, 0.1, True, 200)],
)
def test_estimate_is_unbiased_on_a_quadratic(popsize, sigma, antithetic, generations):
    samples = estimates(OpenES(popsize, sigma, SGD, raw, antithetic=antithetic), generations)[quadratic]
    assert_mean_is(samples, np.asarray(jax.grad(quadratic)(START)), tolerance=0.02)


def test_sigma_does_not_change_the_estimate_on_a_slope():
    wide = estimates(OpenES(16, 0.5, SGD, raw), 6000)[linear][:20]
    narrow = estimates(OpenES(16, 0.01, SGD, raw), 20)[linear]
    np.testing.assert_allclose(narrow, wide, rtol=1e-3, atol=2e-3)


# A rank is the normal distribution function of the noise along the slope, and
# E[(Phi(z) - 1/2) z] = 1 / (2 sqrt(pi)), whatever the number of members.
@pytest.mark.parametrize("popsize", [8, 64])
def test_estimate_from_ranks_has_a_known_length_on_a_slope(popsize):
    strategy = OpenES(popsize, 0.2, SGD, centred_ranks, antithetic=False)
    direction = np.asarray(SLOPE) / np.linalg.norm(SLOPE)
    expected = direction / (2 * np.sqrt(np.pi) * 0.2)
    assert_mean_is(estimates(strategy, 40_000 // popsize)[linear], expected, tolerance=0.02)


def test_pairs_cancel_what_is_even_around_the_mean():
    pairs = estimates(OpenES(16, 0.5, SGD, raw), 6000)
    np.testing.assert_allclose(pairs[even], 0, atol=1e-4)
    np.testing.assert_allclose(pairs[constant], 0, atol=1e-6)
    alone = estimates(OpenES(16, 0.5, SGD, raw, antithetic=False), 6000)
    assert np.abs(alone[constant]).max() > 0.1


def test_pairs_mirror_each_other_around_the_mean():
    members = ask(ADAM.init(START, jax.random.key(0)))
    np.testing.assert_allclose((members[0::2] + members[1::2]) / 2, np.tile(START, (8, 1)), atol=1e-6)
    assert np.abs(members[0::2] - members[1::2]).max() > 0.1


def test_members_have_the_standard_deviation_that_was_asked_for():
    strategy = OpenES(popsize=64, sigma=0.25, antithetic=False)
    members = jax.jit(strategy.ask)(strategy.init(jnp.zeros(2000), jax.random.key(0)))
    assert members.std() == pytest.approx(0.25, rel=0.01)
    assert members.mean() == pytest.approx(0, abs=4 * 0.25 / np.sqrt(members.size))


def test_each_generation_has_new_noise_and_a_key_that_no_noise_came_from():
    first = ADAM.init(START, jax.random.key(0))
    second = tell(first, jnp.arange(16.0))
    noise = ask(first) - first.mean, ask(second) - second.mean
    assert np.abs(noise[0] - noise[1]).min() > 1e-4
    # What the next generation starts from must not have been drawn from already.
    drawn = byte_sums(second.key, jnp.int32(0), START.size)
    assert np.abs(noise[0] / ADAM.sigma - drawn).max(1).min() > 1e-2


def test_rotated_ill_conditioned_quadratic_is_solved(search, ill_conditioned):
    steps = 3000
    optimizer = optax.adam(optax.cosine_decay_schedule(0.05, steps))
    state, _ = search(OpenES(64, 0.02, optimizer), ill_conditioned, jnp.ones(10), steps)
    assert ill_conditioned(state.mean) < 1e-4 * ill_conditioned(jnp.ones(10))


def test_rosenbrock_valley_is_followed_to_its_end(search, rosenbrock):
    start, steps = jnp.asarray([-1.2, 1.0]), 3000
    optimizer = optax.adam(optax.cosine_decay_schedule(0.05, steps))
    state, _ = search(OpenES(32, 0.02, optimizer), rosenbrock, start, steps)
    assert rosenbrock(start) > 20
    assert rosenbrock(state.mean) < 2e-3
    np.testing.assert_allclose(state.mean, [1, 1], atol=0.08)


def test_run_with_ranks_is_the_same_to_the_bit_under_a_monotone_transform():
    # One program computes both losses: a fused exp could round what it is applied to.
    plain = jax.jit(lambda members: 8 + jnp.sum(members**2, axis=1))

    def run(transform):
        state = ADAM.init(START, jax.random.key(5))
        for _ in range(50):
            state = tell(state, transform(plain(ask(state))))
        return np.asarray(state.mean)

    changed = run(jnp.exp)
    np.testing.assert_array_equal(run(lambda losses: losses), changed)
    assert np.linalg.norm(changed) < 0.5 * np.linalg.norm(START)


def test_members_that_fail_do_not_stop_the_search(search):
    def fails_to_the_right(x):
        return jnp.where(x[0] > 0.45, jnp.nan, jnp.where(x[3] > 0.2, jnp.inf, x @ x))

    state, losses = search(OpenES(32, 0.1, optax.adam(0.05)), fails_to_the_right, START, 300)
    assert 4 < np.sum(~np.isfinite(losses[0])) < 28, "the start should lie where some fail"
    assert state.mean @ state.mean < 0.02


def test_published_update_is_the_formula_of_the_paper():
    rate, sigma, size = 0.005, 0.01, 12
    update = published_update(rate, sigma, (0.03, 0.01), (0.3, 0.5), 1000)
    strategy = OpenES(size, sigma, update, standardised_ranks, antithetic=False)

    @jax.jit
    def generation(key):
        state = strategy.init(START, key)
        members = strategy.ask(state)
        losses = jax.vmap(quadratic)(members)
        noise = jax.vmap(partial(strategy.direction, state))(jnp.arange(size))
        return noise, members, losses, strategy.tell(state, losses).mean

    noise, members, losses, mean = (np.asarray(x, np.float64) for x in generation(jax.random.key(2)))
    np.testing.assert_allclose(members, np.asarray(START) + sigma * noise, atol=1e-6)
    ranks = np.argsort(np.argsort(losses)) / (size - 1) - 0.5
    step = -rate / size * (ranks / ranks.std()) @ noise
    np.testing.assert_allclose(mean, np.asarray(START) + step, rtol=0, atol=3e-7)
    assert np.abs(step).max() > 1e-3


def scales(transform, values):
    """What a transformation multiplies updates by, given a loss at each."""
    state, found = transform.init(jnp.ones(2)), []
    for value in values:
        updates, state = transform.update(jnp.ones(2), state, value=jnp.float32(value))
        found.append(float(updates[0]))
    return np.asarray(found)


def test_decay_passes_one_threshold_at_a_time_and_only_when_it_is_tested():
    transform = decay_on_loss((0.03, 0.01), (0.3, 0.5), every=3)
    # Below both thresholds all the time: the 3rd and 6th update test, those that follow are smaller.
    np.testing.assert_allclose(scales(transform, [0.001] * 12), [1] * 3 + [0.3] * 3 + [0.15] * 6)
    # Below the first one between two tests only: nobody notices.
    np.testing.assert_allclose(scales(transform, [0.02, 0.02, 1.0] * 3), [1] * 9)


def test_decay_holds_when_the_loss_rises_again():
    values = [1.0, 0.03, 1.0, 0.02, 0.009, 5.0]
    found = scales(decay_on_loss((0.03, 0.01), (0.3, 0.5)), values)
    np.testing.assert_allclose(found, [1, 1, 0.3, 0.3, 0.3, 0.15])


def test_decay_is_not_triggered_by_a_failed_generation():
    np.testing.assert_allclose(scales(decay_on_loss((0.03,), (0.3,)), [np.nan, np.nan]), [1, 1])


def test_decay_that_makes_no_sense_is_refused():
    with pytest.raises(InputError, match=r"decay_factors.*one for each threshold"):
        decay_on_loss((0.03, 0.01), (0.3,))
    with pytest.raises(InputError, match=r"decay_every.*1 or more"):
        decay_on_loss((0.03,), (0.3,), every=0)


def test_weight_decay_shrinks_a_genome_whose_loss_is_flat():
    strategy = OpenES(8, 0.1, optax.sgd(0.5), weight_decay=0.2)
    tell, state = jax.jit(strategy.tell), strategy.init(START, jax.random.key(0))
    for _ in range(10):
        state = tell(state, jnp.full(8, 3.0))
    np.testing.assert_allclose(state.mean, START * (1 - 0.5 * 0.2) ** 10, rtol=1e-5)


def keep_value():
    """An optimizer's part that does nothing but keep the value that it is given."""

    def update(updates, state, params=None, *, value, **extra):
        return updates, value

    return optax.GradientTransformationExtraArgs(lambda params: jnp.float32(0), update)


def test_optimizer_that_needs_the_loss_is_given_the_mean_of_the_generation():
    plateau = optax.contrib.reduce_on_plateau(factor=0.5, patience=3, cooldown=0)
    strategy = OpenES(8, 0.01, optax.chain(optax.sgd(1e-3), plateau, keep_value()))
    tell = jax.jit(strategy.tell)
    start = strategy.init(START, jax.random.key(0))

    def scale_after(losses):
        state = start
        for loss in losses:
            state = tell(state, jnp.full(8, loss))
        return float(state.optimizer[1].scale)

    assert scale_after([1.0] * 20) < 0.1
    assert scale_after(0.9 ** np.arange(20)) == 1.0
    # A member that failed counts as the worst of the others.
    told = tell(start, jnp.asarray([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, jnp.nan]))
    assert float(told.optimizer[2]) == pytest.approx(35 / 8)


def test_only_floating_point_leaves_are_searched():
    net = eqx.nn.MLP(2, 2, 2, 1, key=jax.random.key(0))
    genome = {"net": net, "codes": jnp.arange(3), "name": "a"}
    strategy = OpenES(popsize=4, sigma=0.1, weight_decay=0.1)
    state = strategy.init(genome, jax.random.key(1))
    member = eqx.filter_jit(strategy.member)(state, jnp.int32(1))
    kept = strategy.genome(eqx.filter_jit(strategy.tell)(state, jnp.arange(4.0)))
    for other in (member, kept):
        np.testing.assert_array_equal(other["codes"], np.arange(3))
        assert other["name"] == "a"
        assert other["net"].activation is net.activation
        assert np.abs(other["net"](jnp.ones(2)) - net(jnp.ones(2))).max() > 1e-4


def test_ask_and_tell_serve_an_objective_that_is_not_jax():
    state = ADAM.init(START, jax.random.key(0))
    for _ in range(100):
        members = np.asarray(ask(state))
        state = tell(state, np.asarray([float(sum(x * x for x in member)) for member in members], np.float32))
    assert np.linalg.norm(state.mean) < 0.15


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("popsize", {"popsize": 1}, "2 or more"),
        ("popsize", {"popsize": 7}, "give 8"),
        ("sigma", {"sigma": 0.0}, "above 0"),
        ("sigma", {"sigma": float("nan")}, "above 0"),
        ("weight_decay", {"weight_decay": -0.1}, "0 or more"),
    ],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        OpenES(**options)


def test_odd_population_is_allowed_without_pairs():
    assert OpenES(popsize=7, antithetic=False).popsize == 7


@pytest.mark.parametrize("antithetic", [True, False])
def test_as_many_orthogonal_members_as_weights_measure_the_whole_gradient_in_one_generation(antithetic):
    rng = np.random.default_rng(4)
    root = rng.normal(size=(60, 60)) / 8
    start, matrix = jnp.asarray(rng.normal(size=60), jnp.float32), jnp.asarray(root @ root.T, jnp.float32)
    popsize = 128 if antithetic else 64
    strategy = OpenES(popsize, 0.01, SGD, raw, orthogonal, antithetic=antithetic)
    state = strategy.init(start, jax.random.key(0))
    loss = jax.jit(jax.vmap(lambda x: 0.5 * x @ matrix @ x))
    losses = loss(jax.jit(strategy.ask)(state)) - loss(start[None])
    found, true = np.asarray(jax.jit(strategy.gradient)(state, losses)), np.asarray(matrix @ start)
    # One-sided differences keep an error of the order of sigma, pairs none; the loss is float32.
    assert np.linalg.norm(found - true) < (0.003 if antithetic else 0.1) * np.linalg.norm(true)
    independent = OpenES(popsize, 0.01, SGD, raw, antithetic=antithetic)
    losses = loss(jax.jit(independent.ask)(state)) - loss(start[None])
    rough = np.asarray(jax.jit(independent.gradient)(state, losses))
    assert np.linalg.norm(rough - true) > 0.5 * np.linalg.norm(true), "which independent noise does not"


def test_centred_losses_spare_one_sided_directions_what_they_have_in_common():
    """All but one of the weights are measured whatever the loss is on the whole, and the gradient keeps its size."""
    count = 60
    slope = jnp.asarray(np.random.default_rng(6).normal(size=59), jnp.float32)

    def away(shaping):
        strategy = OpenES(count, 1e-2, SGD, shaping, paley, antithetic=False)
        state = strategy.init(jnp.zeros(59), jax.random.key(2))
        losses = 100 + strategy.ask(state) @ slope
        return np.sort(np.abs(np.asarray(strategy.gradient(state, losses) - slope)))

    assert paley_order(59) == count
    assert away(centred)[:-1].max() < 0.1
    assert away(raw)[-1] > 100


def test_muon_follows_the_estimate_where_one_axis_is_far_steeper():
    from ontogeny.learners.optimizers import make_optimizer, make_schedule

    rng = np.random.default_rng(5)
    steep = jnp.asarray(np.geomspace(1, 1e3, 8), jnp.float32)
    goal = jnp.asarray(rng.normal(size=(8, 8)), jnp.float32)

    def loss(weight):
        return jnp.mean(((weight - goal) * steep) ** 2)

    def reached(name, rate):
        optimizer = make_optimizer(name, make_schedule("linear", rate, 150), (0.9, 0.99))
        strategy = OpenES(64, 1e-3, optimizer, SHAPINGS["standardised"], orthogonal, antithetic=False)

        def generation(state, _):
            return strategy.tell(state, jax.vmap(loss)(strategy.ask(state))), None

        @jax.jit
        def many(start):
            return jax.lax.scan(generation, strategy.init(start, jax.random.key(1)), None, length=150)[0].mean

        return float(loss(many(jnp.zeros((8, 8)))))

    start = float(loss(jnp.zeros((8, 8))))
    assert reached("muon", 0.1) < 1e-2 * start
    assert reached("muon", 0.1) < reached("sgd", 0.1)
