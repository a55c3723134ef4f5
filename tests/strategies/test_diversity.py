import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.strategies import Novel, Pareto, Sharing, Truncation, distances

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def mistakes():
    """Six members over 100 cases: four that are alike and good, one that differs and is good, one that is bad."""
    losses = np.zeros((6, 100))
    for member in range(4):
        losses[member, :10] = 1
        losses[member, 20 + member] = 1
    losses[4, 50:62] = 1
    losses[5, 30:80] = 1
    return jnp.asarray(losses)


def test_distance_is_the_share_of_cases_that_are_decided_differently(mistakes):
    found = distances(mistakes)
    expected = np.abs(np.asarray(mistakes)[:, None] - np.asarray(mistakes)[None]).mean(2)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found[0, 1] == pytest.approx(0.02)


def test_truncation_looks_at_the_mean_alone(mistakes):
    assert 4 not in np.asarray(Truncation(0.5).parents(KEY, mistakes))


def test_sharing_prefers_who_is_alone_in_its_niche(mistakes):
    chosen = np.asarray(Sharing(0.5, 0.05).parents(KEY, mistakes)).tolist()
    assert chosen[0] == 4
    alone = np.asarray(Sharing(1.0, 1e-6).parents(KEY, mistakes))
    np.testing.assert_array_equal(alone, Truncation(1.0).parents(KEY, mistakes), "a niche of nobody shares nothing")


def test_novelty_goes_from_merit_to_difference(mistakes):
    assert np.asarray(Novel(1 / 6, 0.0, 2).parents(KEY, mistakes))[0] in (0, 1, 2, 3)
    assert np.asarray(Novel(1 / 6, 1.0, 2).parents(KEY, mistakes))[0] == 5
    assert 4 in np.asarray(Novel(0.5, 0.6, 2).parents(KEY, mistakes))


def fronts(objectives):
    """By the definition, for a few points."""
    left, number, found = set(range(len(objectives))), 0, {}
    while left:
        free = {
            one
            for one in left
            if not any(
                (objectives[other] <= objectives[one]).all() and (objectives[other] < objectives[one]).any()
                for other in left
            )
        }
        found |= dict.fromkeys(free, number)
        left, number = left - free, number + 1
    return found


@pytest.mark.parametrize("seed", range(5))
def test_pareto_takes_front_by_front(seed):
    rng = np.random.default_rng(seed)
    losses = (rng.random((12, 40)) < rng.uniform(0.1, 0.5, (12, 1))).astype(float)
    away = np.abs(losses[:, None] - losses[None]).mean(2)
    nearest = np.sort(away + np.diag(np.full(12, np.inf)), 1)[:, :3].mean(1)
    expected = fronts(np.stack([losses.mean(1), -nearest], 1))
    order = np.asarray(Pareto(1.0, 3).parents(KEY, jnp.asarray(losses)))
    assert sorted(order) == list(range(12))
    ranks = [expected[int(one)] for one in order]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("selection", [Sharing(0.5, 0.1), Novel(0.5), Pareto(0.5)])
def test_who_failed_is_nobodys_parent_and_changes_nothing_for_the_others(selection):
    losses = np.asarray((np.random.default_rng(1).random((8, 50)) < 0.3), float)
    failed = np.concatenate([losses[:3], np.full((1, 50), np.inf), losses[3:], np.full((1, 50), np.nan)])
    without = [int(one) for one in selection.parents(KEY, jnp.asarray(losses))]
    found = [int(one) for one in selection.parents(KEY, jnp.asarray(failed))]
    assert not {3, 9} & set(found)
    assert [one - (one > 3) for one in found][: len(without)] == without


def test_nobody_is_near_who_failed():
    found = np.asarray(distances(jnp.asarray([[0.0, 1.0], [jnp.inf, 0.0], [1.0, 1.0]])))
    assert found[0, 2] == 0.5
    assert np.isinf(found[1]).all()


def test_within_a_front_the_ends_come_first():
    # Four members on a line of equal trade: the ends are infinitely far from one neighbour.
    losses = np.zeros((4, 100))
    for member, wrong in enumerate((10, 20, 24, 40)):
        losses[member, :wrong] = 1
    order = np.asarray(Pareto(0.5, 1).parents(KEY, jnp.asarray(losses)))
    assert 0 in order


def test_values_out_of_range_are_refused():
    for make in (lambda: Sharing(0.5, 0.0), lambda: Novel(0.5, 1.5), lambda: Pareto(0.5, 0)):
        with pytest.raises(InputError):
            make()
