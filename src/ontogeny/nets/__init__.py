"""Networks: functions of a genome and an input, one a file."""

from ontogeny.nets.autoencoder import Autoencoder
from ontogeny.nets.mlp import MLP
from ontogeny.nets.nca import NCA

__all__ = ["MLP", "NCA", "Autoencoder"]
