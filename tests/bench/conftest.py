import sys

import pytest

from ontogeny.bench.growth import Growth, prepare
from ontogeny.bench.learning import Learning


@pytest.fixture
def no_peers(monkeypatch):
    """As if no other library were installed: importing one fails."""
    for name in ("cax", "cax.core", "evosax", "evosax.algorithms", "evotorch", "flax", "flax.nnx", "torch"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(scope="session")
def growth() -> Growth:
    """Four automata around one that was trained for four updates, on 5×5 cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ontogeny.bench.growth.UPDATES", 4)
        return prepare(5, 4)


@pytest.fixture(scope="session")
def learning() -> Learning:
    """A small net and few images."""
    return Learning((6, 5, 3), popsize=8, batch=16, count=64)
