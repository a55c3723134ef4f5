from ontogeny.report.study_graph import graphs_figure, graphs_svg
from ontogeny.studies.architecture.trained_section import edges
from ontogeny.studies.section import Graphs

CELL = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"


def test_edges_are_those_of_the_cell():
    assert edges(CELL) == ((0, 1, "convolution 3×3"), (1, 2, "convolution 3×3"), (0, 3, "skip"), (2, 3, "skip"))


def test_every_edge_is_an_arrow_and_every_kind_in_the_legend():
    graphs = Graphs("Cells", {"one": edges(CELL), "two": ((0, 1, "skip"), (1, 2, "mean 3×3"))})
    figure = graphs_figure([graphs])
    assert [len(axes.patches) for axes in figure.axes] == [4, 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["convolution 3×3", "skip", "mean 3×3"]
    drawn = graphs_svg(graphs, "one")
    assert "0 to 3 skip" in drawn
    assert drawn.count("<svg") == 2
