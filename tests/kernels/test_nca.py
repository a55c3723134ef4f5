import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core import Layout, using
from ontogeny.core.cost import flops
from ontogeny.core.generator import key_words
from ontogeny.kernels.native import why_plain
from ontogeny.kernels.nca import plain_rollout, rollout
from ontogeny.nets.nca import NCA, seed_cell

pytestmark = pytest.mark.skipif(bool(why_plain()), reason=why_plain() or "compiled")

WORDS = key_words(jax.random.key(11))


def random_net(rng, channels=16, hidden=32, bias=False, rate=0.5, scale=0.1):
    net = NCA.create(
        jax.random.key(int(rng.integers(1 << 30))), channels=channels, hidden=hidden, bias=bias, fire_rate=rate
    )
    return eqx.tree_at(
        lambda n: n.output.weight, net, jnp.asarray(rng.normal(0, scale, (channels, hidden)), jnp.float32)
    )


def random_state(rng, height, width, channels):
    """Living, dead and half-dead cells."""
    state = rng.normal(0, 0.2, (height, width, channels))
    return jnp.asarray(state * (rng.random((height, width, 1)) < 0.6), jnp.float32)


def plain(net, start, words, steps, longest, first=0):
    return plain_rollout(net, start, words, jnp.int32(steps), longest=longest, first=jnp.uint32(first))


def both(net, start, steps, longest=None, first=0, words=WORDS):
    longest = max(1, steps) if longest is None else longest
    compiled = jax.jit(lambda: rollout(net, start, words, steps, longest=longest, first=first))()
    return np.asarray(compiled), np.asarray(jax.jit(lambda: plain(net, start, words, steps, longest, first))())


SIZES = [
    (9, 9, 16, 32, False, 0.5, 20),
    (1, 1, 4, 1, True, 1.0, 3),
    (3, 17, 5, 7, True, 0.5, 12),
    (17, 3, 12, 33, False, 0.3, 9),
    (8, 8, 19, 24, True, 0.9, 0),
    (6, 7, 33, 17, True, 0.01, 10),
]


def sizes(*more):
    return pytest.mark.parametrize(("height", "width", "channels", "hidden", "bias", "rate", "steps"), [*SIZES, *more])


@sizes((1, 40, 8, 8, True, 0.5, 6), (15, 15, 16, 80, True, 0.5, 4), (40, 40, 16, 32, False, 0.5, 8))
def test_compiled_and_plain_agree(height, width, channels, hidden, bias, rate, steps):
    rng = np.random.default_rng([height, width, channels, hidden])
    net = random_net(rng, channels, hidden, bias, rate)
    for start in (seed_cell(height, width, channels), random_state(rng, height, width, channels)):
        compiled, expected = both(net, start, steps)
        np.testing.assert_allclose(compiled, expected, atol=1e-5, rtol=1e-5)
    assert steps == 0 or (compiled != np.asarray(start)).any()


def test_a_dead_cell_that_ripens_keeps_its_neighbour_alive():
    # Random alphas around the threshold: cells die and ripen everywhere, in every combination.
    rng = np.random.default_rng(5)
    for _ in range(20):
        net = random_net(rng, 6, 9, bias=True, scale=0.05)
        start = random_state(rng, 7, 8, 6).at[..., 3].set(jnp.asarray(rng.uniform(0.0, 0.14, (7, 8)), jnp.float32))
        compiled, expected = both(net, start, 4)
        np.testing.assert_allclose(compiled, expected, atol=1e-6)


def test_batches_of_every_argument():
    rng = np.random.default_rng(0)
    nets = [random_net(rng, 8, 12, bias=True) for _ in range(3)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *nets)
    starts = jnp.stack([random_state(rng, 5, 6, 8) for _ in range(4)])
    words = jax.random.bits(jax.random.key(2), (4, 2), "uint32")
    steps = jnp.asarray([0, 3, 5, 6])

    def one(net, start, words, steps):
        return rollout(net, start, words, steps, longest=6)

    def all_of(net):
        return jax.vmap(lambda *chances: one(net, *chances))(starts, words, steps)

    compiled = np.asarray(jax.jit(jax.vmap(all_of))(stacked))
    for index, net in enumerate(nets):
        for episode in range(4):
            expected = plain(net, starts[episode], words[episode], steps[episode], 6)
            np.testing.assert_allclose(compiled[index, episode], expected, atol=1e-5)
    swapped = jax.jit(jax.vmap(lambda *c: jax.vmap(lambda net: one(net, *c))(stacked), out_axes=1))(
        starts, words, steps
    )
    np.testing.assert_array_equal(np.asarray(swapped), compiled)


def test_many_members_over_threads_and_over_devices():
    rng = np.random.default_rng(1)
    nets = jax.tree.map(lambda *leaves: jnp.stack(leaves), *[random_net(rng) for _ in range(37)])
    start = seed_cell(9, 9, 16)

    def evaluate(nets):
        return jax.vmap(lambda net: rollout(net, start, WORDS, 12, longest=12))(nets)

    threads = np.asarray(jax.jit(evaluate)(nets))
    with using(Layout(devices=64)):  # one thread for each call
        alone = np.asarray(jax.jit(lambda nets: evaluate(nets))(nets))
    np.testing.assert_array_equal(threads, alone)
    expected = jax.jit(jax.vmap(lambda net: plain(net, start, WORDS, 12, 12)))(nets)
    np.testing.assert_allclose(threads, expected, atol=1e-4)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(threads):
    rng = np.random.default_rng(5)
    nets = jax.tree.map(lambda *leaves: jnp.stack(leaves), *[random_net(rng) for _ in range(7)])
    start = random_state(rng, 6, 5, 16)

    def grown(count):
        return jax.jit(jax.vmap(lambda net: rollout(net, start, WORDS, 9, longest=9, threads=count)))(nets)

    np.testing.assert_array_equal(grown(threads), grown(None))


def test_a_rollout_in_two_parts_is_that_in_one():
    rng = np.random.default_rng(2)
    net, start = random_net(rng), seed_cell(9, 9, 16)
    whole, _ = both(net, start, 14)
    half, _ = both(net, start, 6)
    rest, _ = both(net, jnp.asarray(half), 8, first=6)
    np.testing.assert_array_equal(rest, whole)
    other, _ = both(net, jnp.asarray(half), 8, first=7)
    assert (other != whole).any()


def gradients(run, net, start, weights):
    """By the net and the start, of a loss that sees every channel of the end."""
    return jax.jit(jax.value_and_grad(lambda *a: jnp.sum(weights * run(*a)), argnums=(0, 1)))(net, start)


@sizes((30, 31, 16, 32, True, 1.0, 3))
def test_gradients_are_those_of_the_plain_version(height, width, channels, hidden, bias, rate, steps):
    rng = np.random.default_rng([height, width, channels, hidden])
    net = random_net(rng, channels, hidden, bias, rate)
    weights = jnp.asarray(rng.normal(size=(height, width, channels)), jnp.float32)
    for start in (seed_cell(height, width, channels), random_state(rng, height, width, channels)):
        ours = gradients(lambda n, s: rollout(n, s, WORDS, steps, longest=20), net, start, weights)
        theirs = gradients(lambda n, s: plain(n, s, WORDS, steps, 20), net, start, weights)
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4 * max(1.0, float(jnp.abs(b).max())))
    assert (np.asarray(ours[1][1]) != 0).any()
    assert steps == 0 or all((np.asarray(leaf) != 0).any() for leaf in jax.tree.leaves(ours[1][0]))


def test_gradients_of_batches_of_every_argument():
    rng = np.random.default_rng(7)
    nets = jax.tree.map(lambda *leaves: jnp.stack(leaves), *[random_net(rng, 8, 12, bias=True) for _ in range(3)])
    starts = jnp.stack([random_state(rng, 5, 6, 8) for _ in range(4)])
    words = jax.random.bits(jax.random.key(2), (4, 2), "uint32")
    steps = jnp.asarray([0, 3, 5, 6])

    def loss(run, nets, starts):
        def all_of(net):
            return jax.vmap(lambda *each: run(net, *each))(starts, words, steps)

        return jnp.sum(jax.vmap(all_of)(nets) ** 2)

    def compiled(net, start, words, steps):
        return rollout(net, start, words, steps, longest=6)

    def reference(net, start, words, steps):
        return plain(net, start, words, steps, 6)

    ours = jax.jit(jax.grad(lambda *a: loss(compiled, *a), argnums=(0, 1)))(nets, starts)
    theirs = jax.jit(jax.grad(lambda *a: loss(reference, *a), argnums=(0, 1)))(nets, starts)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4), ours, theirs)
    # One net for all, as descent has it: the gradients of its episodes add up.
    one = jax.tree.map(lambda leaf: leaf[0], nets)
    ours, theirs = (
        jax.jit(jax.grad(lambda n, run=run: jnp.sum(jax.vmap(lambda *e: run(n, *e))(starts, words, steps) ** 2)))(one)
        for run in (compiled, reference)
    )
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4), ours, theirs)


def test_the_number_of_threads_changes_no_gradient():
    rng = np.random.default_rng(5)
    net, starts = random_net(rng), jnp.stack([random_state(rng, 6, 5, 16) for _ in range(7)])

    def by_net(threads):
        def loss(net):
            grown = jax.vmap(lambda start: rollout(net, start, WORDS, 9, longest=9, threads=threads))(starts)
            return jnp.sum(grown**2)

        return jax.jit(jax.grad(loss))(net)

    for threads in (2, 5):
        jax.tree.map(np.testing.assert_array_equal, by_net(1), by_net(threads))


def test_fewer_than_no_updates_are_none():
    rng = np.random.default_rng(6)
    net, start = random_net(rng), random_state(rng, 6, 5, 16)
    ours = gradients(lambda n, s: rollout(n, s, WORDS, -3, longest=9), net, start, jnp.ones((6, 5, 16)))
    np.testing.assert_allclose(ours[0], start.sum(), rtol=1e-5)
    np.testing.assert_array_equal(ours[1][1], 1)


def test_nothing_flows_back_through_what_died():
    net = random_net(np.random.default_rng(8))
    start = random_state(np.random.default_rng(9), 6, 6, 16).at[..., 3].set(0.05)
    _, (by_net, by_start) = gradients(lambda n, s: rollout(n, s, WORDS, 9, longest=9), net, start, jnp.ones((6, 6, 16)))
    assert all((np.asarray(leaf) == 0).all() for leaf in jax.tree.leaves((by_net, by_start)))


def test_forward_mode_is_for_the_plain_version():
    rng = np.random.default_rng(3)
    net, start = random_net(rng), seed_cell(6, 7, 16)
    tangents = (jax.tree.map(jnp.ones_like, net), jnp.ones_like(start))
    assert np.isfinite(jax.jvp(lambda n, s: plain(n, s, WORDS, 8, 10), (net, start), tangents)[1]).all()
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(lambda n, s: rollout(n, s, WORDS, 8, longest=10), (net, start), tangents)


def test_nothing_hides_a_weight_that_is_not_finite():
    rng = np.random.default_rng(4)
    net = random_net(rng)
    broken = eqx.tree_at(lambda n: n.output.weight, net, net.output.weight.at[3, 0].set(jnp.nan))
    compiled, expected = both(broken, seed_cell(9, 9, 16), 10)
    assert np.isnan(expected).any()
    assert np.isnan(compiled).any()
    weights = jnp.ones((9, 9, 16))
    _, (by_net, _) = gradients(lambda n, s: rollout(n, s, WORDS, 10, longest=10), broken, seed_cell(9, 9, 16), weights)
    assert all(np.isnan(leaf).any() for leaf in jax.tree.leaves(by_net))


def test_cost_is_that_of_the_plain_version():
    rng = np.random.default_rng(6)
    net, start = random_net(rng), seed_cell(9, 9, 16)
    ours = flops(lambda net: rollout(net, start, WORDS, 5, longest=7), net)
    assert ours == flops(lambda net: plain(net, start, WORDS, 5, 7), net)
    assert ours > 7 * 81 * 2 * (48 * 32 + 32 * 16)
    by_ours = flops(jax.grad(lambda net: rollout(net, start, WORDS, 5, longest=7).sum()), net)
    assert by_ours == flops(jax.grad(lambda net: plain(net, start, WORDS, 5, 7).sum()), net)


def test_float64_takes_the_plain_path():
    with jax.enable_x64(True):
        net = NCA.create(jax.random.key(0), dtype="float64")
        state = rollout(net, seed_cell(5, 5, 16, "float64"), WORDS, 3, longest=3)
        assert state.dtype == jnp.float64
