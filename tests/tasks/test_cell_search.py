import jax
import numpy as np
import pytest

from ontogeny import Until, train
from ontogeny.data import cell_number
from ontogeny.data.cells import CELLS, CellTable
from ontogeny.learners import Evolution
from ontogeny.strategies import RegularisedEvolution
from ontogeny.tasks import CellSearch


@pytest.fixture(scope="module")
def table():
    """Accuracy grows with every 3×3 convolution."""
    cells = np.stack(np.unravel_index(np.arange(CELLS), (5,) * 6), 1)
    return CellTable(0.1 + 0.1 * (cells == 3).sum(1), 1000 * (cells == 3).sum(1))


def test_the_best_cell_is_found(table):
    run = train(CellSearch(table), Evolution(RegularisedEvolution(1, 5, 20, 5)), seed=0, until=Until(steps=300))
    np.testing.assert_array_equal(run.genome, [3] * 6)


def test_what_is_measured_is_in_the_table(table):
    task = CellSearch(table)
    cell = task.init(jax.random.key(3))
    assert cell.shape == (6,)
    loss, _ = task.loss(cell, task.draw(jax.random.key(0), None))
    found = task.measure(cell, jax.random.key(0))
    accuracy = table.accuracy[cell_number(np.asarray(cell))]
    assert float(loss) == pytest.approx(1 - accuracy, abs=1e-6)
    assert float(found["accuracy"]) == pytest.approx(accuracy, abs=1e-6)
    assert int(found["rank"]) == 1 + (table.accuracy > accuracy + 1e-9).sum()
    assert int(found["parameters"]) == table.parameters[cell_number(np.asarray(cell))]
