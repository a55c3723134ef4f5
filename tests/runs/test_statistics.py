import numpy as np
import pytest

from ontogeny.runs.statistics import interval_name, median_interval


def test_few_values_give_the_full_range():
    median, low, high = median_interval(np.asarray([3.0, 1.0, 2.0, 9.0]))
    assert (median, low, high) == (2.5, 1.0, 9.0)


def test_one_value_is_its_own_interval():
    assert [float(end) for end in median_interval(np.asarray([4.0]))] == [4.0, 4.0, 4.0]


@pytest.mark.parametrize(("count", "least"), [(5, 0.91), (7, 0.83), (9, 0.92), (30, 0.91)])
def test_interval_covers_the_true_median_as_often_as_it_says(count, least):
    rng = np.random.default_rng(1)
    # Log-normal, like losses: the median is 1, the mean is not.
    samples = np.exp(rng.normal(size=(count, 300)))
    _, low, high = median_interval(samples)
    covered = np.mean((low <= 1) & (high >= 1))
    assert least <= covered <= 0.98


def test_interval_narrows_with_more_values():
    rng = np.random.default_rng(2)
    widths = [np.diff(median_interval(rng.normal(size=count))[1:])[0] for count in (8, 200)]
    assert widths[1] < widths[0] / 2


def test_curves_are_taken_point_by_point():
    values = np.random.default_rng(3).normal(size=(6, 4))
    median, low, high = median_interval(values)
    assert median.shape == low.shape == high.shape == (4,)
    single = median_interval(values[:, 2])
    np.testing.assert_allclose([median[2], low[2], high[2]], single)


def test_a_diverged_run_pulls_upwards_and_breaks_nothing():
    values = np.asarray([1.0, 2.0, np.nan, np.inf, 3.0, 4.0, 5.0])
    median, low, high = median_interval(values)
    assert median == 4
    assert low < 4
    assert high == np.inf


def test_names_say_what_the_interval_is():
    assert "range" in interval_name(4)
    assert "bootstrap" in interval_name(5)
    assert interval_name(1) == "one seed"
