"""What the study measures, and by which names."""

from __future__ import annotations

from ontogeny.runs.config_recognition import RESNET
from ontogeny.strategies import ParetoSearch

TEXT_SCORES = ("ntk", "jacobian", "naswot")
"""The text's three, all of which it minimises; of the last, its negative."""

TOGETHER = ("expressivity", "jacobian", "log-synflow")
"""Scores whose logarithms of ranks are added: of all sets of up to three among twelve scores, the one that ordered 300
other cells best."""

KNOWN = {
    "ResNet": "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
    "a chain of convolutions, as in VGG": "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_3x3~2|",
    "all 3×3, densely joined": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
    "|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "the most accurate": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
    "|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|",
}
"""Cells that people would draw, and the best of the table for CIFAR-10."""

SEARCHES = {
    "text": ParetoSearch(),
    "published": ParetoSearch(plus=False, strict=True),
}
"""Searches by the three scores: (μ + λ) as the text says; (μ, λ) as its program has it, which multiplies the second."""

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
