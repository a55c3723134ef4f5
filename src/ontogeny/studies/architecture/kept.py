"""What experiments found that take long, kept with the package."""

from importlib import resources
from pathlib import Path

EVIDENCE = Path(str(resources.files("ontogeny.studies.architecture"))) / "evidence"
"""A file for each; `python -m benchmarks.keep_evidence architecture FOLDER` writes them."""
