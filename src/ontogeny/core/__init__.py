"""The interfaces, the training loop, budgets and cost."""

from ontogeny.core.clock import Row
from ontogeny.core.cost import Cost, StepCost, flops
from ontogeny.core.devices import Layout, claim_cores, using
from ontogeny.core.learner import Learner
from ontogeny.core.population import evaluate, map_members, sum_members
from ontogeny.core.strategy import Strategy, overall
from ontogeny.core.task import Task
from ontogeny.core.train import Progress, Recorder, Run, train
from ontogeny.core.types import Aux, Batch, Genome, Key, Metrics, State, World
from ontogeny.core.until import Until

claim_cores()

__all__ = [
    "Aux", "Batch", "Cost", "Genome", "Key", "Layout", "Learner", "Metrics", "Progress", "Recorder",
    "Row", "Run", "State", "StepCost", "Strategy", "Task", "Until", "World", "evaluate", "flops",
    "map_members", "overall", "sum_members", "train", "using",
]  # fmt: skip
