"""How a task is learned: by gradients, by evolution."""

from ontogeny.learners.descent import Descent
from ontogeny.learners.evolution import Evolution

__all__ = ["Descent", "Evolution"]
