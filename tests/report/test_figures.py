import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

from ontogeny.report import axes, figures, numbers
from ontogeny.report.material import gather
from ontogeny.report.palette import tones
from ontogeny.report.pictures import to_pixels
from ontogeny.report.svg import INK, to_png, to_svg


@pytest.fixture(scope="module")
def material(runs):
    return gather([runs["es0"], runs["adam"]])


def curve_of(figure, colour):
    """The thick solid curve of a colour."""
    found = [
        line
        for line in figure.axes[0].lines
        if line.get_linewidth() > 1.5 and len(line.get_xdata()) > 2 and to_hex(line.get_color()) == colour
    ]
    assert len(found) == 1
    return np.asarray(found[0].get_xdata()), np.asarray(found[0].get_ydata())


def test_growth_figure_shows_the_quantiles_of_the_probe(material):
    figure = figures.growth_figure(material)
    for run in material:
        x, y = curve_of(figure, run.tone.colour)
        assert (x[0], x[-1]) == (1, 2000)
        expected = np.asarray(run.growth["curve"]["median"])[x - 1]
        inside = expected < figure.axes[0].get_ylim()[1]
        np.testing.assert_allclose(y[inside], expected[inside])
        assert inside.sum() > 20


def test_erase_figure_shows_every_update_of_the_damaged_rollouts(material):
    pairs = [(run, run.erasures[0]) for run in material]
    figure = figures.erase_figure(pairs)
    x, y = curve_of(figure, material[0].tone.colour)
    found = material[0].erasures[0].found
    np.testing.assert_array_equal(x, np.arange(1, found["steps"] + 1))
    expected = np.asarray(found["curve"]["median"])
    inside = expected < figure.axes[0].get_ylim()[1]
    np.testing.assert_allclose(y[inside], expected[inside])


def test_training_figure_shows_the_metrics_table(material):
    figure = figures.training_figure(material)
    x, y = curve_of(figure, material[0].tone.colour)
    np.testing.assert_allclose(x, material[0].metrics["evaluations"])
    np.testing.assert_allclose(y, material[0].metrics["loss"])


def test_svg_stands_alone_and_follows_the_page(material):
    drawn = [to_svg(figures.training_figure(material), name, 'a "figure"') for name in ("one", "two")]
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in drawn]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, known in zip(drawn, ids, strict=True):
        assert "http" not in svg
        assert not re.search(r"<svg[^>]*\b(width|height)=", svg)
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= known
        assert "currentColor" in svg
        assert INK not in svg
        assert "var(--es-0)" in svg
        assert "var(--adam-0)" in svg
        assert "&quot;figure&quot;" in svg


def test_text_in_svg_is_text_in_the_font_of_the_page(material):
    svg = to_svg(figures.training_figure(material), "text", "")
    assert ">evaluations</text>" in svg
    assert "DejaVu" not in svg


def test_png_is_a_picture(material):
    assert to_png(figures.training_figure(material)).startswith(b"\x89PNG")


def test_one_learner_keeps_its_colour_and_several_runs_of_it_differ():
    drawn = tones(["es", "adam", "es", "es", "mine"])
    assert drawn[0] == tones(["es"])[0]
    assert drawn[1] == tones(["adam", "es"])[0]
    assert len({(tone.colour, tone.dash) for tone in drawn}) == len(drawn)


def test_ticks_are_round_and_few():
    assert axes.round_ticks(0.9e-5, 1.1) == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert axes.round_ticks(1, 120) == [1, 2, 5, 10, 20, 50, 100]
    for low, high in ((1, 2000), (14, 44), (1e-6, 1e2), (3e-9, 1e9), (0.004, 0.006)):
        ticks = axes.round_ticks(low, high)
        assert 2 <= len(ticks) <= 7
        assert all(low * 0.999 <= tick <= high * 1.001 for tick in ticks)


@pytest.mark.parametrize("values", [[np.nan], [np.inf, -1.0], [0.0, 1.0], []])
def test_what_a_logarithm_cannot_show_is_recognised(values):
    assert axes.log_limits([np.asarray(values)], 10) is None


def test_an_exploding_curve_leaves_the_axis_at_the_top():
    low, high = axes.log_limits([np.asarray([1e-3, np.inf, np.nan, 1e30])], 10)
    assert low < 1e-3
    assert high < 100
    assert (axes.bounded(np.asarray([np.inf, np.nan, 1e30]), high) > high).all()


def test_pixels_are_not_premultiplied_and_never_break():
    states = np.asarray([[0.25, 0.5, 0, 0.5], [2, 0, 0, 1], [0, 0, 0, 0], [np.nan, 1, 1, np.nan], [1, 1, 1, np.inf]])
    expected = [[128, 255, 0, 128], [255, 0, 0, 255], [0, 0, 0, 0], [0, 0, 0, 0], [255, 255, 255, 255]]
    np.testing.assert_array_equal(to_pixels(states), expected)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0057566, "0.00576"),
        (4.5e-5, "4.50×10⁻⁵"),
        (1240.0, "1,240"),
        (999.7, "1,000"),
        (0.0, "0"),
        (-0.2535, "-0.254"),
        (float("nan"), "not a number"),
        (float("inf"), "infinite"),
        (2.7e10, "2.70×10¹⁰"),
    ],
)
def test_numbers_read_well(value, text):
    assert numbers.number(value) == text


def test_durations_costs_and_ranges_read_well():
    assert numbers.duration(43.7) == "44\u00a0s"
    assert numbers.duration(7.64) == "7.6\u00a0s"
    assert numbers.duration(200) == "3\u00a0min 20\u00a0s"
    assert numbers.duration(7500) == "2\u00a0h 5\u00a0min"
    assert numbers.duration(float("nan")) == "not a number"
    assert numbers.flops(1.32e12) == "1.32\u00a0TFLOP"
    assert numbers.ranges([0, 1, 2, 4, 7, 8]) == "0–2, 4, 7, 8"
