"""Networks: functions of a genome and an input, one a file."""

from ontogeny.nets.autoencoder import Autoencoder
from ontogeny.nets.lifetime import Life, Lived, live
from ontogeny.nets.mlp import MLP
from ontogeny.nets.nca import NCA
from ontogeny.nets.plastic import PlasticNet, Synapses, Wiring
from ontogeny.nets.plasticity import HebbianRules, NetworkRules, Rules, TableRules

__all__ = [
    "MLP", "NCA", "Autoencoder", "HebbianRules", "Life", "Lived", "NetworkRules", "PlasticNet", "Rules", "Synapses",
    "TableRules", "Wiring", "live",
]  # fmt: skip
