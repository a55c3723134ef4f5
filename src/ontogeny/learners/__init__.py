"""How a task is learned: by gradients, by evolution, by both."""

from ontogeny.learners.descent import Descent
from ontogeny.learners.evolution import Evolution
from ontogeny.learners.evolutionary_sgd import EvolutionarySGD
from ontogeny.learners.hybrid import Hybrid
from ontogeny.learners.population_based import PopulationBased

__all__ = ["Descent", "Evolution", "EvolutionarySGD", "Hybrid", "PopulationBased"]
