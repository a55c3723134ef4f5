import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import Lexicase, Tournament, Truncation

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
    with pytest.raises(InputError, match=r"fraction.*above 0"):
        Lexicase(0.0)
    with pytest.raises(InputError, match=r"tolerance.*0 or more"):
        Lexicase(tolerance=-1.0)


def lexicase(losses, tolerance=0.0, seed=0):
    chosen = jax.jit(Lexicase(1.0, tolerance).parents)(jax.random.key(seed), jnp.asarray(losses, jnp.float32))
    return np.asarray(chosen)


def by_hand(losses, order, tolerance):
    """The published filter, in plain loops."""
    spread = np.median(np.abs(losses - np.median(losses, 0)), 0)
    left = list(range(len(losses)))
    for objective in order:
        best = min(losses[member, objective] for member in left)
        left = [member for member in left if losses[member, objective] <= best + tolerance * spread[objective]]
    return min(left, key=lambda member: losses[member].mean())


@pytest.mark.parametrize("tolerance", [0.0, 1.0])
def test_lexicase_filters_by_the_objectives_in_all_orders(tolerance):
    losses = np.random.default_rng(1).normal(size=(64, 3)).astype(np.float32)
    wanted = {by_hand(losses, order, tolerance) for order in itertools.permutations(range(3))}
    chosen = lexicase(losses, tolerance)
    assert len(chosen) == 64
    assert set(chosen) == wanted
    assert len(wanted) > 1


def test_lexicase_with_one_objective_takes_the_best_and_never_one_that_failed():
    losses = np.asarray([3.0, 1.0, np.nan, 2.0, -np.inf, np.inf])[:, None]
    assert set(lexicase(losses, 1.0)) == {1}
    several = np.asarray([[2.0, 2.0], [0.0, np.nan], [1.0, 3.0], [np.inf, 0.0]])
    assert set(lexicase(several)) == {0, 2}


def test_lexicase_does_not_mind_the_scale_of_an_objective():
    losses = np.random.default_rng(1).normal(size=(32, 4))
    np.testing.assert_array_equal(lexicase(losses, 1.0), lexicase(losses * [1, 1e-3, 1e3, 7], 1.0))
