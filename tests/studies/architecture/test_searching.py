import numpy as np
import pytest

from ontogeny.data.channel_cells import parse_channel_cell
from ontogeny.studies.architecture import searching, spaces


@pytest.fixture
def cheap(monkeypatch):
    """Scores that need no gradients, which take long to compile."""
    monkeypatch.setattr(spaces, "TEXT_SCORES", ("naswot", "regions"))
    monkeypatch.setattr(searching, "TEXT_SCORES", ("regions", "regions", "naswot"))


@pytest.mark.parametrize("name", ["text", "random"])
def test_the_texts_own_cells_are_searched(cheap, name):
    found = searching.in_own_space(name, "digits", 3, 1)
    cells = [cell for generation in found["cells"] for cell in generation]
    assert [len(generation) for generation in found["cells"]] == [30] * 3
    assert found["scored"][-1] == len(set(cells)) > 60
    regions = [row[0] for generation in found["population"] for row in generation]
    assert np.mean(np.asarray(regions) > 0) > 0.8, "few cells have no ReLU"
    assert found["kept"][-1] in cells
    assert {parse_channel_cell(cell).nodes for cell in cells} <= {1, 2, 3}
    assert all(count > 50 for count in found["parameters"])


def test_the_programs_second_score_has_the_first_and_the_weights_in_it():
    class Space:
        def scores(self, cell):
            return {"ntk": 4.0, "jacobian": 0.5, "naswot": 700.0}

        def parameters(self, cell):
            return 100

    plain = searching._losses(Space(), np.zeros(6, int), False)
    assert plain == [4.0, 0.5, -700.0]
    entangled = searching._losses(Space(), np.zeros(6, int), True)
    np.testing.assert_allclose(entangled, [4.0, 0.5 * 4.0 * np.log(100), -700.0])
