"""Cells of NAS-Bench-201, and how accurate a net of each became (Dong & Yang 2020).

A cell has four nodes and an operation on each of the six edges from an earlier node to a later one. All 15,625 were
trained for 200 epochs on each of three data sets.
"""

from __future__ import annotations

import csv
import io
import random
import re
import tarfile
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ontogeny.data.cache import cache_folder, fetch
from ontogeny.errors import MachineError, refuse, require

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
"""Operations by their number in a genotype."""

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""From which node to which, by place in a genotype."""

CELLS: int = len(OPERATIONS) ** len(EDGES)
"""How many there are."""

_SOURCE = (
    "https://raw.githubusercontent.com/NiccoloCavagnero/FreeREA/fb7f54946695fe4efb78975e9de8f15ef1ee256e/"
    "cached_metrics/nats"
)
_CHECKSUMS = {
    "cifar10/accuracies.csv": "a41e06dbbd097df080ee6eb3eb8c6a92d589a0f53d51d66147155fcddbcacd2d",
    "cifar100/accuracies.csv": "f6487d29eb75cfa40dd1741d7d77f36e935828613576f8ea2d838482f1e10169",
    "ImageNet16-120/accuracies.csv": "b2c6c6b30cb9dd429106cdca913bf908680a4dc1d53199e062aa1ffae1a9bf9a",
    "cifar10/params.csv": "d5ec909fea57136b5734ed46cb96db9eaf2124693b4178126ef1c41d2a6e0e8b",
}

CELL_DATA = {"cifar10": "cifar10", "cifar100": "cifar100", "imagenet16-120": "ImageNet16-120"}
"""Data sets that cells were trained on, and what the tables' folders are called."""


class CellTable(NamedTuple):
    """What became of each cell, by `cell_number`, or of each net of another benchmark.

    Attributes:
        accuracy: `(count,)`, mean over the benchmark's trainings of the accuracy on test images, 0 to 1.
        parameters: `(count,)`, of the net for CIFAR-10.
        genes: of a genotype.
        choices: values of a gene; the number of a genotype has its genes as digits to that base.
    """

    accuracy: np.ndarray
    parameters: np.ndarray
    genes: int = len(EDGES)
    choices: int = len(OPERATIONS)


def cell_number(genotype: Sequence[int] | np.ndarray) -> int:
    """The number of a cell: its operations as digits to the base 5, the first edge's highest.

    Args:
        genotype: an operation for each of `EDGES`.
    """
    return int(np.ravel_multi_index(tuple(np.asarray(genotype, int)), (len(OPERATIONS),) * len(EDGES)))


def cell_text(genotype: Sequence[int] | np.ndarray) -> str:
    """A cell as NAS-Bench-201 writes it: `|nor_conv_3x3~0|+|…~0|…~1|+|…~0|…~1|…~2|`.

    Args:
        genotype: an operation for each of `EDGES`.
    """
    nodes = [
        "|" + "|".join(f"{OPERATIONS[int(genotype[place])]}~{EDGES[place][0]}" for place in _into(node)) + "|"
        for node in (1, 2, 3)
    ]
    return "+".join(nodes)


def parse_cell(text: str) -> np.ndarray:
    """The genotype of a cell as NAS-Bench-201 writes it.

    Returns:
        `(6,)` integers, an operation for each of `EDGES`.

    Raises:
        InputError: for what is no such text.
    """
    found = re.findall(r"([^|+~]+)~(\d)", text)
    for name, _ in found:
        if name not in OPERATIONS:
            refuse("cell", name, OPERATIONS)
    genotype = np.asarray([OPERATIONS.index(name) for name, _ in found], np.int32)
    hint = f"give six operations with the nodes that they come from, such as {cell_text([3] * len(EDGES))}"
    require(len(found) == len(EDGES) and cell_text(genotype) == text, "cell", text, hint)
    return genotype


def load_cell_table(data: str = "cifar10") -> CellTable:
    """How accurate nets of all cells became, as FreeREA tabulates it (Cavagnero et al. 2023).

    Args:
        data: one of `CELL_DATA`.

    Raises:
        InputError: for an unknown data set.
        MachineError: where the table is neither in the cache nor to be downloaded.
    """
    if data not in CELL_DATA:
        refuse("data", data, CELL_DATA)
    # Which cell a row of the tables is: the benchmark shuffled them with this seed.
    order = list(range(CELLS))
    random.Random(88).shuffle(order)
    accuracy, parameters = np.empty(CELLS), np.empty(CELLS)
    accuracy[order] = _column(f"{CELL_DATA[data]}/accuracies.csv") / 100
    parameters[order] = _column("cifar10/params.csv") * 1e6
    return CellTable(accuracy, np.rint(parameters).astype(int))


def _into(node: int) -> list[int]:
    return [place for place, (_, to) in enumerate(EDGES) if to == node]


def _column(name: str) -> np.ndarray:
    rows = list(csv.reader(io.StringIO(_text(name))))[1:]
    if [int(row[0]) for row in rows] != list(range(CELLS)):
        raise MachineError(f"the table {name} in {cache_folder() / 'nas'} is not that of the benchmark; delete it")
    return np.asarray([float(row[1]) for row in rows])


def _text(name: str) -> str:
    """A table, from an archive of all of them in the cache, or downloaded alone."""
    archive = cache_folder() / "nas" / "nas-bench-201.tar.xz"
    if not archive.is_file():
        instead = f"put it there, or the archive of all tables as {archive}"
        return fetch(f"{_SOURCE}/{name}", f"nas/freerea/{name}", _CHECKSUMS[name], instead).read_text()
    try:
        with tarfile.open(archive) as file:
            member = file.extractfile(f"freerea/{name}")
            return "" if member is None else member.read().decode()
    except (tarfile.TarError, OSError, KeyError, EOFError) as error:
        raise MachineError(f"{archive} has no table {name} ({type(error).__name__}); delete it") from None
