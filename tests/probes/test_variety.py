import itertools

import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.probes.variety import mean_difference, variety

RNG = np.random.default_rng(0)
PICTURES = RNG.uniform(size=(7, 3, 4))


def test_the_mean_difference_is_that_of_all_pairs():
    pairs = [np.abs(one - other).mean() for one, other in itertools.combinations(PICTURES, 2)]
    assert mean_difference(PICTURES) == pytest.approx(np.mean(pairs))


def test_outputs_that_are_all_alike_have_none_and_those_that_are_right_all():
    average = np.broadcast_to(PICTURES.mean(0), PICTURES.shape)
    assert variety(average, PICTURES) == pytest.approx(0, abs=1e-12)
    assert variety(PICTURES, PICTURES) == pytest.approx(1)
    assert variety(PICTURES[::-1], PICTURES) == pytest.approx(1), "rightly or wrongly"
    assert variety(average + 0.25 * (PICTURES - average), PICTURES) == pytest.approx(0.25)
    assert np.isnan(variety(PICTURES, average * 0))
    assert np.isnan(variety(PICTURES * np.nan, PICTURES))


def test_one_picture_differs_from_nothing():
    with pytest.raises(InputError, match="two or more"):
        variety(PICTURES[:1], PICTURES[:1])
    with pytest.raises(InputError, match=r"outputs.*\(7, 3, 4\)"):
        variety(PICTURES[:3], PICTURES)
