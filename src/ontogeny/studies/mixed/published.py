"""What Cooke & de Alfaro's text and notebook report; accuracies from 0 to 1."""

from __future__ import annotations

ACCURACY = {
    "horizontal": (
        (0.9187, 0.9389, 0.9496, 0.9590, 0.9658, 0.9691),
        (0.9136, 0.9289, 0.9415, 0.9468, 0.9569, 0.9619),
    ),
    "vertical": (
        (0.9164, 0.9384, 0.9483, 0.9580, 0.9638, 0.9687),
        (0.9108, 0.9268, 0.9371, 0.9460, 0.9555, 0.9629),
    ),
}
"""Best and worst member after each generation, on test images (notebook)."""

BASELINE = (0.9685, 0.9695)
"""Two nets after six epochs (notebook)."""

TIMES = 30.0
"""How many times as long a population takes as one net: 35 minutes against about one (text)."""

TRANSFER = {
    "one net, attacked itself": (0.0075, 0.0075),
    "one net's attacks on another": (0.0367, 0.0367),
    "best member, attacked itself": (0.0061, 0.0063),
    "best member's attacks on the others": (0.0113, 0.0433),
    "one child's attacks on others, untrained": (0.0347, 0.1159),
}
"""Accuracies under the notebook's attack, lowest and highest over both nets."""
