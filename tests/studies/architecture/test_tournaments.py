import jax
import numpy as np

from ontogeny.studies.architecture import searching, spaces
from ontogeny.studies.architecture.tournaments import _schedule, tournaments, winners


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


def test_the_choice_alone_moves_shares_and_one_cell_of_each_contest_wins():
    found = tournaments("published", "digits", 200, 1, 12, 0)
    (shares,) = found["shares"]
    assert abs(sum(shares) - 1) < 1e-4
    assert 1e-5 < max(shares) - min(shares) < 0.05, "four steps of 0.004 move a softmax by little"
    assert len(found["cells"][0]) == 4
    cells = np.random.default_rng(0).integers(0, 5, (2, 4, 6))
    first, second = winners(cells, "digits", 3)
    assert 0 <= first < 4 <= second < 8
    assert winners(cells, "digits", 3).tolist() == [first, second]


def test_a_search_with_tournaments_keeps_who_won(monkeypatch):
    asked = []

    def last_of_each(contests, data, seed):
        asked.append((contests.shape, data, seed))
        return np.arange(5, 31, 6)[:5]

    monkeypatch.setattr(spaces, "TEXT_SCORES", ("naswot", "log-synflow"))
    monkeypatch.setattr(searching, "TEXT_SCORES", ("naswot", "log-synflow", "naswot"))
    monkeypatch.setattr(searching, "winners", last_of_each)
    found = searching.by_scores("text", "digits", 3, 2)
    assert asked == [((5, 6, 6), "digits", 202)], "in the third generation, and by another seed in another"
    assert found["kept"][2] in [found["cells"][2][place] for place in range(5, 30, 6)]
    before = searching.by_scores("controlled", "digits", 2, 2)
    assert found["cells"][:2] == before["cells"]
