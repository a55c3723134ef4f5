import jax
import numpy as np
import pytest

from ontogeny import Until, train
from ontogeny.data import cell_number
from ontogeny.data.cells import CELLS, CellTable
from ontogeny.errors import InputError
from ontogeny.learners import Evolution
from ontogeny.runs.config import RunConfig
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


def test_genotypes_are_as_long_and_as_many_valued_as_the_table_says():
    nets = np.stack(np.unravel_index(np.arange(3**4), (3,) * 4), 1)
    table = CellTable((nets == 2).mean(1), nets.sum(1), genes=4, choices=3)
    task = CellSearch(table)
    drawn = jax.vmap(task.init)(jax.random.split(jax.random.key(0), 50))
    assert drawn.shape == (50, 4)
    assert drawn.max() == 2
    assert float(task.loss(np.asarray([2, 0, 2, 2]), None)[0]) == pytest.approx(0.25)
    run = train(task, Evolution(RegularisedEvolution(1, 3, 10, 3)), seed=0, until=Until(steps=150))
    np.testing.assert_array_equal(run.genome, [2] * 4)


@pytest.mark.parametrize(
    ("task", "learner", "words"),
    [
        ({"data": "cifar"}, {"by": "ageing"}, "cifar10"),
        ({"data": "nas-bench-macro"}, {"by": "ageing"}, "learner.choices"),
        ({}, {"by": "ageing", "choices": 3}, "learner.choices"),
        ({}, {"by": "adam"}, "whole numbers"),
    ],
)
def test_what_does_not_fit_is_refused(task, learner, words):
    tree = {"task": {"name": "cells", **task}, "learner": learner, "until": {"steps": 3}}
    with pytest.raises(InputError, match=words):
        RunConfig.parse(tree).task.build()
