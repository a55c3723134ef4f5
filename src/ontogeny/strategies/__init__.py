"""Evolutionary algorithms, one a file, and the pieces that they share."""

from ontogeny.strategies.crossover import CROSSOVERS, Crossover, layer_crossover, uniform_crossover
from ontogeny.strategies.ga import GA
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.noise import NOISES, Noise, byte_sums, normal, orthogonal, signs
from ontogeny.strategies.novelty import Archive, Novelty
from ontogeny.strategies.openes import OpenES
from ontogeny.strategies.paley import paley, paley_order
from ontogeny.strategies.rates import Fixed, GroupElite, Rates, SelfAdaptive
from ontogeny.strategies.seed_ga import SeedGA
from ontogeny.strategies.selection import Lexicase, Selection, Tournament, Truncation
from ontogeny.strategies.sensitivity import Sensitivity
from ontogeny.strategies.shaping import (
    SHAPINGS,
    Shaping,
    centred,
    centred_ranks,
    raw,
    standardised,
    standardised_ranks,
)
from ontogeny.strategies.updates import decay_on_loss, published_update

__all__ = [
    "CROSSOVERS", "GA", "NOISES", "SHAPINGS", "Archive", "Crossover", "Fixed", "GroupElite", "Lexicase", "Mutation",
    "Noise", "Novelty", "OpenES", "Rates", "SeedGA", "Selection", "SelfAdaptive", "Sensitivity", "Shaping",
    "Tournament", "Truncation", "byte_sums", "centred", "centred_ranks", "decay_on_loss", "layer_crossover",
    "normal", "orthogonal", "paley", "paley_order", "published_update", "raw", "signs", "standardised",
    "standardised_ranks", "uniform_crossover",
]  # fmt: skip
