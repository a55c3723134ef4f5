import numpy as np
import pytest

from ontogeny.data import GENERATED, load_lessons
from ontogeny.errors import InputError


@pytest.mark.parametrize("name", GENERATED)
def test_sets_are_generated_in_three_parts_scaled_and_by_seed(name):
    found = load_lessons(name, 3, 500)
    assert [part.images.shape for part in found] == [(300, 10), (100, 10), (100, 10)]
    assert np.mean(found.train.images**2) == pytest.approx(1, rel=1e-4)
    for part, again, other in zip(found, load_lessons(name, 3, 500), load_lessons(name, 4, 500), strict=True):
        np.testing.assert_array_equal(part.images, again.images)
        np.testing.assert_array_equal(part.labels, again.labels)
        assert (part.images != other.images).any()
    rows = np.concatenate([part.images for part in found])
    assert len(np.unique(rows, axis=0)) == 500, "no sample is in two parts"


def test_clusters_lie_about_the_corners_of_a_cube_of_side_20():
    found = load_lessons("clusters", 0, 5000, scaled=False).train
    assert set(found.labels) == {0, 1, 2, 3}
    assert np.bincount(found.labels).min() > 600
    # Each coordinate of a cluster's middle is at about -10 or 10.
    from sklearn.cluster import KMeans

    middles = KMeans(8, n_init=4, random_state=0).fit(found.images).cluster_centers_
    np.testing.assert_allclose(np.abs(middles), 10, atol=1.5)


def test_several_sets_joined_are_one_after_the_other():
    joined = [load_lessons("clusters+halfspace", seed, 100).train for seed in range(4)]
    for seed, name in enumerate(["clusters", "halfspace"] * 2):
        np.testing.assert_array_equal(joined[seed].images, load_lessons(name, seed, 100).train.images)
    with pytest.raises(InputError, match="clusters"):
        load_lessons("clusters+mnist")


def test_overlapping_clusters_cannot_be_told_apart_for_sure():
    from sklearn.neighbors import KNeighborsClassifier

    scores = []
    for name in ("clusters", "overlapping"):
        found = load_lessons(name, 0)
        model = KNeighborsClassifier(20).fit(found.train.images, found.train.labels)
        scores.append(model.score(found.test.images, found.test.labels))
    assert scores[0] > 0.98
    assert 0.6 < scores[1] < 0.95


def test_a_half_space_is_one_and_its_classes_are_even():
    from sklearn.linear_model import LogisticRegression

    found = load_lessons("halfspace", 1)
    model = LogisticRegression(C=1e4).fit(found.train.images, found.train.labels)
    assert model.score(found.test.images, found.test.labels) > 0.99
    assert 0.4 < found.train.labels.mean() < 0.6


def test_images_are_rows_of_numbers():
    found = load_lessons("digits")
    assert found.train.images.shape == (1284, 64)
    assert np.mean(found.train.images**2) == pytest.approx(1, rel=1e-4)


def test_unknown_names_and_too_few_samples_are_refused():
    with pytest.raises(InputError, match="clusters"):
        load_lessons("cluster")
    with pytest.raises(InputError, match="10 or more"):
        load_lessons("clusters", count=5)


@pytest.mark.parametrize("name", ["relu2-teacher", "recurrent-teacher"])
def test_teachers_are_no_planes_but_can_be_learned(name):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    train, _, test = load_lessons(name, 1)
    plane = LogisticRegression().fit(*train).score(*test)
    assert 0.55 < plane < 0.97
    assert KNeighborsClassifier(9).fit(*train).score(*test) > max(test.labels.mean(), 1 - test.labels.mean()) + 0.02
