import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ontogeny.core.generator import key_words, random_bits

COUNT = 1 << 14


def stream(seed=0, number=0, count=COUNT, start=0):
    words = key_words(jax.random.key(seed))
    return np.asarray(random_bits(words, jnp.uint32(number), jnp.arange(start, start + count, dtype=jnp.uint32)))


def bits(values):
    return np.unpackbits(values.astype("<u4").view(np.uint8)).reshape(len(values), 32)


def test_every_bit_is_set_half_the_time():
    shares = np.mean([bits(stream(seed, number)).mean(0) for seed in range(4) for number in range(4)], axis=0)
    np.testing.assert_allclose(shares, 0.5, atol=4.5 * 0.5 / np.sqrt(16 * COUNT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"start": 1}),
        ({}, {"start": 9}),
        ({}, {"number": 1}),
        ({"number": 1}, {"number": 2}),
        ({"number": 7}, {"number": 7 + 2**16}),
        ({}, {"seed": 1}),
    ],
)
def test_neighbours_streams_and_keys_share_nothing(one, other):
    same = bits(stream(**one)) == bits(stream(**other))
    assert same.mean() == pytest.approx(0.5, abs=4.5 * 0.5 / np.sqrt(same.size))
    # Each bit against each bit: 1,024 correlations, the largest of which chance allows 5 sigma.
    a, b = (bits(stream(**which)) - 0.5 for which in (one, other))
    assert np.abs(a.T @ b / len(a) * 4).max() < 5 / np.sqrt(len(a))


def test_one_bit_of_the_input_changes_half_of_the_output():
    words = key_words(jax.random.key(3))
    index = jnp.arange(2048, dtype=jnp.uint32)
    base = np.asarray(random_bits(words, jnp.uint32(5), index))
    for bit in range(32):
        turned = np.asarray(random_bits(words, jnp.uint32(5), index ^ jnp.uint32(1 << bit)))
        assert bits(base ^ turned).mean() == pytest.approx(0.5, abs=0.02)
        other = np.asarray(random_bits(words, jnp.uint32(5 ^ (1 << bit)), index))
        assert bits(base ^ other).mean() == pytest.approx(0.5, abs=0.02)
        key = np.asarray(random_bits(words ^ jnp.asarray([1 << bit, 0], jnp.uint32), jnp.uint32(5), index))
        assert bits(base ^ key).mean() == pytest.approx(0.5, abs=0.02)


def test_values_fill_the_range_evenly():
    counts = np.bincount(stream(count=1 << 16) >> 26, minlength=64)
    expected = (1 << 16) / 64
    assert ((counts - expected) ** 2 / expected).sum() < 120  # chi-squared of 63: 1 in 100,000


def test_streams_do_not_repeat_each_other_shifted():
    # A stream is a permutation of its counters: it has no value twice, two streams share few.
    seen = [stream(number=number) for number in range(8)]
    assert all(len(np.unique(each)) == COUNT for each in seen)
    assert len(np.unique(np.concatenate(seen))) > 8 * COUNT - 20
