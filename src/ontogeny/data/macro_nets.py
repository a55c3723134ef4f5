"""Nets of NAS-Bench-Macro, and how accurate each became on CIFAR-10 (Su et al. 2021, arxiv.org/abs/2103.11922).

A net has eight layers in three stages, each with one of three blocks. All 6,561 were trained three times for 50 epochs.
"""

from __future__ import annotations

import json

import numpy as np

from ontogeny.data.cache import fetch
from ontogeny.data.cells import CellTable
from ontogeny.errors import MachineError

MACRO_BLOCKS = ("identity", "MB3_K3", "MB6_K5")
"""Blocks by their number in a genotype: nothing, and inverted residuals that are 3 and 6 times as wide inside."""

MACRO_LAYERS = 8
"""Genes of a net; the first two, the next three and the last three are a stage."""

MACRO = "nas-bench-macro"
"""What the table is called where one is chosen."""

_URL = (
    "https://raw.githubusercontent.com/xiusu/NAS-Bench-Macro/61a2bfc2ca0dce04d0997e6cf498047c27d6acf2/"
    "data/nas-bench-macro_cifar10.json"
)
_PATH = "nas/nas-bench-macro-cifar10.json"
_CHECKSUM = "686dee8363cc21cca8c1f321ad5749454f2d9b9ca5972682e137e539bc522297"


def load_macro_table() -> CellTable:
    """How accurate all nets became: the mean of three trainings, on test images of CIFAR-10.

    Returns:
        By the number of a net, whose genes are its digits to the base 3, the first layer's highest.

    Raises:
        MachineError: where the table is neither in the cache nor to be downloaded, or is damaged.
    """
    file = fetch(_URL, _PATH, _CHECKSUM, "put it there")
    try:
        found = json.loads(file.read_text())
        rows = [found[text] for text in sorted(found)]
    except ValueError as error:
        raise MachineError(f"{file} cannot be read ({type(error).__name__}); delete it") from None
    accuracy = np.asarray([np.mean(row["test_acc"]) for row in rows]) / 100
    return CellTable(
        accuracy, np.asarray([row["params"] for row in rows]), genes=MACRO_LAYERS, choices=len(MACRO_BLOCKS)
    )
