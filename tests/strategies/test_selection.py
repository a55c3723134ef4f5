import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import Tournament, Truncation

DRAWS = 8000


def picks(selection, popsize):
    kept = selection.kept(popsize)
    keys = jax.random.split(jax.random.key(0), DRAWS)
    return np.asarray(jax.jit(jax.vmap(lambda key: selection.pick(key, kept)))(keys)), kept


@pytest.mark.parametrize(("fraction", "kept"), [(0.25, 10), (1.0, 40), (0.001, 1)])
def test_truncation_draws_all_of_the_best_alike_and_no_other(fraction, kept):
    ranks, count = picks(Truncation(fraction), 40)
    assert count == kept
    share = np.bincount(ranks, minlength=kept) / DRAWS
    assert len(share) == kept
    np.testing.assert_allclose(share, 1 / kept, atol=4.5 * np.sqrt(1 / kept / DRAWS))


def test_tournament_is_won_by_the_best_of_those_that_contest():
    popsize, means = 40, []
    for size in (1, 2, 5):
        ranks, count = picks(Tournament(size), popsize)
        assert count == popsize
        # All of `size` draws miss the best r with probability (1 - r / popsize)^size.
        better = np.arange(1, popsize + 1) / popsize
        expected = np.diff(1 - (1 - better) ** size, prepend=0)
        share = np.bincount(ranks, minlength=popsize) / DRAWS
        np.testing.assert_allclose(share, expected, atol=4.5 * np.sqrt(expected.max() / DRAWS))
        means.append(ranks.mean())
    assert means[0] > means[1] + 4 > means[2] + 8, "larger tournaments press harder"


def test_options_that_cannot_work_are_refused():
    for fraction in (0.0, 1.5):
        with pytest.raises(InputError, match=r"fraction.*above 0, at most 1"):
            Truncation(fraction)
    with pytest.raises(InputError, match=r"size.*1 or more"):
        Tournament(0)
