"""A task around growing: another way to learn what is measured as before."""

from __future__ import annotations

from ontogeny.core import Key, Metrics, Task
from ontogeny.nets.nca import NCA
from ontogeny.tasks.growing import Growing


class GrowingTowards(Task):
    """What tasks around growing share: genomes, episodes and held-out figures are the goal's.

    Attributes:
        goal: what is to be grown in the end.
    """

    goal: Growing

    def init(self, key: Key) -> NCA:
        """A net that leaves every state as it is."""
        return self.goal.init(key)

    @property
    def episodes(self) -> int:
        """Episodes in one evaluation."""
        return self.goal.episodes

    @property
    def threaded(self) -> bool:
        """Whether the compiled rollout does the work."""
        return self.goal.threaded

    def measure(self, genome: NCA, key: Key) -> Metrics:
        """The goal's held-out figures."""
        return self.goal.measure(genome, key)
