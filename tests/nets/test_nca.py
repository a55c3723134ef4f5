import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core.generator import key_words
from ontogeny.errors import InputError
from ontogeny.nets import NCA
from ontogeny.nets.nca import alive, perceive, seed_cell

SOBEL_X = np.asarray([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
IDENTITY = np.asarray([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
step = jax.jit(NCA.step)
FILTERS = (IDENTITY, SOBEL_X, SOBEL_X.T)


# The automaton as the papers tell it, in loops over cells: written from them, not from the package.
def neighbourhood(grid, row, column):
    """The 3x3 values around a cell; None outside the grid."""
    height, width = grid.shape
    return [
        [grid[row + i, column + j] if 0 <= row + i < height and 0 <= column + j < width else None for j in (-1, 0, 1)]
        for i in (-1, 0, 1)
    ]


def reference_alive(state):
    height, width, _ = state.shape
    found = np.zeros((height, width), bool)
    for row in range(height):
        for column in range(width):
            around = [value for line in neighbourhood(state[..., 3], row, column) for value in line]
            found[row, column] = max(value for value in around if value is not None) > 0.1
    return found


def reference_perception(state):
    """Channel-major: the three filters of channel 0, then of channel 1, and so on; zeros outside."""
    height, width, channels = state.shape
    seen = np.zeros((height, width, 3 * channels))
    for row in range(height):
        for column in range(width):
            for channel in range(channels):
                around = neighbourhood(state[..., channel], row, column)
                for number, kernel in enumerate(FILTERS):
                    seen[row, column, 3 * channel + number] = sum(
                        kernel[i][j] * around[i][j] for i in range(3) for j in range(3) if around[i][j] is not None
                    )
    return seen


def reference_step(state, fire, hidden, bias, output):
    seen, before = reference_perception(state), reference_alive(state)
    after = state.copy()
    for row, column in zip(*np.nonzero(fire), strict=True):
        after[row, column] += output @ np.maximum(hidden @ seen[row, column] + bias, 0)
    return after * (before & reference_alive(after))[..., None]


def random_net(rng, channels=8, hidden=8, bias=False):
    net = NCA.create(jax.random.key(0), channels=channels, hidden=hidden, bias=bias)
    return jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape) * 0.3, jnp.float32), net)


@pytest.mark.parametrize(
    ("height", "width", "channels", "bias", "seed"), [(7, 7, 8, False, 9), (5, 9, 8, True, 8), (6, 4, 4, False, 3)]
)
def test_ten_steps_agree_with_a_plain_implementation(height, width, channels, bias, seed):
    rng = np.random.default_rng(seed)
    net = random_net(rng, channels, bias=bias)
    weights = [np.asarray(w, np.float64) for w in (net.hidden.weight, net.output.weight)]
    biases = np.asarray(net.hidden.bias, np.float64) if bias else np.zeros(8)
    state = seed_cell(height, width, channels)
    expected = np.zeros((height, width, channels))
    expected[height // 2, width // 2, 3:] = 1
    died, grown = 0, 0
    for _ in range(10):
        np.testing.assert_allclose(state, expected, rtol=1e-4, atol=1e-5)
        fire = rng.random((height, width)) < 0.5
        state = step(net, state, jnp.asarray(fire))
        before, expected = expected, reference_step(expected, fire, weights[0], biases, weights[1])
        died += ((before != 0).any(-1) & (expected == 0).all(-1)).sum()
        grown += ((before == 0).all(-1) & (expected != 0).any(-1)).sum()
    np.testing.assert_allclose(state, expected, rtol=1e-4, atol=1e-5)
    # Nets of these seeds let some cells come to life, some die and some go on.
    assert grown > 5
    assert died > 0
    assert np.abs(expected).max() > 0.5


def test_perception_is_that_of_the_filters_in_another_order():
    state = np.random.default_rng(0).normal(size=(5, 6, 4)).astype(np.float32)
    # Filter-major here, channel-major there.
    expected = reference_perception(state).reshape(5, 6, 4, 3).swapaxes(2, 3).reshape(5, 6, 12)
    np.testing.assert_allclose(perceive(jnp.asarray(state)), expected, atol=1e-6)


def test_cells_live_next_to_an_alpha_above_a_tenth():
    state = np.zeros((5, 6, 4), np.float32)
    state[..., :3] = 1.0
    state[0, 0, 3], state[3, 4, 3] = 0.11, 0.1
    expected = np.zeros((5, 6), bool)
    expected[:2, :2] = True
    np.testing.assert_array_equal(alive(jnp.asarray(state)), expected)
    np.testing.assert_array_equal(reference_alive(state), expected)


def test_negative_alpha_at_the_border_does_not_live():
    # Padding with zeros would be above a negative alpha, but never above 0.1.
    assert not alive(jnp.full((3, 3, 4), -1.0)).any()


def net_with_alpha_change(change):
    """Every cell that fires changes its alpha by a constant, through a bias."""
    net = NCA.create(jax.random.key(0), channels=4, hidden=1, bias=True)
    hidden = jax.tree.map(jnp.zeros_like, net.hidden)
    hidden = type(hidden)(hidden.weight, jnp.ones(1))
    output = type(hidden)(jnp.zeros((4, 1)).at[3, 0].set(change), None)
    return NCA(hidden, output, 0.5)


def test_cell_must_have_lived_before_the_step():
    # All cells gain alpha, but only the neighbours of the seed were alive.
    state = step(net_with_alpha_change(1.0), seed_cell(7, 7, 4), jnp.ones((7, 7), bool))
    expected = np.zeros((7, 7))
    expected[2:5, 2:5] = 1
    expected[3, 3] = 2
    np.testing.assert_allclose(state[..., 3], expected)


def test_cell_must_live_after_the_step():
    state = step(net_with_alpha_change(-0.95), seed_cell(7, 7, 4), jnp.ones((7, 7), bool))
    assert (state == 0).all()


def test_only_cells_that_fire_change():
    fire = np.zeros((7, 7), bool)
    fire[2, 2] = fire[3, 4] = True
    state = step(net_with_alpha_change(1.0), seed_cell(7, 7, 4), jnp.asarray(fire))
    expected = np.zeros((7, 7))
    expected[2, 2] = expected[3, 4] = expected[3, 3] = 1
    np.testing.assert_allclose(state[..., 3], expected)


def test_new_net_leaves_every_living_state_as_it_is():
    net = NCA.create(jax.random.key(0), channels=8, hidden=8)
    assert np.abs(net.hidden.weight).max() > 0, "only the output layer is zero"
    state = jnp.asarray(np.random.default_rng(0).uniform(0.2, 1, (5, 6, 8)), jnp.float32)
    np.testing.assert_array_equal(step(net, state, jnp.ones((5, 6), bool)), state)
    np.testing.assert_array_equal(step(net, seed_cell(5, 6, 8), jnp.ones((5, 6), bool)), seed_cell(5, 6, 8))


@pytest.mark.parametrize(("height", "width", "centre"), [(5, 5, (2, 2)), (6, 9, (3, 4)), (1, 1, (0, 0))])
def test_seed_is_one_black_living_cell_in_the_middle(height, width, centre):
    state = np.array(seed_cell(height, width, 6))
    np.testing.assert_array_equal(state[centre], [0, 0, 0, 1, 1, 1])
    state[centre] = 0
    assert (state == 0).all()


@pytest.mark.parametrize(("channels", "hidden", "bias"), [(4, 1, False), (16, 32, True)])
def test_first_layer_is_uniform_within_one_over_the_root_of_its_inputs(channels, hidden, bias):
    net = NCA.create(jax.random.key(1), channels=channels, hidden=hidden, bias=bias)
    assert net.hidden.weight.shape == (hidden, 3 * channels)
    assert net.output.weight.shape == (channels, hidden)
    assert net.channels == channels
    bound = 1 / np.sqrt(3 * channels)
    weights = np.concatenate([leaf.ravel() for leaf in jax.tree.leaves(net.hidden)])
    assert (np.abs(weights) <= bound).all()
    assert np.abs(weights).max() > 0.8 * bound
    assert (net.hidden.bias is not None) == bias
    assert (net.output.weight == 0).all()
    assert {leaf.dtype for leaf in jax.tree.leaves(net)} == {jnp.dtype("float32")}


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75])
def test_cells_fire_independently_at_their_rate(rate):
    net = NCA.create(jax.random.key(0), channels=4, hidden=1, fire_rate=rate)
    masks = fires(net, 2, np.arange(40), (20, 25))
    assert masks.mean() == pytest.approx(rate, abs=4.5 * np.sqrt(rate * (1 - rate) / masks.size))
    both = (masks[:, 1:] & masks[:, :-1]).mean()
    assert both == pytest.approx(rate**2, abs=0.02)
    assert ((masks[1:] & masks[:-1]).mean()) == pytest.approx(rate**2, abs=0.02)
    assert (masks.mean((1, 2)).std() + masks.mean((0, 1)).std()) < 0.06


def fires(net, seed, steps, shape):
    words = key_words(jax.random.key(seed))
    return np.asarray(jax.vmap(lambda step: net.fires(words, step, shape))(jnp.asarray(steps, jnp.uint32)))


def test_cells_fire_always_at_rate_1():
    net = NCA.create(jax.random.key(0), channels=4, hidden=1, fire_rate=1.0)
    assert fires(net, 0, [3], (50, 50)).all()


def test_different_keys_give_different_masks():
    net = NCA.create(jax.random.key(0), channels=4, hidden=1)
    one, other = (fires(net, seed, [0], (10, 10)) for seed in (0, 1))
    assert 25 < (one != other).sum() < 75


@pytest.mark.parametrize(
    ("field", "options", "hint"),
    [
        ("channels", {"channels": 3}, "4 or more"),
        ("hidden", {"hidden": 0}, "1 or more"),
        ("fire_rate", {"fire_rate": 0.0}, "above 0, at most 1"),
        ("fire_rate", {"fire_rate": 1.01}, "above 0, at most 1"),
    ],
)
def test_options_that_cannot_work_are_refused(field, options, hint):
    with pytest.raises(InputError, match=f"{field}.*{hint}"):
        NCA.create(jax.random.key(0), **options)
