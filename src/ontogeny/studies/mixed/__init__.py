"""Cooke & de Alfaro: populations that alternate gradient descent and recombination."""

from ontogeny.studies.mixed.study import MixedStudy

__all__ = ["MixedStudy"]
