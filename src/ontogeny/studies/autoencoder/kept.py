"""Where the genomes of the study are that come with the package."""

from importlib import resources
from pathlib import Path

GENOMES = Path(str(resources.files("ontogeny.studies.autoencoder"))) / "genomes"
"""Genomes that took long to train; `benchmarks/keep_genomes.py` says how they came there."""
