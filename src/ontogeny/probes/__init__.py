"""What is done to a trained genome, and how it takes it."""

from ontogeny.probes.agreement import disagreement, kernel_alignment, kernel_alignments
from ontogeny.probes.attack import Attack
from ontogeny.probes.calibration import (
    Reliability,
    brier_score,
    expected_calibration_error,
    negative_log_likelihood,
    reliability,
)
from ontogeny.probes.classifier import Logits, accuracies, accuracy, answers, predictions
from ontogeny.probes.corruption import Corruption, blurred, noisy, shifted
from ontogeny.probes.decoding import Smoothness, Window, decoded_grid, occupied, smoothness
from ontogeny.probes.erase import Erase, Wound, erase
from ontogeny.probes.feature_maps import feature_maps
from ontogeny.probes.growth import Growth, growth
from ontogeny.probes.image_attack import PUBLISHED, ImageAttack
from ontogeny.probes.latent import linear_probe, separation, spacing
from ontogeny.probes.regularity import encoded, regularity
from ontogeny.probes.response import Response, respond
from ontogeny.probes.rollouts import Curve, film, frames, observe, watch
from ontogeny.probes.scene import Disturbance, Scene
from ontogeny.probes.signs import SignAttack
from ontogeny.probes.surroundings import Canvas, FireRate, TwoSeeds
from ontogeny.probes.transfer import transfer, transfer_summary
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
    "DISTURBANCES", "PUBLISHED", "Attack", "Canvas", "Corruption", "Curve", "Disturbance", "Erase", "FireRate",
    "Growth", "ImageAttack", "Logits", "Pruning", "Quantisation", "Reliability", "Response", "Rotation", "Scene",
    "SignAttack", "Smoothness", "TwoSeeds", "WeightNoise", "Window", "Wound", "accuracies", "accuracy", "answers",
    "blurred", "brier_score", "decoded_grid", "disagreement", "encoded", "erase", "expected_calibration_error",
    "feature_maps", "film", "frames", "growth", "kernel_alignment", "kernel_alignments", "linear_probe",
    "negative_log_likelihood", "noisy", "observe", "occupied", "predictions", "regularity", "reliability", "respond",
    "separation", "shifted", "smoothness", "spacing", "transfer", "transfer_summary", "variety", "watch",
]  # fmt: skip
