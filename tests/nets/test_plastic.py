import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets import PlasticNet, Synapses
from ontogeny.nets.plastic import read

KEY = jax.random.key(0)


def capped(driven, count):
    """The `count` largest of what a rectifier leaves, by hand."""
    active = np.maximum(driven, 0)
    fired = np.zeros(len(active), bool)
    fired[np.argsort(-active, kind="stable")[:count]] = True
    return np.where(fired, active, 0), fired


def test_there_are_as_many_synapses_as_said_and_none_to_oneself():
    wiring, synapses = PlasticNet(200, 100, density=0.3).wire(KEY, 50, 10)
    assert np.asarray(wiring.input).mean() == pytest.approx(0.3, abs=0.02)
    assert np.asarray(wiring.recurrent).mean() == pytest.approx(0.3, abs=0.02)
    assert not np.diag(np.asarray(wiring.recurrent)).any()
    assert not np.asarray(synapses.input)[np.asarray(wiring.input) == 0].any()
    assert np.asarray(synapses.input).std() == pytest.approx(0.3**0.5, abs=0.02)
    assert not np.asarray(synapses.recurrent).any()
    assert synapses.read_out.shape == (200, 10)


@pytest.mark.parametrize("again", ["drive", "activity", "input"])
def test_three_rounds_by_hand(again):
    net = PlasticNet(12, 5, 3, again=again, starts=("normal", "normal", "normal"))
    _, synapses = net.wire(KEY, 7, 4)
    sample = np.random.default_rng(0).normal(size=7).astype(np.float32)
    drive = sample @ np.asarray(synapses.input)
    activity, fired = capped(drive, 5)
    none = np.zeros_like(drive)
    within, past = {"drive": (drive, none), "activity": (activity, none), "input": (none, drive)}[again]
    codes = 4 * fired
    for place in (2, 1):
        activity, fired = capped((activity + within) @ np.asarray(synapses.recurrent) + past, 5)
        codes = codes + place * fired
    firing = net.firing(synapses, jnp.asarray(sample))
    np.testing.assert_array_equal(firing.codes, codes)
    np.testing.assert_allclose(firing.activity, activity, rtol=1e-5)
    np.testing.assert_allclose(read(synapses, firing), activity @ np.asarray(synapses.read_out), rtol=1e-4)


def test_with_a_norm_a_sample_counts_the_same_however_strong_it_is():
    net = PlasticNet(30, 10, 2, starts=("normal", "normal", "zero"), gain="norm")
    _, synapses = net.wire(KEY, 7, 4)
    sample = jax.random.normal(KEY, (7,))
    weak, strong = (net.firing(synapses, factor * sample) for factor in (1, 50))
    np.testing.assert_array_equal(weak.codes, strong.codes)
    np.testing.assert_allclose(weak.activity, strong.activity, rtol=1e-4)
    assert float((weak.activity**2).mean()) == pytest.approx(1, rel=1e-4)


def test_many_samples_at_once_are_as_one_after_the_other():
    net = PlasticNet(30, 10, 3, starts=("ones", "normal", "zero"), activation="sigmoid")
    _, synapses = net.wire(KEY, 7, 4)
    samples = jax.random.normal(KEY, (5, 7))
    together = net.firing(Synapses(*synapses), samples)
    for number in range(5):
        alone = net.firing(synapses, samples[number])
        np.testing.assert_array_equal(alone.codes, together.codes[number])
        np.testing.assert_allclose(alone.activity, together.activity[number], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"width": 0}, {"fire": 0}, {"width": 5, "fire": 6}, {"rounds": 0}, {"rounds": 9}, {"density": 0.0},
        {"activation": "tanh"}, {"again": "output"}, {"gain": "max"}, {"starts": ("zero",)},
        {"starts": ("zero", "zero", "one")},
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(options):
    with pytest.raises(InputError):
        PlasticNet(**options)
