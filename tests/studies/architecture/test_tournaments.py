import jax
import numpy as np

from ontogeny.studies.architecture.tournaments import _schedule, tournaments


def test_the_program_trains_weights_nine_times_and_the_choice_once():
    batches, choices = _schedule("published", 200, jax.random.key(0))
    assert batches.shape == (40, 50)
    assert np.asarray(choices).tolist() == [False] * 36 + [True] * 4
    for epoch in np.asarray(batches).reshape(10, -1):
        assert sorted(epoch) == list(range(200))


def test_by_turns_the_choice_sees_images_that_the_weights_do_not():
    batches, choices = (np.asarray(each) for each in _schedule("by turns", 200, jax.random.key(0)))
    assert choices.tolist() == [False, True] * 20
    assert set(batches[choices].ravel().tolist()) == set(range(100, 200))
    assert set(batches[~choices].ravel().tolist()) == set(range(100))


def test_shares_are_moved_by_the_choice_alone():
    found = tournaments("published", "digits", 100, 1, 12, 0)
    (shares,) = found["shares"]
    assert abs(sum(shares) - 1) < 1e-4
    assert 1e-5 < max(shares) - min(shares) < 0.05, "two steps of 0.004 move a softmax by little"
    assert len(found["cells"][0]) == 4
