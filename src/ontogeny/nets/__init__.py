"""Networks: functions of a genome and an input, one a file."""

from ontogeny.nets.autoencoder import Autoencoder
from ontogeny.nets.firing_rules import NetworkRules, RecurrentRules, TableRules, TernaryRules
from ontogeny.nets.hebbian import HebbianRules
from ontogeny.nets.lifetime import Life, Lived, live
from ontogeny.nets.mlp import MLP
from ontogeny.nets.nca import NCA
from ontogeny.nets.plastic import PlasticNet, Synapses, Wiring
from ontogeny.nets.plasticity import Rules

__all__ = [
    "MLP", "NCA", "Autoencoder", "HebbianRules", "Life", "Lived", "NetworkRules", "PlasticNet", "RecurrentRules",
    "Rules", "Synapses", "TableRules", "TernaryRules", "Wiring", "live",
]  # fmt: skip
