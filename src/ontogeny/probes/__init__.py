"""What is done to a trained genome, and how it takes it."""

from ontogeny.probes.erase import Erase, Wound, erase
from ontogeny.probes.growth import Growth, growth
from ontogeny.probes.rollouts import Curve, frames, watch

__all__ = ["Curve", "Erase", "Growth", "Wound", "erase", "frames", "growth", "watch"]
