"""What is done to a trained genome, and how it takes it."""

from ontogeny.probes.attack import Attack
from ontogeny.probes.decoding import Smoothness, Window, decoded_grid, occupied, smoothness
from ontogeny.probes.erase import Erase, Wound, erase
from ontogeny.probes.feature_maps import feature_maps
from ontogeny.probes.growth import Growth, growth
from ontogeny.probes.latent import linear_probe, separation, spacing
from ontogeny.probes.regularity import encoded, regularity
from ontogeny.probes.response import Response, respond
from ontogeny.probes.rollouts import Curve, film, frames, observe, watch
from ontogeny.probes.scene import Disturbance, Scene
from ontogeny.probes.signs import SignAttack
from ontogeny.probes.surroundings import Canvas, FireRate, TwoSeeds
from ontogeny.probes.variety import variety
from ontogeny.probes.weights import Pruning, Quantisation, Rotation, WeightNoise

DISTURBANCES: dict[str, type[Disturbance]] = {
    "signs": SignAttack,
    "attack": Attack,
    "noise": WeightNoise,
    "prune": Pruning,
    "quantise": Quantisation,
    "fire": FireRate,
    "canvas": Canvas,
    "seeds": TwoSeeds,
    "rotate": Rotation,
}
"""Disturbances by the name of their probe."""

__all__ = [
    "DISTURBANCES", "Attack", "Canvas", "Curve", "Disturbance", "Erase", "FireRate", "Growth", "Pruning",
    "Quantisation", "Response", "Rotation", "Scene", "SignAttack", "Smoothness", "TwoSeeds", "WeightNoise", "Window",
    "Wound", "decoded_grid", "encoded", "erase", "feature_maps", "film", "frames", "growth", "linear_probe", "observe",
    "occupied", "regularity", "respond", "separation", "smoothness", "spacing", "variety", "watch",
]  # fmt: skip
