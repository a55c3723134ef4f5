"""Evolutionary algorithms, one a file, and the pieces that they share."""

from ontogeny.strategies.ageing import RandomSearch, RegularisedEvolution
from ontogeny.strategies.channel_search import ChannelSearch
from ontogeny.strategies.crossover import CROSSOVERS, Crossover, layer_crossover, uniform_crossover
from ontogeny.strategies.diversity import Novel, Pareto, Sharing, distances
from ontogeny.strategies.ga import GA
from ontogeny.strategies.genes import (
    GENES,
    Genes,
    Partition,
    block_genes,
    layer_genes,
    neuron_genes,
    published_block_genes,
    weight_genes,
)
from ontogeny.strategies.matching import aligned
from ontogeny.strategies.mutation import Mutation
from ontogeny.strategies.noise import NOISES, Noise, byte_sums, normal, orthogonal, signs
from ontogeny.strategies.novelty import Archive, Novelty
from ontogeny.strategies.nsga import NSGA2
from ontogeny.strategies.openes import OpenES
from ontogeny.strategies.paley import paley, paley_order
from ontogeny.strategies.pareto_order import pareto_order
from ontogeny.strategies.pareto_search import ParetoSearch
from ontogeny.strategies.predictor_search import PredictorSearch
from ontogeny.strategies.rates import Fixed, GroupElite, Rates, SelfAdaptive
from ontogeny.strategies.recombination import chosen, mean, recombined
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
    "CROSSOVERS", "GA", "GENES", "NOISES", "NSGA2", "SHAPINGS", "Archive", "ChannelSearch", "Crossover", "Fixed",
    "Genes", "GroupElite", "Lexicase", "Mutation", "Noise", "Novel", "Novelty", "OpenES", "Pareto", "ParetoSearch",
    "Partition", "PredictorSearch", "RandomSearch", "Rates", "RegularisedEvolution", "SeedGA", "Selection",
    "SelfAdaptive", "Sensitivity", "Shaping", "Sharing", "Tournament", "Truncation", "aligned", "block_genes",
    "byte_sums", "centred", "centred_ranks", "chosen", "decay_on_loss", "distances", "layer_crossover",
    "layer_genes", "mean", "neuron_genes", "normal", "orthogonal", "paley", "paley_order", "pareto_order",
    "published_block_genes", "published_update", "raw", "recombined", "signs", "standardised", "standardised_ranks",
    "uniform_crossover", "weight_genes",
]  # fmt: skip
