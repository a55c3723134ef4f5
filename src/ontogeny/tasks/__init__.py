"""What is to be learned, one task a file."""

from ontogeny.tasks.classification import Classification
from ontogeny.tasks.curriculum import Curriculum
from ontogeny.tasks.growing import Growing
from ontogeny.tasks.pool import SamplePool

__all__ = ["Classification", "Curriculum", "Growing", "SamplePool"]
