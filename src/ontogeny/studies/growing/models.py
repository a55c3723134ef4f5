"""The models of the study: two targets, two sizes, two learners, with and without a sample pool."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ontogeny.runs.presets import growing_learner, growing_tree
from ontogeny.studies.plan import Model

_POOL = {"es": 256, "adam": 1024}


@dataclasses.dataclass(frozen=True)
class Kind:
    """What tells one model from another.

    Attributes:
        target: a picture.
        size: its side in cells.
        by: `es` or `adam`.
        pool: whether training starts from a sample pool.
    """

    target: str
    size: int
    by: str
    pool: bool

    @property
    def name(self) -> str:
        """Such as `carrot-9-es-pool`."""
        return f"{self.picture}-{self.by}{'-pool' if self.pool else ''}"

    @property
    def picture(self) -> str:
        """Such as `carrot-9`."""
        return f"{self.target}-{self.size}"

    @property
    def label(self) -> str:
        """The learner, in words."""
        return f"{'evolution' if self.by == 'es' else 'Adam'}{', pool' if self.pool else ''}"

    def model(self, steps: int) -> Model:
        """How it is trained: as `ontogeny grow` does, without a bias for either learner, for so many steps."""
        tree = growing_tree(self.target, self.size, self.by, 0, _POOL[self.by] if self.pool else 0)
        until = {"steps": steps}
        tree["learner"] = growing_learner(self.by, until, tree["task"])
        return Model(self.name, {**tree, "until": until})


def kinds(targets: Sequence[str], sizes: Sequence[int]) -> list[Kind]:
    """All models of some pictures and sizes."""
    return [
        Kind(target, size, by, pool)
        for target in targets
        for size in sizes
        for pool in (False, True)
        for by in ("es", "adam")
    ]
