import numpy as np
import pytest
from PIL import Image

from ontogeny.data import parse_cell
from ontogeny.errors import InputError
from ontogeny.runs import cell_search
from ontogeny.runs.cell_search import search_cells


def test_the_front_is_of_cells_that_none_is_better_than():
    said = []
    found = search_cells(
        "digits", ("naswot", "parameters"), popsize=6, generations=2, seed=1, watch=lambda each: said.append(each)
    )
    front = np.asarray([[-each["naswot"], each["parameters"]] for each in found["front"]])
    better = (front[:, None] <= front[None]).all(2) & (front[:, None] < front[None]).any(2)
    assert not better.any()
    assert len({each["cell"] for each in found["front"]}) == len(front) > 1
    assert found["objectives"] == {"naswot": True, "parameters": False}
    assert [each.generation for each in said] == [0, 1, 2]
    assert found["scored"] == said[-1].scored <= 12
    drawn = search_cells("digits", ("parameters",), by="random", popsize=2, generations=1, seed=1)
    assert drawn["scored"] <= 2


def test_a_cell_is_scored_once(monkeypatch):
    asked = []
    plain = cell_search.CellScorer.__call__
    monkeypatch.setattr(
        cell_search.CellScorer, "__call__", lambda self, cell: asked.append(tuple(cell)) or plain(self, cell)
    )
    found = search_cells("digits", ("flops",), by="pareto", popsize=10, generations=12)
    assert len(asked) == len(set(asked)) == found["scored"]
    assert not np.isin(parse_cell(found["front"][0]["cell"]), (2, 3)).any(), "no convolution is cheapest"


def test_what_takes_longer_is_found_to_take_longer():
    known = cell_search._Known(("latency",), "digits", 0)
    assert known(np.asarray([3] * 6))[0] > known(np.zeros(6, int))[0]


def test_a_search_that_is_interrupted_shows_what_it_has():
    def stop(progress):
        if progress.generation == 2:
            raise KeyboardInterrupt

    found = search_cells("digits", ("parameters",), popsize=4, generations=9, watch=stop)
    assert found["stopped"] == "interrupted"
    assert found["scored"] <= 8


def test_ones_own_pictures_are_searched_for(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(48):
            pixels = rng.integers(0, 255, (12, 12, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    found = search_cells(str(tmp_path), ("parameters", "flops"), popsize=4, generations=1)
    assert found["front"]


@pytest.mark.parametrize("by", ["ageing", "predictor"])
def test_one_objective_is_searched_by_evolution_or_a_predictor(by):
    found = search_cells("digits", ("parameters",), by=by, popsize=4, generations=8)
    drawn = search_cells("digits", ("parameters",), by="random", popsize=4, generations=8)
    assert 10 < found["scored"] <= 32
    (best,), (chance,) = ([each["parameters"] for each in every["front"][:1]] for every in (found, drawn))
    assert best <= chance


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"objectives": ()}, "objective"),
        ({"objectives": ("naswott",)}, "did you mean naswot"),
        ({"objectives": ("flops", "flops")}, "each once"),
        ({"by": "nsga"}, "nsga2"),
        ({"by": "predictor", "objectives": ("flops", "naswot")}, "one objective"),
        ({"generations": 0}, "generations"),
        ({"popsize": 1}, "popsize"),
        ({"data": "nowhere"}, "folder of images"),
    ],
)
def test_values_out_of_range_are_refused(fields, words):
    with pytest.raises(InputError, match=words):
        search_cells(**{"data": "digits", "objectives": ("flops",), **fields})
