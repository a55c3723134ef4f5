"""Configuration of reconstructing pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    from ontogeny.core import Task
    from ontogeny.runs.config import UntilConfig


class ReconstructionConfig(AnyTaskConfig):
    """Reconstruct pictures with an autoencoder (`Reconstruction`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {"layers", "start", "batch", "diversity", "divergence", "by_sample"}
    )

    name: Literal["reconstruction"] = "reconstruction"
    data: str = Field("mnist", description="mnist, fashion-mnist, digits (no network), a .npy file or a folder")
    samples: int | None = Field(None, description="pictures to learn by heart, the first of each class; all if not set")
    size: int = Field(28, description="height and width that pictures are brought to, in pixels")
    limits: tuple[float, float] = Field((0.1, 0.9), description="what black and white become, 0 to 1")
    layers: list[str] | None = Field(None, description="of the net, a line each; the published ones if not set")
    start: str = Field("uniform", description="first weights: uniform in ±1 as published, scaled, centred")
    criterion: str = Field("mean-absolute", description="mean-absolute, mean-square, root-mean-square, decorrelation")
    batch: int | None = Field(None, description="pictures in one evaluation; all if not set")
    diversity: float = Field(0.0, description="what the error to the mean of the other pictures counts for")
    divergence: float = Field(0.0, description="what the divergence of a variational latent counts for")
    by_sample: bool = Field(False, description="each picture is an objective of its own, for lexicase selection")

    def _build(self) -> Task:
        from ontogeny.data import load_pictures
        from ontogeny.nets.autoencoder import PUBLISHED
        from ontogeny.tasks import Reconstruction

        hint = "the published layers are for 28 pixels: give 28, or layers of your own"
        require(self.layers is not None or self.size == 28, "size", self.size, hint)
        return Reconstruction(
            load_pictures(self.data, self.samples, self.size, self.limits),
            tuple(PUBLISHED if self.layers is None else self.layers),
            self.start,
            self.criterion,
            self.batch,
            self.diversity,
            self.divergence,
            self.by_sample,
        )

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse members with batches of their own, and a goal that is not the pictures' error."""
        common = getattr(learner, "common_random_numbers", True)
        hint = "leave it out, or give common random numbers: an epoch deals one batch to all members"
        require(self.batch is None or common, "task.batch", self.batch, hint)
        hint = "with diversity or divergence it is not the pictures' error: give loss in its place"
        plain = self.diversity == 0 and self.divergence == 0
        require(plain or until.population_loss is None, "until.population_loss", until.population_loss, hint)

    @property
    def label(self) -> str:
        """The data, and how many pictures are learned by heart, such as `mnist-10`."""
        name = Path(self.data).stem or "pictures"
        return name if self.samples is None else f"{name}-{self.samples}"
