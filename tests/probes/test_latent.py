import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.probes.latent import drawn, linear_probe, separation, spacing

RNG = np.random.default_rng(0)
LABELS = np.arange(300) % 3
CENTRES = np.asarray([[0, 0], [10, 0], [0, 10]])
CLUSTERS = CENTRES[LABELS] + 0.1 * RNG.normal(size=(300, 2))


def test_narrow_clusters_lie_apart_and_mixed_classes_do_not():
    assert separation(CLUSTERS, LABELS) > 0.97
    assert abs(separation(CLUSTERS, RNG.permutation(LABELS))) < 0.05
    # Two pairs: each latent is 1 from its own, and 3 and √10 from the two of the other class.
    four = np.asarray([[0, 0], [0, 1], [3, 0], [3, 1]])
    assert separation(four, np.asarray([0, 0, 1, 1])) == pytest.approx(1 - 2 / (3 + 10**0.5))
    assert separation(four, np.asarray([0, 1, 0, 1])) < -0.3
    assert separation(np.zeros((4, 2)), np.asarray([0, 0, 1, 1])) == 0


def test_of_many_latents_some_are_compared_and_a_seed_repeats_them():
    latents, labels = np.tile(CLUSTERS, (10, 1)) + RNG.normal(size=(3000, 2)), np.tile(LABELS, 10)
    assert separation(latents, labels) == separation(latents, labels, 0) != separation(latents, labels, 1)
    assert len(np.unique(drawn(3000, 2000, 1))) == 2000
    np.testing.assert_array_equal(drawn(5, 2000, 1), np.arange(5))


@pytest.mark.parametrize("labels", [np.zeros(300), np.arange(300)])
def test_a_separation_needs_classes_of_several(labels):
    with pytest.raises(InputError, match=r"labels.*two or more classes"):
        separation(CLUSTERS, labels)


def test_a_linear_probe_tells_what_lines_divide():
    half = slice(0, 150), slice(150, 300)
    assert linear_probe(CLUSTERS[half[0]], LABELS[half[0]], CLUSTERS[half[1]], LABELS[half[1]]) == 1
    # The scale of a coordinate does not matter.
    small = CLUSTERS * [1e-6, 1e3]
    assert linear_probe(small[half[0]], LABELS[half[0]], small[half[1]], LABELS[half[1]]) == 1
    # A ring around a disc is no matter of lines; chance would be one half.
    angles, radii = RNG.uniform(0, 2 * np.pi, 1000), np.repeat([0.2, 1], 500)
    ring = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
    assert linear_probe(ring, radii > 0.5, ring, radii > 0.5) < 0.65
    with pytest.raises(InputError, match="two or more classes"):
        linear_probe(CLUSTERS, np.zeros(300), CLUSTERS, LABELS)


def test_spacing_is_the_smallest_distance_by_the_mean_one():
    assert spacing(np.asarray([[0.0], [1.0], [5.0]])) == pytest.approx(1 / (10 / 3))
    assert spacing(np.asarray([[0.0, 1.0], [0.0, 1.0], [2.0, 2.0]])) == 0
    assert np.isnan(spacing(np.ones((3, 2))))
