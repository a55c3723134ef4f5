import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.tasks import SamplePool

SEED = jnp.zeros((2, 2, 4)).at[1, 1, 3].set(1)
RULES = ("worst-after", "worst-before", "seed-first")


def numbered(size):
    """A pool of living states that tell their slot: all channels are 1 + slot."""
    return jnp.ones((size, 2, 2, 4)) + jnp.arange(size)[:, None, None, None]


def first_channel(states):
    return states[..., 0, 0, 0]


def draw(pool, size=6, batch=3, seed=0, states=None, error=first_channel):
    states = numbered(size) if states is None else states
    return pool.draw(jax.random.key(seed), states, batch, SEED, error)


@pytest.mark.parametrize("rule", RULES)
def test_pool_begins_with_nothing_but_seeds(rule):
    states = SamplePool(5, rule).begin(SEED)
    assert states.shape == (5, 2, 2, 4)
    assert (states == SEED).all()


@pytest.mark.parametrize("rule", RULES)
def test_slots_of_a_batch_differ_and_all_are_drawn_alike(rule):
    pool = SamplePool(6, rule)
    keys = jax.random.split(jax.random.key(0), 600)
    slots = jax.jit(jax.vmap(lambda key: pool.draw(key, numbered(6), 3, SEED, first_channel)[1]))(keys)
    assert (np.diff(np.sort(slots, axis=1), axis=1) > 0).all()
    counts = np.bincount(np.ravel(slots), minlength=6)
    np.testing.assert_allclose(counts, 300, atol=4.5 * np.sqrt(600 * 0.25))


def test_worst_after_starts_from_what_the_pool_holds():
    states, slots = draw(SamplePool(6, "worst-after"))
    np.testing.assert_array_equal(states, numbered(6)[slots])


def test_worst_after_puts_the_seed_in_the_slot_of_the_worst_and_writes_the_others():
    slots, grown = jnp.asarray([4, 0, 2]), 10 * numbered(3)
    losses = jnp.asarray([0.1, 0.9, 0.5])
    after = SamplePool(6, "worst-after").settle(numbered(6), slots, grown, losses, SEED)
    np.testing.assert_array_equal(after[4], grown[0])
    np.testing.assert_array_equal(after[0], SEED)
    np.testing.assert_array_equal(after[2], grown[2])
    np.testing.assert_array_equal(after[jnp.asarray([1, 3, 5])], numbered(6)[jnp.asarray([1, 3, 5])])


def test_worst_before_starts_the_worst_from_the_seed_and_sorts_the_others():
    for seed in range(5):
        states, slots = draw(SamplePool(6, "worst-before"), seed=seed)
        assert (np.diff(slots) < 0).all(), "the error grows with the slot here"
        np.testing.assert_array_equal(states[0], SEED)
        np.testing.assert_array_equal(states[1:], numbered(6)[slots[1:]])


def test_worst_before_writes_all_of_the_batch():
    slots, grown = jnp.asarray([4, 0, 2]), 10 * numbered(3)
    after = SamplePool(6, "worst-before").settle(numbered(6), slots, grown, jnp.asarray([0.1, 0.9, 0.5]), SEED)
    np.testing.assert_array_equal(after[slots], grown)


def test_seed_first_starts_the_first_from_the_seed():
    states, slots = draw(SamplePool(6, "seed-first"))
    np.testing.assert_array_equal(states[0], SEED)
    np.testing.assert_array_equal(states[1:], numbered(6)[slots[1:]])


def test_seed_first_writes_only_what_lives():
    slots, grown = jnp.asarray([4, 0, 2]), 10 * numbered(3)
    grown = grown.at[1, ..., 3].set(0.1)
    grown = grown.at[2, ..., 3].set(0.0).at[2, 0, 1, 3].set(0.2)
    after = SamplePool(6, "seed-first").settle(numbered(6), slots, grown, jnp.asarray([0.1, 0.9, 0.5]), SEED)
    np.testing.assert_array_equal(after[4], grown[0])
    np.testing.assert_array_equal(after[0], numbered(6)[0])
    np.testing.assert_array_equal(after[2], grown[2])


@pytest.mark.parametrize("rule", RULES)
def test_states_that_are_not_finite_never_enter_the_pool(rule):
    grown = (10 * numbered(2)).at[1, 0, 0, 0].set(jnp.nan)
    losses = jnp.asarray([0.5, jnp.nan])
    after = SamplePool(4, rule).settle(numbered(4), jnp.asarray([3, 1]), grown, losses, SEED)
    assert np.isfinite(after).all()
    np.testing.assert_array_equal(after[1], SEED)
    np.testing.assert_array_equal(after[3], grown[0])


def test_pools_that_cannot_work_are_refused():
    with pytest.raises(InputError, match=r"batch: 1.*give 2 or more with a pool"):
        SamplePool(8).check(1)
    with pytest.raises(InputError, match=r"pool: 3.*at least the batch, 4"):
        SamplePool(3).check(4)
    with pytest.raises(InputError, match=r"pool_rule.*did you mean worst-before"):
        SamplePool(8, "worst-befor").check(2)
    SamplePool(4).check(4)
