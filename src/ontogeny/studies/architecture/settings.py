"""What the study measures, and by which names."""

from __future__ import annotations

from typing import NamedTuple

from ontogeny.data.macro_nets import MACRO
from ontogeny.runs.config_recognition import RESNET
from ontogeny.strategies import ChannelSearch, ParetoSearch

TEXT_SCORES = ("ntk", "jacobian", "naswot")
"""The text's three, all of which it minimises; of the last, its negative."""

TOGETHER = ("expressivity", "jacobian", "log-synflow")
"""Scores whose logarithms of ranks are added: of all sets of up to three among twelve scores, the one that ordered 300
other cells best."""

ELSEWHERE = (*TEXT_SCORES, "expressivity", "log-synflow", "synflow")
"""Scores of nets of NAS-Bench-Macro: the text's, those that are added, and one more."""

KNOWN = {
    "ResNet": "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
    "a chain of convolutions, as in VGG": "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_3x3~2|",
    "all 3×3, densely joined": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
    "|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "the most accurate": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
    "|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|",
}
"""Cells that people would draw, and the best of the table for CIFAR-10."""


class ByScores(NamedTuple):
    """A search by the three scores.

    Attributes:
        strategy: who survives.
        every: how many generations apart tournaments by gradients decide instead; 0 for never.
        entangled: whether the second score is multiplied by the first and the logarithm of the number of weights.
    """

    strategy: ParetoSearch | ChannelSearch
    every: int = 0
    entangled: bool = False


SEARCHES = {
    "text": ByScores(ParetoSearch(), every=3),
    "published": ByScores(ParetoSearch(plus=False, strict=True), every=4, entangled=True),
    "controlled": ByScores(ParetoSearch()),
}
"""(μ + λ) with tournaments, as the text says; (μ, λ) as its program has it; and without tournaments."""

OWN_SEARCHES = {
    "text": ByScores(ChannelSearch()),
    "published": ByScores(ChannelSearch(plus=False, strict=True), entangled=True),
}
"""The same in the text's own space, with its mutations and learned rates; without tournaments."""

RANDOM = "random"
"""The control: as many cells, drawn at random, the best of which is kept by the same order."""

BY_ACCURACY = ("regularised evolution", "random search")
"""Searches that ask the table."""

BY_PREDICTOR = ("predictor", "predictor that sees graphs")
"""Searches that ask the table for what was predicted."""

DATA = ("cifar10", "cifar100", "imagenet16-120")
"""Whose accuracies the table has."""

QUERIES = (50, 100, 200, 500)
"""After how many questions searches are compared."""

LABELS = (16, 32, 64, 128)
"""Cells whose accuracy a predictor is told."""

FOUND = {
    "kept by the text's three scores": (
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_1x1~1|+|nor_conv_1x1~0|nor_conv_3x3~1|nor_conv_1x1~2|",
        "|nor_conv_1x1~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|nor_conv_1x1~0|nor_conv_1x1~1|nor_conv_3x3~2|",
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|nor_conv_3x3~0|nor_conv_1x1~1|nor_conv_1x1~2|",
    ),
    "first of 400 by three others": (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    ),
}
"""Cells that are trained, of each seed: what the text's search keeps, and the first of all that were scored."""

RANDOM_CELL = "a random cell"
"""The control of what is trained: with each seed another."""

TRAINED = (RESNET, *FOUND, RANDOM_CELL)
"""What is trained in the end."""

CHANNELS = 24
"""Of the first stage of cells: the largest net of one cell a stage has a sixteenth of ResNet-18's weights then."""

TITLES = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "imagenet16-120": "ImageNet16-120", MACRO: "NAS-Bench-Macro"}
"""What tables are called on the page."""

TONES = ("es", "ga", "other", "adam")
"""Colours of searches, in their order."""
