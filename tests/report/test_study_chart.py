import numpy as np
import pytest

from ontogeny.report.study_chart import chart_figure, chart_svg
from ontogeny.studies.section import Chart, Line

MIDDLE = np.asarray([0.2, 0.1, 0.05])
LINE = Line("evolution", "ga", MIDDLE, MIDDLE * 0.9, MIDDLE * 1.1, np.asarray([10, 20, 30]))


def drawn(**settings):
    (axes,) = chart_figure([Chart("losses", (LINE,), **settings)]).axes
    return axes


def test_a_level_is_a_line_across_that_the_legend_names():
    chart = Chart("losses", (LINE,), levels={"mean image": 0.103, "median image": 0.01})
    figure = chart_figure([chart])
    (axes,) = figure.axes
    levels = [line for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    assert [line.get_ydata()[0] for line in levels] == [0.103, 0.01]
    assert levels[0].get_linestyle() != "-"
    assert levels[0]._dash_pattern != levels[1]._dash_pattern
    assert axes.get_ylim()[0] < 0.01, "the axis reaches down to it"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["evolution", "mean image", "median image"]


def test_the_vertical_axis_has_the_name_that_the_alternative_text_has():
    svg = chart_svg(Chart("Ten digits", (LINE,), along="evaluations", up="mean absolute error"), "one")
    assert 'aria-label="Ten digits: mean absolute error over evaluations of evolution."' in svg
    assert ">mean absolute error</text>" in svg
    assert drawn().get_ylabel() == "loss (mean squared error)"


@pytest.mark.parametrize("linear", [True, False])
def test_an_axis_of_less_than_a_decade_has_ticks_that_can_be_read(linear):
    axes = drawn(linear=linear)
    low, high = axes.get_ylim()
    ticks = [tick for tick in axes.yaxis.get_majorticklocs() if low <= tick <= high]
    texts = [axes.yaxis.get_major_formatter()(tick, 0) for tick in ticks]
    assert 4 <= len(ticks) <= 8
    assert [float(text) for text in texts] == pytest.approx(ticks)
    assert axes.get_yscale() == ("linear" if linear else "log")
    assert low <= 0.045 < 0.22 <= high
    assert (low == 0) == linear


def test_a_linear_axis_shows_what_is_negative_and_leaves_gaps():
    values = np.asarray([-0.5, np.nan, 0.5])
    (axes,) = chart_figure([Chart("separation", (Line("one", "ga", values, values, values),), linear=True)]).axes
    low, high = axes.get_ylim()
    assert low < -0.5 < 0.5 < high
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), values)
