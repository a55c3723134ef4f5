import json
import re

import numpy as np
import pytest

from ontogeny.report.study import _part
from ontogeny.report.study_film import SIDE, film
from ontogeny.report.study_matrix import matrices_figure
from ontogeny.report.study_panels import panels_figure
from ontogeny.studies.section import Film, Matrices, Panels


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return tuple(rng.normal(size=(6, 2)) for _ in range(3))


def test_panels_share_one_range_that_holds_all_points(points):
    panels = Panels(
        "title", ("a", "b", "c"), (("first", points), ("second", tuple(3 * each for each in points))), "along"
    )
    figure = panels_figure([panels])
    assert len(figure.axes) == 6
    limits = {axes.get_xlim() + axes.get_ylim() for axes in figure.axes}
    assert len(limits) == 1
    low, high, *_ = limits.pop()
    assert low < 3 * min(each.min() for each in points)
    assert high > 3 * max(each.max() for each in points)
    assert sum(len(axes.lines) for axes in figure.axes) == 36
    assert [axes.get_title() for axes in figure.axes[:3]] == ["a", "b", "c"]


def test_histograms_count_all_values(points):
    values = tuple(each.ravel() for each in points)
    panels = Panels("title", ("a", "b", "c"), (("first", values),), "along", True, (-1.0, 1.0))
    for axes in panels_figure([panels], narrow=True).axes:
        assert sum(patch.get_height() for patch in axes.patches) == 12, "those outside are at the ends"
        assert axes.get_xlim() == (-1, 1)


def test_what_is_not_known_is_left_out():
    nothing = np.full((4, 2), np.nan)
    one = np.asarray([[1.0, 2.0], [np.nan, 1.0]])
    figure = panels_figure([Panels("title", ("a", "b"), (("first", (nothing, one)),), "along")])
    assert [len(axes.lines) for axes in figure.axes] == [0, 1]
    panels_figure([Panels("title", ("a",), (("first", (np.full(3, np.nan),)),), "along", True)])


def test_matrices_have_one_scale():
    tables = {"one": np.asarray([[0.1, 0.9], [0.5, np.nan]]), "other": np.full((3, 4), 0.2)}
    figure = matrices_figure([Matrices("title", tables, "down", "along", "accuracy")])
    pictures = [axes.images[0] for axes in figure.axes if axes.images and len(axes.images[0].get_array().shape) == 2]
    assert {picture.get_clim() for picture in pictures[:2]} == {(0.1, 0.9)}
    np.testing.assert_array_equal(pictures[0].get_array().filled(np.nan), tables["one"])
    bounded = matrices_figure([Matrices("title", tables, "down", "along", "accuracy", (0.0, 1.0))], narrow=True)
    assert bounded.axes[0].images[0].get_clim() == (0, 1)


def test_a_film_goes_from_the_first_frame_to_the_last(points):
    found = film(Film("title", ("a", "b", "c"), (("start", points), ("end", tuple(-each for each in points)))))
    data = json.loads(json.dumps(found["data"]))
    assert data["captions"] == ["start", "end"]
    first, last = (np.asarray(data["panels"][1]["frames"][place]) for place in (0, 1))
    np.testing.assert_allclose(first + last, SIDE, atol=0.11)
    assert np.asarray([panel["frames"] for panel in data["panels"]]).min() >= 0
    centred = (first - SIDE / 2) * [1, -1]
    scale = centred[0, 0] / points[1][0, 0]
    np.testing.assert_allclose(centred, scale * points[1], atol=0.1)
    name, still = found["stills"][1]
    assert name == "b"
    places = [list(map(float, found)) for found in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', still)]
    np.testing.assert_allclose(places, last)
    assert "var(--class-0)" in still


def test_parts_are_described_for_those_who_do_not_see_them(points):
    panels = _part(Panels("members", ("a", "b", "c"), (("first", points),), "components"), "p0")
    matrices = _part(Matrices("transfer", {"one": np.eye(3)}, "down", "along", "accuracy"), "p1")
    assert "members: points in the plane of components, for a, b, c; rows: first." in str(panels["svg"])
    assert "transfer: accuracy by down (down) and along (across). one: mean 0.33." in str(matrices["svg"])
    assert 'class="narrow"' in str(panels["svg"])
