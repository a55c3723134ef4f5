import numpy as np
import pytest
from sklearn.metrics import log_loss

from ontogeny.errors import InputError
from ontogeny.probes import answers, brier_score, expected_calibration_error, negative_log_likelihood, reliability

RNG = np.random.default_rng(0)
TRUE = RNG.normal(scale=2, size=(20_000, 5))
TRUTH = (RNG.gumbel(size=TRUE.shape) + TRUE).argmax(1)
"""Labels drawn by the probabilities that the logits say."""


def _probabilities(logits):
    powers = np.exp(np.asarray(logits, np.float64))
    return powers / powers.sum(1, keepdims=True)


def test_the_table_is_that_of_a_loop_over_bins(logits, reader, digits):
    found = np.asarray(answers(logits, reader, digits.images))
    probabilities, bins = _probabilities(found), 7
    sure, right = probabilities.max(1), probabilities.argmax(1) == digits.labels
    table, error = reliability(found, digits.labels, bins), 0.0
    for place in range(bins):
        inside = (sure > place / bins) & (sure <= (place + 1) / bins)
        assert table.count[place] == inside.sum()
        if inside.any():
            assert table.confidence[place] == pytest.approx(sure[inside].mean())
            assert table.accuracy[place] == pytest.approx(right[inside].mean())
            error += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
        else:
            assert np.isnan(table.accuracy[place])
    assert expected_calibration_error(found, digits.labels, bins) == pytest.approx(error)


def test_scores_are_those_of_others(logits, reader, digits):
    found = answers(logits, reader, digits.images)
    probabilities = _probabilities(found)
    expected = log_loss(digits.labels, probabilities, labels=range(10))
    assert negative_log_likelihood(found, digits.labels) == pytest.approx(expected)
    distances = [
        ((row - np.eye(10)[label]) ** 2).sum() for row, label in zip(probabilities, digits.labels, strict=True)
    ]
    assert brier_score(found, digits.labels) == pytest.approx(np.mean(distances))


def test_who_says_the_truth_is_calibrated_and_who_boasts_is_not():
    honest = expected_calibration_error(TRUE, TRUTH)
    assert honest < 0.015
    for temperature in (0.3, 3):
        assert expected_calibration_error(TRUE / temperature, TRUTH) > 0.1
        assert negative_log_likelihood(TRUE / temperature, TRUTH) > negative_log_likelihood(TRUE, TRUTH) + 0.05
        assert brier_score(TRUE / temperature, TRUTH) > brier_score(TRUE, TRUTH) + 0.02


def test_extremes():
    certain = np.where(np.eye(3) > 0, 0, -1e4)
    for labels, error, brier in (([0, 1, 2], 0, 0), ([1, 2, 0], 1, 2)):
        assert expected_calibration_error(certain, np.asarray(labels)) == error
        assert brier_score(certain, np.asarray(labels)) == brier
    assert negative_log_likelihood(certain, np.asarray([1, 1, 2])) == pytest.approx(1e4 / 3)
    assert np.isnan(expected_calibration_error(certain * np.nan, np.asarray([0, 1, 2])))
    assert reliability(certain, np.asarray([0, 1, 2]), 4).count.tolist() == [0, 0, 0, 3]


@pytest.mark.parametrize(
    ("logits", "labels", "bins", "field"),
    [
        (TRUE[:4], TRUTH[:4], 0, "bins"),
        (TRUE[:4], TRUTH[:3], 5, "logits"),
        (TRUE[:0], TRUTH[:0], 5, "logits"),
        (TRUE[:2], np.asarray([0, 5]), 5, "labels"),
        (TRUE[:2], np.asarray([0.0, 1.0]), 5, "labels"),
    ],
)
def test_bad_input_is_refused(logits, labels, bins, field):
    with pytest.raises(InputError, match=field):
        expected_calibration_error(logits, labels, bins)
