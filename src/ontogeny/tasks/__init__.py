"""What is to be learned, one task a file."""

from ontogeny.tasks.cell_search import CellSearch
from ontogeny.tasks.classification import Classification
from ontogeny.tasks.control import Control
from ontogeny.tasks.critic import Criticised
from ontogeny.tasks.curriculum import Curriculum
from ontogeny.tasks.growing import Growing
from ontogeny.tasks.plastic_learning import PlasticLearning
from ontogeny.tasks.pool import SamplePool
from ontogeny.tasks.recognition import Recognition
from ontogeny.tasks.reconstruction import Reconstruction

__all__ = [
    "CellSearch",
    "Classification",
    "Control",
    "Criticised",
    "Curriculum",
    "Growing",
    "PlasticLearning",
    "Recognition",
    "Reconstruction",
    "SamplePool",
]
