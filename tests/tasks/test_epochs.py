import jax
import numpy as np

from ontogeny.tasks.epochs import Epochs

KEY = jax.random.key(0)


def dealt(epochs, size, batches):
    """The batches that are dealt, `(batches, size)`, and where it then stands."""

    def once(epochs, _):
        return epochs.after(size), epochs.batch(size)

    last, indices = jax.lax.scan(once, epochs, length=batches)
    return np.asarray(indices), last


def test_each_epoch_deals_every_sample_once_in_another_order():
    indices, last = dealt(Epochs.begin(KEY, 12), 4, 9)
    epochs = indices.reshape(3, 12)
    for order in epochs:
        np.testing.assert_array_equal(np.sort(order), np.arange(12))
    assert len({tuple(order) for order in [np.arange(12), *epochs]}) == 4
    assert (int(last.number), int(last.dealt)) == (3, 0)


def test_what_does_not_fill_a_batch_is_left_out_of_its_epoch():
    indices, last = dealt(Epochs.begin(KEY, 11), 4, 40)
    for epoch in indices.reshape(20, 8):
        assert len(np.unique(epoch)) == 8
    assert set(indices.ravel()) == set(range(11)), "not always the same ones"
    assert int(last.number) == 20


def test_a_batch_may_be_all_there_is():
    indices, _ = dealt(Epochs.begin(KEY, 5), 5, 3)
    for order in indices:
        np.testing.assert_array_equal(np.sort(order), np.arange(5))
    assert len({tuple(order) for order in indices}) > 1


def test_the_key_decides_all_orders():
    def of(seed):
        return dealt(Epochs.begin(jax.random.key(seed), 20), 10, 6)[0]

    np.testing.assert_array_equal(of(1), of(1))
    assert (of(1)[:2] != of(2)[:2]).any()
    assert (of(1)[2:4] != of(2)[2:4]).any()


def test_orders_are_uniform():
    orders = jax.vmap(lambda key: Epochs.begin(key, 4).batch(4))(jax.random.split(KEY, 2400))
    _, counts = np.unique(np.asarray(orders), axis=0, return_counts=True)
    assert len(counts) == 24
    np.testing.assert_allclose(counts, 100, atol=4.5 * np.sqrt(100))
