"""Cells of Evolutive-NAS: how many channels each operation has on each edge of a growing triangle (Reolon 2021)."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np

from ontogeny.errors import InputError, require

CHANNEL_OPERATIONS = (
    "dil_conv_3x3", "dil_conv_5x5", "dil_conv_7x7", "skip_connect", "clinc_3x3", "clinc_7x7", "avg_pool_3x3",
    "max_pool_3x3",
)  # fmt: skip
"""By place in a block. The text's seven leave skip connections out; its program takes the first seven of these, so that
skip connections are in and pools by the maximum are not."""

_SYNTAX = re.compile(r"\d+(?:\|\d+)*(?: +\d+(?:\|\d+)*)*--[01] +(?:\d|10)")


class ChannelCell(NamedTuple):
    """A cell, and what else its string says.

    Attributes:
        channels: `(blocks, operations)`, whole numbers, 0 where an operation is not there. Block `i * (i - 1) / 2 + j`
            is the edge from node j to node i.
        shared: 0 or 1, which the program reads and does not use.
        images: 0 to 10, which 200 images the program scores it on.
    """

    channels: np.ndarray
    shared: int = 0
    images: int = 0

    @property
    def nodes(self) -> int:
        """Nodes beside the input, 1 or more; each reads all before it, and the last is what comes out."""
        return math.isqrt(2 * len(self.channels))

    def __str__(self) -> str:
        """As the program writes it."""
        blocks = ("|".join(str(int(each)) for each in block) for block in self.channels)
        return f"{'  '.join(blocks)}--{self.shared}  {self.images}"


def parse_channel_cell(text: str) -> ChannelCell:
    """The cell that a string of the program stands for.

    Args:
        text: such as `0|0|2|0|0|2|0  1|0|0|1|1|0|0  0|1|0|0|0|0|2--1  7`: blocks with two spaces between them, channels
            with bars, then `shared` and `images`. One space will do: web pages show no more.

    Raises:
        InputError: where it is none, blocks have different lengths or make no triangle, or nothing reaches the output.
    """
    hint = "give blocks of channels such as 8|0|0|0|0|0|0  0|0|0|8|0|0|0  8|0|0|0|0|0|0--0  0"
    if not _SYNTAX.fullmatch(text):
        raise InputError("cell", text, hint)
    architecture, rest = text.split("--")
    blocks = [[int(each) for each in block.split("|")] for block in architecture.split()]
    most = len(CHANNEL_OPERATIONS)
    alike = len({len(block) for block in blocks}) == 1 and len(blocks[0]) <= most
    require(alike, "cell", text, f"every block has as many numbers, at most {most}")
    shared, images = (int(each) for each in rest.split())
    cell = ChannelCell(np.asarray(blocks), shared, images)
    triangle = cell.nodes * (cell.nodes + 1) // 2 == len(blocks)
    require(triangle, "cell", text, "give 1, 3, 6, 10, … blocks, one for each edge of a triangle")
    widths = node_channels(cell, 3)
    require(
        widths[-1] > 0, "cell", text, "nothing reaches the output: give some channels to an edge into the last node"
    )
    return cell


def node_channels(cell: ChannelCell, inputs: int) -> list[int]:
    """Channels of the input and of each node: of what comes along its edges, side by side.

    Args:
        cell: a cell.
        inputs: channels that come in.
    """
    widths = [inputs]
    for node in range(1, cell.nodes + 1):
        blocks = range(node * (node - 1) // 2, node * (node + 1) // 2)
        widths.append(sum(int(cell.channels[block].sum()) for sender, block in enumerate(blocks) if widths[sender] > 0))
    return widths


def random_channel_cell(rng: np.random.Generator, nodes: int = 2, most: int = 32) -> ChannelCell:
    """A cell in which each edge has one or two operations, with 1, 2, 4, … or `most` channels.

    Args:
        rng: what draws.
        nodes: beside the input, 1 or more.
        most: channels of an operation, a power of 2.
    """
    channels = np.zeros((nodes * (nodes + 1) // 2, len(CHANNEL_OPERATIONS) - 1), int)
    for block in channels:
        places = rng.choice(len(block), rng.integers(1, 3), replace=False)
        block[places] = 2 ** rng.integers(0, int(math.log2(most)) + 1, len(places))
    return ChannelCell(channels)
