import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import Autoencoder
from ontogeny.probes.decoding import decoded_grid, occupied, smoothness

RNG = np.random.default_rng(0)
LAYERS = ("dense 3 linear", "dense 16", "reshape 1 4 4")


def slope(count):
    """Pictures of two pixels, one a coordinate each."""
    places = np.arange(count) / (count - 1)
    return np.stack(np.meshgrid(places, places[::-1]), -1)[:, :, None]


def test_a_slope_is_smooth_and_no_order_is_one():
    count = 12
    # Neighbours differ by one step in one pixel of two; any two points by (count + 1) / 3 steps or so a pixel.
    pairs = np.abs(np.arange(count)[:, None] - np.arange(count)).mean() * count**2 / (count**2 - 1)
    found = smoothness(slope(count))
    assert found == pytest.approx((0.5 / pairs, 0.5 / pairs))
    assert found.change == pytest.approx(1.5 / count, rel=0.02)
    shuffled = [smoothness(RNG.permutation(slope(count).reshape(-1, 1, 2)).reshape(12, 12, 1, 2)) for _ in range(20)]
    assert np.mean([each.change for each in shuffled]) == pytest.approx(1, abs=0.03)
    assert min(each.jump for each in shuffled) > 1.5


def test_a_step_is_a_jump_and_a_plain_is_nothing():
    grid = np.zeros((4, 4, 3, 3))
    grid[:, 2:] = 1
    # 8 of 16 pictures are black: 64 of 120 pairs differ, and 4 of 24 neighbours.
    assert smoothness(grid) == pytest.approx(((4 / 24) / (64 / 120), 120 / 64))
    assert np.isnan(smoothness(np.ones((4, 4, 3, 3)) + 1e-8 * RNG.normal(size=(4, 4, 3, 3)))).all()


def test_two_units_are_their_own_coordinates():
    latents = np.stack([np.linspace(0, 100, 101), np.linspace(-1, 1, 101)], 1)
    window = occupied(latents)
    np.testing.assert_allclose([window.low, window.high], [[2, -0.96], [98, 0.96]])
    np.testing.assert_allclose(window.coordinates(latents), latents)
    points = window.points(3)
    np.testing.assert_allclose(points[0, 0], [2, 0.96])
    np.testing.assert_allclose(points[2, 1], [50, -0.96])


def test_more_units_are_seen_in_the_plane_where_they_differ_most():
    directions = np.linalg.qr(RNG.normal(size=(5, 5)))[0][:2]
    inside = RNG.uniform(-1, 1, (4000, 2)) * [5, 2]
    window = occupied(7 + inside @ directions + 0.01 * RNG.normal(size=(4000, 5)))
    np.testing.assert_allclose(np.abs(window.axes @ directions.T), np.eye(2), atol=0.03)
    np.testing.assert_allclose(window.axes @ window.axes.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(window.high - window.low, 2 * 0.96 * np.asarray([5, 2]), rtol=0.03)
    np.testing.assert_allclose(window.coordinates(window.points(4)[0]), [*zip(np.linspace(window.low[0],
        window.high[0], 4), [window.high[1]] * 4, strict=True)], atol=1e-9)  # fmt: skip


def test_a_grid_is_what_is_decoded_there():
    net = Autoencoder.create(jax.random.key(0), (4, 4), LAYERS)
    latents = net.encode(RNG.uniform(size=(20, 4, 4)).astype(np.float32))
    window = occupied(latents)
    grid = decoded_grid(net, window, 3)
    assert grid.shape == (3, 3, 4, 4)
    corner = window.origin + window.low[0] * window.axes[0] + window.high[1] * window.axes[1]
    np.testing.assert_allclose(grid[0, 0], net.decode(corner[None].astype(np.float32))[0], atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 2), (5, 1), (4,)])
def test_too_few_latents_or_units_have_no_window(shape):
    with pytest.raises(InputError, match="two or more of two units"):
        occupied(np.zeros(shape))
    with pytest.raises(InputError, match="two or more rows"):
        smoothness(np.zeros((1, 4, 2, 2)))
