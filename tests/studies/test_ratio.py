import numpy as np
import pytest

from ontogeny.studies.ratio import ratio


def test_few_seeds_give_the_full_range():
    found = ratio(np.array([2.0, 4.0, 8.0]), np.array([1.0, 2.0, 4.0]))
    assert (found.middle, found.low, found.high) == (2, 0.5, 8)
    assert not found.excludes_one
    assert "range of 3 seeds" in str(found)


def test_an_interval_excludes_one_where_all_of_one_is_above_all_of_the_other():
    high, low = np.array([5.0, 6, 7, 8, 9]), np.array([1.0, 2, 3, 3, 4])
    assert ratio(high, low).low > 1
    assert ratio(low, high).high < 1
    assert "95 %" in str(ratio(high, low))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    draw = np.random.default_rng(0)
    inside = 0
    for _ in range(200):
        one, other = np.exp(draw.normal(size=(2, 30)) * 0.5 + [[np.log(2)], [0]])
        found = ratio(one, other)
        inside += found.low <= 2 <= found.high
    assert inside / 200 > 0.9


def test_what_diverged_counts_as_infinite():
    found = ratio(np.array([1.0, np.nan, 1.0]), np.array([1.0, 1.0, 1.0]))
    assert found.middle == 1
    assert found.high == np.inf


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_ratio_does_not_depend_on_the_unit(scale):
    one, other = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 3, 4, 5, 6])
    assert ratio(one * scale, other * scale).low == pytest.approx(ratio(one, other).low)
