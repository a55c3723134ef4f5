import jax
import numpy as np
import pytest

from ontogeny.data import load_target
from ontogeny.errors import InputError
from ontogeny.nets import NCA
from ontogeny.probes import Curve, Wound, erase, frames, growth, watch


@pytest.fixture(scope="module")
def net() -> NCA:
    key_net, key_output = jax.random.split(jax.random.key(3))
    net = NCA.create(key_net, channels=6, hidden=8)
    # A net that does something: the second layer of a new one is zero.
    output = 0.1 * jax.random.normal(key_output, net.output.weight.shape)
    import equinox as eqx

    return eqx.tree_at(lambda n: n.output.weight, net, output)


@pytest.fixture(scope="module")
def target() -> np.ndarray:
    return load_target("heart", 9)


def test_a_net_that_changes_nothing_keeps_the_loss_of_the_seed(target):
    still = NCA.create(jax.random.key(0), channels=6, hidden=4)
    losses = growth(still, target, steps=5, rollouts=3).curve.losses
    seed = np.zeros((9, 9, 4))
    seed[4, 4, 3] = 1
    np.testing.assert_allclose(losses, np.full((3, 5), ((seed - target) ** 2).mean()), rtol=1e-5)


def test_the_loss_is_that_of_the_frames(net, target):
    key = jax.random.key(1)
    pictures = frames(net, (9, 9), 12, key)
    losses = watch(net, target, 12, 1, key).losses[0]
    assert pictures.shape == (13, 9, 9, 4)
    np.testing.assert_allclose(losses, ((pictures[1:] - target) ** 2).mean((1, 2, 3)), rtol=1e-4)


def test_rollouts_differ_and_seeds_repeat(net, target):
    one, two = (growth(net, target, steps=6, rollouts=4, seed=seed).curve.losses for seed in (0, 1))
    assert len(np.unique(one[:, -1])) == 4
    assert not np.allclose(one, two)
    np.testing.assert_array_equal(one, growth(net, target, steps=6, rollouts=4, seed=0).curve.losses)


def test_erasing_changes_nothing_before_and_everything_in_the_wound(net, target):
    found = erase(net, target, Wound("square", 3, at=4), steps=8, rollouts=5)
    np.testing.assert_array_equal(found.damaged.losses[:, :3], found.untouched.losses[:, :3])
    assert (found.damaged.losses[:, 3] != found.untouched.losses[:, 3]).all()
    key = jax.random.key(0)
    hurt = frames(net, (9, 9), 4, key, Wound("square", 3, at=4).change(9, 9))
    np.testing.assert_array_equal(hurt[4, 3:6, 3:6], 0)
    np.testing.assert_array_equal(hurt[3], frames(net, (9, 9), 4, key)[3])


@pytest.mark.parametrize(
    ("wound", "rows", "columns"),
    [
        # The cells that Hestmark & Luu's program erased.
        (Wound("square", 3), range(3, 6), range(3, 6)),
        (Wound("square", 2), range(4, 6), range(4, 6)),
        (Wound("bottom"), range(5, 9), range(9)),
        (Wound("square", 2, row=0, column=7), range(2), range(7, 9)),
        (Wound("bottom", 1), range(8, 9), range(9)),
    ],
)
def test_which_cells_are_erased(wound, rows, columns):
    expected = np.zeros((9, 9), bool)
    expected[np.ix_(list(rows), list(columns))] = True
    np.testing.assert_array_equal(wound.mask(9, 9), expected)


def test_the_bottom_of_15_rows_is_7():
    assert Wound("bottom").mask(15, 15).sum() == 7 * 15


def test_a_circle_is_round():
    mask = Wound("circle", 5).mask(9, 9)
    assert mask[4, 4]
    assert mask.sum() == 21
    np.testing.assert_array_equal(mask, mask.T)
    np.testing.assert_array_equal(mask, mask[::-1])


def test_recovered_share():
    def result(damaged, untouched):
        from ontogeny.probes import Erase

        curves = [Curve(np.tile(np.asarray(losses), (4, 1))) for losses in (damaged, untouched)]
        return Erase(Wound(at=2), 9, 4, 4, *curves).recovered()

    assert result([1, 5, 3, 1], [1, 1, 1, 1]) == 1
    assert result([1, 5, 5, 5], [1, 1, 1, 1]) == 0
    assert result([1, 5, 4, 3], [1, 1, 1, 1]) == 0.5
    assert result([1, 5, 9, 9], [1, 1, 1, 1]) == -1
    assert np.isnan(result([1, 5, 9, 9], [1, 1, 8, 9])), "what decays by itself does not recover"


def test_a_curve_that_overflows_still_has_quantiles():
    losses = np.asarray([[1.0], [2.0], [np.nan], [np.inf], [3.0]])
    assert Curve(losses).at(1)["median"] == 3.0
    assert Curve(losses).at(1)["q90"] == np.inf


@pytest.mark.parametrize("bad", [Wound("square", 0), Wound("hexagon"), Wound(row=9), Wound("bottom", 10), Wound(at=0)])
def test_wounds_that_miss_the_canvas_are_refused(net, target, bad):
    with pytest.raises(InputError):
        erase(net, target, bad, rollouts=1)
