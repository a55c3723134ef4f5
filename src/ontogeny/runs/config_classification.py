"""Configuration of recognising images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    from ontogeny.core import Task
    from ontogeny.runs.config import UntilConfig


class ClassificationConfig(AnyTaskConfig):
    """Recognise images (`Classification`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {"components", "hidden", "batch", "replacement", "shuffled", "start", "view", "adversarial", "judged"}
        | {"judged_attack"}
    )

    name: Literal["classification"] = "classification"
    data: str = Field("mnist", description="mnist, fashion-mnist or digits (needs no network)")
    components: int | None = Field(None, description="principal components that stand for an image; pixels if not set")
    hidden: list[int] = Field([128], description="widths of the hidden layers; [] for a linear classifier")
    batch: int = Field(256, description="images in one evaluation")
    criterion: str = Field("cross-entropy", description="cross-entropy, or mistakes (has no gradient)")
    replacement: bool = Field(False, description="draw each batch from all images; if not, in epochs")
    shuffled: bool = Field(True, description="an epoch deals images in a random order; if not, as they stand")
    start: str = Field("normal", description="first weights: normal (He), or uniform as PyTorch's are")
    view: float = Field(1.0, description="share of the pixels that a new net looks at, drawn for each net")
    adversarial: float = Field(0.0, description="attack on training images, of a pixel's range; 0 for none")
    judged: str = Field("mistakes", description="what members are chosen by: mistakes or cross-entropy")
    judged_attack: float = Field(0.0, description="attack by another member where members are judged; 0 for none")
    validation: Literal["held-back", "test"] = Field(
        "held-back", description="images to choose by; test: no others, and all that are not for test to learn from"
    )

    def _build(self) -> Task:
        from ontogeny.data import load_images, principal_components, without_validation
        from ontogeny.tasks import Classification

        images = load_images(self.data)
        if self.validation == "test":
            images = without_validation(images)
        if self.components is not None:
            for name in ("adversarial", "judged_attack"):
                hint = "give 0, or leave components out: an attack changes pixels, 0 to 1"
                require(getattr(self, name) == 0, name, getattr(self, name), hint)
            images = principal_components(images, self.components)
        own = ("criterion", "replacement", "shuffled", "start", "view", "adversarial", "judged", "judged_attack")
        fields = {name: getattr(self, name) for name in own}
        return Classification(images, tuple(self.hidden), self.batch, tested=self.validation == "held-back", **fields)

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse gradients of what has none, batches of one's own from an epoch, and judgements that cannot be."""
        del until
        smooth = self.criterion != "mistakes" or not learner.gradients
        require(smooth, "task.criterion", self.criterion, "it has no gradient: give cross-entropy, or evolve")
        shared = getattr(learner, "selection", "") == "sharing"
        hint = "niches share an accuracy, 1 less the mean loss: give mistakes, or another learner.selection"
        require(self.judged == "mistakes" or not shared, "task.judged", self.judged, hint)
        judged = getattr(learner, "children", 2) + getattr(learner, "fresh", 0)
        hint = "each member is attacked by another: give learner.children 2 or more"
        require(judged >= 2 or not self.judged_attack, "task.judged_attack", self.judged_attack, hint)
        common = getattr(learner, "common_random_numbers", True)
        hint = "give true, or common random numbers: an epoch deals one batch to all members"
        require(self.replacement or common, "task.replacement", self.replacement, hint)

    @property
    def label(self) -> str:
        """The data, its components if they are set, and the hidden layers, such as `mnist-128`."""
        widths = map(str, [self.components, *self.hidden] if self.components else self.hidden)
        return f"{self.data}-{'-'.join(widths) or 'linear'}"
