"""Where the results of the study are that come with the package."""

from importlib import resources
from pathlib import Path

EVIDENCE = Path(str(resources.files("ontogeny.studies.mixed"))) / "evidence"
"""What experiments found that took long; `benchmarks/keep_evidence.py` says how they came there."""
