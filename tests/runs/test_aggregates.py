import numpy as np
import pytest

from ontogeny.runs.aggregates import improvement, interquartile_mean

RNG = np.random.default_rng(0)


def test_the_interquartile_mean_is_that_of_the_middle_half():
    assert interquartile_mean(np.asarray([1.0, 2.0, 3.0, 100.0])).value == 2.5
    assert interquartile_mean(np.asarray([1.0, 2.0, 3.0, np.nan, 4.0, 5.0, 6.0, np.inf])).value == 4.5
    assert np.isnan(interquartile_mean(np.asarray([1.0, 2.0])).low)


def test_its_interval_covers_the_truth_about_as_often_as_it_says():
    found = [interquartile_mean(RNG.normal(size=20)) for _ in range(200)]
    assert 0.85 < np.mean([each.low <= 0 <= each.high for each in found]) <= 1


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [([1, 2], [3, 4], 1.0), ([3, 4], [1, 2], 0.0), ([1, 1], [1, 1], 0.5), ([1, 3], [2, np.nan], 0.75)],
)
def test_improvement_is_the_share_of_pairs(one, other, wanted):
    assert improvement(np.asarray(one, float), np.asarray(other, float)).value == wanted


def test_improvement_is_that_of_mann_and_whitney():
    from scipy.stats import mannwhitneyu

    one, other = RNG.normal(size=9), RNG.normal(0.5, size=7)
    found = improvement(one, other)
    assert found.value == pytest.approx(mannwhitneyu(other, one).statistic / 63)
    assert found.low < found.value < found.high
