"""A genetic algorithm that searches cells by scores of untrained nets (Reolon 2021), re-done."""

from ontogeny.studies.architecture.study import ArchitectureStudy

__all__ = ["ArchitectureStudy"]
