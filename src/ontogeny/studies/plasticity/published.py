"""What Joosten (2021) and Cristian et al. (2021) report; accuracies from 0 to 1."""

from __future__ import annotations

EVOLVED_ACCURACY = 0.40
"""Of evolved rules on the generated set that they evolved on (Joosten, section 6.1.2)."""

GRADIENT_ACCURACY = 0.25
"""Of rules by gradients on it, and of both on a new set: chance (sections 6.1.1 and 6.1.2)."""

ORIGINAL_ACCURACY = {
    ("normal", "mnist"): 0.85,
    ("normal", "fashion-mnist"): 0.70,
    ("ones", "mnist"): 0.93,
    ("ones", "fashion-mnist"): 0.81,
}
"""Of one round in nets of 1,000 neurons after two passes, by first input weights (Cristian et al., table 2)."""

THREE_ROUNDS_ACCURACY = {"mnist": 0.87, "fashion-mnist": 0.77}
"""Of three rounds with a learned rule between the neurons (the same)."""

ATTACKED_ACCURACY = {
    "normal input weights": {0.0: 0.85, 2.0: 0.0, 4.0: 0.0},
    "all-one input weights": {0.0: 0.93, 2.0: 0.12, 4.0: 0.0},
    "three rounds": {0.0: 0.87, 2.0: 0.60, 4.0: 0.36},
}
"""Of MNIST under a targeted attack in the Euclidean ball of a radius, 100 images (Cristian et al., table 2)."""
