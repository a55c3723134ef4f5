import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.data import load_target
from ontogeny.errors import InputError
from ontogeny.nets import NCA
from ontogeny.probes import (
    DISTURBANCES,
    Attack,
    Canvas,
    Curve,
    FireRate,
    Pruning,
    Quantisation,
    Response,
    Rotation,
    Scene,
    SignAttack,
    TwoSeeds,
    WeightNoise,
    film,
    frames,
    respond,
)  # fmt: skip

KEY = jax.random.key(0)
EARLY = Attack(at=6, horizon=4, strength=0.01)


def net_with(fire_rate: float = 0.5) -> NCA:
    key_net, key_output = jax.random.split(jax.random.key(3))
    net = NCA.create(key_net, channels=6, hidden=8, fire_rate=fire_rate)
    return eqx.tree_at(lambda n: n.output.weight, net, 0.1 * jax.random.normal(key_output, net.output.weight.shape))


@pytest.fixture(scope="module")
def net() -> NCA:
    return net_with()


@pytest.fixture(scope="module")
def target() -> np.ndarray:
    return np.asarray(load_target("heart", 9))


def scene_of(disturbance, net, target, rollouts=1) -> Scene:
    return disturbance.scene(net, target, KEY, rollouts)


@pytest.mark.parametrize(
    "nothing",
    [SignAttack(strength=0, clamp=False), WeightNoise(0), Pruning(0), FireRate(0.5), Rotation(0), Rotation(360)],
)
def test_a_disturbance_of_nothing_is_growth(net, target, nothing):
    found = respond("nothing", net, target, nothing, steps=12, rollouts=3)
    np.testing.assert_allclose(found.disturbed.losses, found.untouched.losses, rtol=1e-5)


def test_signs_move_away_from_the_goal_and_the_clamp_cuts(net, target):
    before = frames(net, (9, 9), 5, KEY)[5]
    moved = film(scene_of(SignAttack(0.01, False, 5, 5), net, target), 5, KEY)[5]
    np.testing.assert_allclose(moved, before + 0.01 * np.sign(before - target), atol=1e-6)
    clamped = film(scene_of(SignAttack(0.01, True, 5, 5), net, target), 5, KEY)[5]
    np.testing.assert_allclose(clamped, np.clip(moved, 0, 1), atol=1e-6)
    assert (moved < 0).any()
    later = film(scene_of(SignAttack(0.01, True, 3, 4), net, target), 5, KEY)
    np.testing.assert_array_equal(later[2], frames(net, (9, 9), 5, KEY)[2])
    assert later[4].min() >= 0
    assert later[5].min() < 0, "the attack is over"


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("method", ["fgsm", "pgd", "random"])
def test_attacks_stay_within_their_bound_and_use_it(net, target, norm, method):
    attack = dataclasses.replace(EARLY, norm=norm, method=method)
    change = film(scene_of(attack, net, target), 6, KEY)[6] - frames(net, (9, 9), 6, KEY)[6]
    size = np.abs(change).max() if norm == "linf" else np.sqrt(np.mean(change**2))
    assert size == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_attacks_by_gradient_do_more_harm_than_chance(net, target, norm):
    def harm(method):
        attack = dataclasses.replace(EARLY, norm=norm, method=method, rounds=20)
        found = respond("attack", net, target, attack, steps=10, rollouts=8)
        np.testing.assert_array_equal(found.disturbed.losses[:, :5], found.untouched.losses[:, :5])
        return (found.disturbed.losses - found.untouched.losses)[:, 9].mean()

    assert harm("fgsm") > 1.5 * abs(harm("random"))
    assert harm("pgd") > 0.98 * harm("fgsm")


def test_noise_is_each_rollouts_own_and_as_large_as_it_says(net, target):
    noisy = scene_of(WeightNoise(0.1), net, target, 200).net
    added = np.asarray(noisy.hidden.weight - net.hidden.weight)
    assert added.shape == (200, *net.hidden.weight.shape)
    assert added.std() == pytest.approx(0.1, rel=0.02)
    assert abs(np.corrcoef(added[0].ravel(), added[1].ravel())[0, 1]) < 0.3


def test_pruning_takes_the_smallest_weights(net, target):
    pruned = scene_of(Pruning(0.25), net, target).net.hidden.weight
    gone = np.asarray(pruned == 0)
    assert gone.sum() == round(0.25 * pruned.size)
    size = np.abs(np.asarray(net.hidden.weight))
    assert size[gone].max() <= size[~gone].min()
    everything = respond("prune", net, target, Pruning(1), steps=4, rollouts=2).disturbed.losses
    assert np.ptp(everything) == 0, "without weights the seed stays as it is"


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_quantised_weights_have_few_levels_and_small_errors(net, target, bits):
    rounded = np.asarray(scene_of(Quantisation(bits), net, target).net.output.weight)
    weight = np.asarray(net.output.weight)
    levels = 2 ** (bits - 1) - 1
    assert len(np.unique(rounded)) <= 2 * levels + 1
    assert np.abs(rounded - weight).max() <= np.abs(weight).max() / levels / 2 * 1.001


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_filters_grow_a_turned_picture(target, degrees):
    net = net_with(fire_rate=1.0)
    scene = scene_of(Rotation(degrees), net, target)
    grown, turned = frames(net, (9, 9), 8, KEY), film(scene, 8, KEY)
    np.testing.assert_allclose(turned, np.rot90(grown, degrees // 90, axes=(1, 2)), atol=1e-4)
    np.testing.assert_array_equal(scene.target, np.rot90(target, degrees // 90))


def test_a_turn_of_no_quarter_keeps_the_middle_of_the_picture(target):
    turned = scene_of(Rotation(45), net_with(), target).target
    np.testing.assert_allclose(turned[4, 4], target[4, 4], atol=1e-5)
    assert not np.allclose(turned, target)


def test_time_is_counted_in_firings(target):
    net = net_with(fire_rate=0.5)
    fast = respond("fire", net, target, FireRate(1.0), steps=10, rollouts=1).disturbed.losses
    every = respond("growth", net_with(1.0), target, SignAttack(0, False), steps=5, rollouts=1).untouched.losses
    np.testing.assert_allclose(fast[:, 1::2], every, rtol=1e-5)


@pytest.mark.parametrize("side", [13, 21])
def test_a_larger_canvas_changes_nothing_before_growth_reaches_the_edge(target, side):
    found = respond("canvas", net_with(1.0), target, Canvas(side), steps=3, rollouts=1)
    np.testing.assert_allclose(found.disturbed.losses, found.untouched.losses, rtol=1e-5)


def test_a_smaller_canvas_cuts_the_picture(net, target):
    np.testing.assert_array_equal(scene_of(Canvas(5), net, target).target, target[2:7, 2:7])


def test_two_seeds_grow_two_pictures_before_they_meet(target):
    found = respond("seeds", net_with(1.0), target, TwoSeeds(3), steps=4, rollouts=1)
    np.testing.assert_allclose(found.disturbed.losses, found.untouched.losses, rtol=1e-5)
    pictures = film(scene_of(TwoSeeds(3), net_with(1.0), target), 4, KEY)[4]
    assert pictures.shape == (9, 21, 4)
    np.testing.assert_allclose(pictures[:, :9], pictures[:, 12:], atol=1e-6)


def test_scores():
    def response(disturbed, untouched, once=True):
        curves = [Curve(np.tile(np.asarray(losses), (4, 1))) for losses in (disturbed, untouched)]
        return Response("attack", EARLY, 2, once, 4, 4, *curves)

    worse = response([1, 10, 100, 10], [1, 1, 1, 1])
    assert worse.area() == pytest.approx(4 / 3)
    assert worse.recovered() == 0
    assert np.isnan(response([1, 10, 100, 10], [1, 1, 1, 1], once=False).recovered())
    assert response([1, 1, 1, 1], [1, 1, 1, 1]).area() == 0
    assert worse.summary()["loss"]["2"]["median"] == 10
    assert worse.summary()["strength"] == EARLY.strength


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (SignAttack(strength=-1), "strength"),
        (SignAttack(first=0), "first"),
        (SignAttack(first=5, last=4), "last"),
        (Attack(method="fgms"), "method"),
        (Attack(norm="l1"), "norm"),
        (Attack(strength=0), "strength"),
        (Attack(horizon=0), "horizon"),
        (Attack(rounds=0), "rounds"),
        (Attack(at=0), "at"),
        (WeightNoise(-0.1), "sigma"),
        (Pruning(1.1), "fraction"),
        (Quantisation(1), "bits"),
        (FireRate(0), "rate"),
        (Canvas(2), "side"),
        (TwoSeeds(-1), "gap"),
        (Attack(at=300), "steps"),
    ],
)
def test_values_out_of_range_are_refused_by_name(net, target, bad, field):
    with pytest.raises(InputError) as refused:
        respond("bad", net, target, bad, steps=200, rollouts=1)
    assert refused.value.field == field


def test_every_disturbance_has_a_name_and_can_be_made_from_nothing(net, target):
    for name, made in DISTURBANCES.items():
        disturbance = made(at=3, horizon=2) if made is Attack else made()
        found = respond(name, net, target, disturbance, steps=5, rollouts=2)
        assert np.isfinite(found.disturbed.losses).all()
        assert jnp.isfinite(found.area())
