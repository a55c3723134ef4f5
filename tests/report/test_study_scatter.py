import io
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

from ontogeny.report.study_scatter import scatter_figure, scatter_svg
from ontogeny.studies.section import Scatter

RNG = np.random.default_rng(0)


def test_single_points_are_named_where_they_are():
    groups = {str(digit): RNG.normal(size=(1, 2)) for digit in range(10)}
    (axes,) = scatter_figure([Scatter("latents", groups)]).axes
    assert {text.get_text(): list(text.xy) for text in axes.texts} == {
        label: points[0].tolist() for label, points in groups.items()
    }
    assert axes.get_legend() is None
    looks = {(to_hex(line.get_color()), line.get_marker()) for line in axes.lines}
    assert len({colour for colour, _ in looks}) == len({marker for _, marker in looks}) == 10


def test_of_many_points_some_are_drawn_and_the_middle_of_each_group_is_named():
    groups = {str(digit): digit + RNG.normal(size=(700, 2)) for digit in range(10)}
    figure = scatter_figure([Scatter("latents", groups)])
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert 900 <= sum(len(line.get_xdata()) for line in axes.lines) <= 1000
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(groups)
    np.testing.assert_allclose([text.xy for text in axes.texts], [np.median(each, 0) for each in groups.values()])
    low, high = axes.get_xlim()
    assert np.isclose(high - low, np.ptp(axes.get_ylim())), "one scale for both"


def test_long_names_are_in_the_legend_alone_and_an_empty_group_is_nothing():
    groups = {"trousers": RNG.normal(size=(30, 2)), "coat": np.zeros((0, 2))}
    (axes,) = scatter_figure([Scatter("latents", groups)]).axes
    assert not axes.texts
    assert len(axes.get_legend().get_texts()) == 2


@pytest.mark.filterwarnings("error")
def test_long_names_leave_room_for_points_on_a_phone_and_single_points_are_seen():
    groups = {"random cells": RNG.normal(size=(90, 2))}
    groups |= {f"a cell that somebody drew by hand, {number}": np.zeros((1, 2)) for number in range(4)}
    figure = scatter_figure([Scatter("scores", groups)], narrow=True)
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    (axes,) = figure.axes
    assert axes.get_position().height > 0.5
    cloud, *alone = [line.get_markersize() for line in axes.lines]
    assert min(alone) > cloud


def test_it_stands_alone_follows_the_page_and_says_what_it_shows():
    behind = RNG.uniform(size=(2, 2, 4, 4))
    svg = scatter_svg(Scatter("Latents", {"0": np.zeros((1, 2)), "1": np.ones((1, 2))}, behind=behind), "one")
    assert "Latents: points in the plane of first unit of the latent" in svg
    assert "var(--class-0)" in svg
    assert "var(--bg)" in svg
    assert set(re.findall(r'<image[^>]*href="([^",]*)', svg)) == {"data:image/png;base64"}


def test_the_picture_behind_lies_in_its_window():
    scatter = Scatter("latents", {"0": np.zeros((1, 2))}, behind=np.eye(4), window=(-1, 3, -2, 2))
    (axes,) = scatter_figure([scatter]).axes
    (image,) = axes.images
    assert image.get_extent() == [-1, 3, -2, 2]
    assert image.origin == "upper", "its first row is on top"
    np.testing.assert_array_equal(image.get_array()[..., 0], 255 * np.eye(4))
