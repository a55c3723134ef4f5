import numpy as np
import pytest

from ontogeny.data.channel_cells import ChannelCell, node_channels, parse_channel_cell, random_channel_cell
from ontogeny.errors import InputError

PUBLISHED = "0|0|2|0|0|2|0  1|0|0|1|1|0|0  0|1|0|0|0|0|2--1  7"
"""Of its program's own `plot_scores.py`."""


def test_a_cell_is_read_and_written():
    cell = parse_channel_cell(PUBLISHED)
    assert str(cell) == PUBLISHED
    assert str(parse_channel_cell(PUBLISHED.replace("  ", " "))) == PUBLISHED, "as a web page shows it"
    assert (cell.nodes, cell.shared, cell.images) == (2, 1, 7)
    np.testing.assert_array_equal(cell.channels[1], [1, 0, 0, 1, 1, 0, 0])
    assert node_channels(cell, 3) == [3, 4, 6]


def test_nothing_comes_along_edges_from_nodes_that_nothing_reaches():
    cell = ChannelCell(np.asarray([[0, 0], [4, 0], [8, 8]]))
    assert node_channels(cell, 3) == [3, 0, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1|2", "blocks of channels"),
        ("1|2--2  0", "blocks of channels"),
        ("1|2--0  11", "blocks of channels"),
        ("1|2 3|4 5|6 --0  0", "blocks of channels"),
        ("1|2  3--0  0", "as many numbers"),
        ("1|2|3|4|5|6|7|8|9--0  0", "as many numbers"),
        ("1|2  3|4--0  0", "triangle"),
        ("4|4  0|0  0|0--0  0", "output"),
    ],
)
def test_what_is_no_cell_is_refused(text, words):
    with pytest.raises(InputError, match=words):
        parse_channel_cell(text)


def test_cells_are_drawn_that_can_be_read():
    rng = np.random.default_rng(0)
    for nodes in (1, 2, 4):
        cell = random_channel_cell(rng, nodes, 16)
        assert str(parse_channel_cell(str(cell))) == str(cell)
        assert cell.nodes == nodes
        assert set(cell.channels.ravel().tolist()) <= {0, 1, 2, 4, 8, 16}
