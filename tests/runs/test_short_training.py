import jax
import numpy as np
import pytest

from ontogeny.errors import InputError
from ontogeny.nets.cell_net import CellNet
from ontogeny.runs import cell_search
from ontogeny.runs.cell_search import search_cells
from ontogeny.runs.short_training import ShortTraining, _right

CONVOLUTIONS, NOTHING = np.asarray([3] * 6), np.zeros(6, int)


@pytest.fixture(scope="module")
def training():
    return ShortTraining(CellNet(jax.random.key(0), 10, inputs=1, channels=4), "digits", 0, epochs=4)


def test_a_cell_that_can_learn_does_and_nothing_learns_nothing(training):
    learned = training(CONVOLUTIONS)
    assert learned > 0.5
    assert training(NOTHING) < 0.25, "a tenth by chance"
    assert training(CONVOLUTIONS) == learned
    assert _right._cached._cache_size() == 1, "one program for all cells"


def test_no_image_is_in_both_parts(training):
    train, held = (np.asarray(part.images).reshape(len(part.labels), -1) for part in (training.train, training.held))
    assert (len(train), len(held)) == (512, 256)
    assert not (train[:, None, :8] == held[None, :, :8]).all(2).all()
    apart = np.abs(train[:, None, ::5] - held[None, :, ::5]).max(2)
    assert (apart > 0).mean() > 0.999
    assert set(np.asarray(training.held.labels)) == set(range(10))
    assert all(sorted(each.ravel()) == list(range(512)) for each in np.asarray(training.batches).reshape(4, -1))


def test_it_is_an_objective_and_more_is_better(monkeypatch):
    values = {}

    def right(self, cell):
        values[tuple(cell)] = len(values) / 100
        return values[tuple(cell)]

    monkeypatch.setattr(cell_search.ShortTraining, "__call__", right)
    found = search_cells("digits", ("accuracy",), by="random", popsize=6, generations=1)
    assert found["objectives"] == {"accuracy": True}
    assert found["front"][0]["accuracy"] == max(values.values())


def test_epochs_out_of_range_are_refused():
    with pytest.raises(InputError, match="epochs"):
        ShortTraining(CellNet(jax.random.key(0), 10, inputs=1), "digits", 0, epochs=0)
