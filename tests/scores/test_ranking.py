import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.scores.graph import FEATURES, depth, features
from ontogeny.scores.ranking import finite, gain, interval, kendall, regret, spearman, together

ACCURACY = np.asarray([0.1, 0.5, 0.7, 0.8, 0.9])


def test_a_score_that_orders_all_alike_is_perfect():
    score = np.exp(9 * ACCURACY)
    assert spearman(score, ACCURACY) == pytest.approx(1)
    assert kendall(-score, ACCURACY) == pytest.approx(-1)
    assert gain(score, ACCURACY) == pytest.approx(1)
    assert regret(score, ACCURACY) == 0


def test_a_constant_says_nothing():
    assert spearman(np.ones(5), ACCURACY) == 0
    assert kendall(np.ones(5), ACCURACY) == 0


def test_gain_and_regret_are_about_the_first():
    score = np.asarray([9.0, 1, 2, 3, 4])
    assert regret(score, ACCURACY) == pytest.approx(0.8)
    assert regret(score, ACCURACY, 2) == 0
    gains = 2 ** ((ACCURACY - 0.1) / 0.8) - 1
    discount = 1 / np.log2([2, 3])
    expected = (gains[[0, 4]] @ discount) / (gains[[4, 3]] @ discount)
    assert gain(score, ACCURACY, 2) == pytest.approx(expected)


def test_what_is_not_finite_is_the_worst():
    np.testing.assert_array_equal(np.argsort(finite(np.asarray([3.0, np.nan, 1.0, np.inf]), False))[2:], [0, 2])
    assert finite(np.asarray([-np.inf, 2.0]), True)[0] < 2


def test_together_the_best_in_all_is_first():
    both = together(np.asarray([[1.0, 2, 3, 4, 5], [1.0, 3, 2, 4, 5]]))
    assert both[4] == 0
    assert both.argmin() == 0
    assert both[1] == both[2]


def test_intervals_hold_the_value_and_narrow_with_more_nets():
    rng = np.random.default_rng(0)
    wide = []
    for count in (30, 300):
        accuracy = rng.normal(size=count)
        middle, low, high = interval(spearman, accuracy + rng.normal(size=count), accuracy, 200)
        assert low < middle < high
        wide.append(high - low)
    assert wide[1] < wide[0] / 2
    with pytest.raises(InputError, match="score"):
        interval(spearman, ACCURACY[:2], ACCURACY[:2])


def test_dead_edges_do_not_count():
    named = dict(zip(FEATURES, features([3, 0, 3, 1, 2, 0]), strict=True))
    # Node 2 leads nowhere: the 3×3 convolution into it is dead.
    assert named["live nor_conv_3x3"] == 1
    assert named["paths"] == 2
    assert named["longest in convolutions"] == 2
    assert named["shortest in convolutions"] == 0
    assert named["skips past all"] == 1
    assert depth([3, 0, 3, 0, 0, 3]) == 3
    assert depth([0] * 6) == 0
    assert features([0] * 6)[FEATURES.index("live edges")] == 0
