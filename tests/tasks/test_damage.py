import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.tasks.damage import disc, erase_random_disc, erase_random_half


def test_disc_holds_the_cells_within_its_radius():
    found = np.asarray(disc(5, 7, 1.0, 4.0, 2.0))
    for row in range(5):
        for column in range(7):
            assert found[row, column] == (np.hypot(row - 1, column - 4) <= 2)


def all_are_discs(erased):
    """Whether for each mask some centre and radius separate the erased cells from the others."""
    height, width = erased.shape[1:]
    cells = np.stack(np.mgrid[:height, :width]).reshape(2, 1, -1)
    centres = np.stack(np.mgrid[: height - 1 : 0.1, : width - 1 : 0.1]).reshape(2, -1, 1)
    distance = np.hypot(*(cells - centres))
    masks = erased.reshape(len(erased), -1)
    return all((distance[:, mask].max(1) < distance[:, ~mask].min(1)).any() for mask in masks)


@pytest.mark.parametrize(("height", "width"), [(5, 5), (9, 15)])
def test_a_disc_of_all_channels_is_erased_and_the_rest_untouched(height, width):
    state = jnp.asarray(np.random.default_rng(0).uniform(0.5, 1, (height, width, 4)), jnp.float32)
    many = jax.jit(jax.vmap(lambda key: erase_random_disc(state, key)))(jax.random.split(jax.random.key(0), 200))
    many = np.asarray(many)
    erased = (many == 0).all(-1)
    np.testing.assert_array_equal(many, np.where(erased[..., None], 0, state))
    assert all_are_discs(np.unique(erased[:40], axis=0))
    count = erased.sum((1, 2))
    assert count.min() >= 1
    # At most the largest disc, 0.4 of half the shorter side, and a cell that its border touches.
    assert count.max() <= np.pi * (0.2 * min(height, width) + np.sqrt(0.5)) ** 2
    assert len(np.unique(count)) > 1 or height == 5


def test_centres_lie_all_over_the_middle_half_and_radii_vary():
    height, width = 41, 61
    state = jnp.ones((height, width, 1))
    many = jax.jit(jax.vmap(lambda key: erase_random_disc(state, key)))(jax.random.split(jax.random.key(1), 300))
    erased = np.asarray(many)[..., 0] == 0
    rows, columns = np.mgrid[:height, :width]
    area = erased.sum((1, 2))
    centres = [(rows * e).sum() / e.sum() for e in erased], [(columns * e).sum() / e.sum() for e in erased]
    for centre, size in zip(centres, (height, width), strict=True):
        assert 0.24 * (size - 1) <= min(centre) < 0.28 * (size - 1)
        assert 0.72 * (size - 1) < max(centre) <= 0.76 * (size - 1)
    radii = np.sqrt(area / np.pi) / (min(height, width) / 2)
    assert 0.08 < radii.min() < 0.13
    assert 0.37 < radii.max() < 0.42
    assert np.abs(np.corrcoef(np.stack([*centres, radii]))[np.triu_indices(3, 1)]).max() < 0.25


def test_a_half_is_one_side_of_a_line_in_any_direction():
    height = width = 21
    state = jnp.asarray(np.random.default_rng(0).uniform(0.5, 1, (height, width, 4)), jnp.float32)
    many = np.asarray(jax.vmap(lambda key: erase_random_half(state, key))(jax.random.split(jax.random.key(2), 300)))
    erased = (many == 0).all(-1)
    np.testing.assert_array_equal(many, np.where(erased[..., None], 0, state))
    share = erased.mean((1, 2))
    assert 0.25 < share.min() < 0.4 < 0.6 < share.max() < 0.75
    rows, columns = np.mgrid[:height, :width]
    ways = []
    for mask in erased:
        lost, left = (np.asarray([rows[m].mean(), columns[m].mean()]) for m in (mask, ~mask))
        ways.append((lost - left) / np.linalg.norm(lost - left))
        if len(ways) <= 20:
            separable(np.stack([rows, columns], -1).reshape(-1, 2), mask.ravel())
    assert (np.abs(np.mean(ways, axis=0)) < 0.15).all(), "no direction is preferred"
    assert np.std(ways, axis=0) == pytest.approx([0.7, 0.7], abs=0.1)


def separable(points, mask):
    """Whether a straight line lies between the masked points and the others."""
    angles = np.linspace(0, 2 * np.pi, 720)
    along = points @ np.stack([np.cos(angles), np.sin(angles)])
    # To what a step of the angles makes at the grid's corners.
    assert (along[mask].min(0) > along[~mask].max(0) - 0.2).any()
