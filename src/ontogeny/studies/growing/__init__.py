"""Growing images with a neural cellular automaton (Hestmark & Luu 2022), by evolution and by Adam."""

from ontogeny.studies.growing.study import GrowingStudy

__all__ = ["GrowingStudy"]
