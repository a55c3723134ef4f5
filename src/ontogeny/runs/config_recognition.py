"""Configuration of `Recognition`: cells that are trained, and ResNet-18 beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ontogeny.errors import refuse, require
from ontogeny.runs.config_base import AnyLearnerConfig, AnyTaskConfig

if TYPE_CHECKING:
    from ontogeny.core import Key, Task
    from ontogeny.data import ImageSet
    from ontogeny.nets.passage import Passed
    from ontogeny.runs.config import UntilConfig

RESNET = "resnet-18"
_COLOUR = "cifar10"


class RecognitionConfig(AnyTaskConfig):
    """Recognise pictures with a net of cells, or with ResNet-18 (`Recognition`)."""

    training_only: ClassVar[frozenset[str]] = frozenset(
        {"net", "cells", "channels", "batch", "flip", "shift", "settled"}
    )

    name: Literal["recognition"] = "recognition"
    data: str = Field(
        "cifar10", description="cifar10, mnist, fashion-mnist, digits (needs no network), or a folder of images"
    )
    net: str = Field(RESNET, description="a cell as NAS-Bench-201 or Evolutive-NAS writes it, or resnet-18")
    cells: int = Field(1, description="cells in each of the three stages")
    channels: int | None = Field(None, description="of the first stage; 16 for cells, 64 for resnet-18, if not set")
    batch: int = Field(64, description="pictures in one evaluation")
    flip: bool = Field(True, description="whether half of the pictures are mirrored; false for digits and letters")
    shift: int = Field(4, description="by how many pixels each is shifted at most")
    settled: int = Field(500, description="training pictures that give the means and variances of a trained net")
    images: int | None = Field(None, description="training pictures, the first of each class alike; all if not set")
    tested: int | None = Field(None, description="test pictures; all if not set")

    def _build(self) -> Task:
        from ontogeny.data.normalised import normalised
        from ontogeny.tasks import Recognition

        data = normalised(self.pictures())
        classes = 1 + int(data.train.labels.max())
        make = net_maker(self.net, data.train.images.shape[-1], self.cells, self.channels, classes)
        return Recognition(data, make, self.batch, self.flip, self.shift, self.settled)

    def pictures(self) -> ImageSet:
        """Training, validation and test pictures, as they are read: numbers from 0 to 1."""
        from ontogeny.data import ImageSet, Labelled, load_images
        from ontogeny.data.cifar import load_cifar10
        from ontogeny.data.image_folder import load_image_folder
        from ontogeny.data.images import IMAGES

        require(self.images is None or self.images >= 100, "images", self.images, "give 100 or more, or leave it out")
        require(self.tested is None or self.tested >= 1, "tested", self.tested, "give 1 or more, or leave it out")
        own = Path(self.data).expanduser().is_dir()
        if self.data not in (_COLOUR, *IMAGES) and not own:
            refuse("data", self.data, [_COLOUR, *IMAGES, "a folder of images"])
        validation = None if self.images is None else max(10, self.images // 10)
        if self.data == _COLOUR:
            whole = self.images is None or self.tested is None
            # Photographs have to be unpacked one by one, ten classes of them, a twelfth for validation.
            needed = (
                None if whole else max(math.ceil((self.images or 0) * 0.11), math.ceil((self.tested or 0) / 10)) + 10
            )
            found = load_cifar10(needed)
        else:
            found = load_images(self.data) if self.data in IMAGES else load_image_folder(self.data)
        parts = zip(found, (self.images, validation, self.tested), strict=True)
        return ImageSet(*(Labelled(part.images[:count], part.labels[:count]) for part, count in parts))

    def check(self, learner: AnyLearnerConfig, until: UntilConfig) -> None:
        """Refuse learners whose members have batches of their own, which an epoch does not deal."""
        del until
        common = getattr(learner, "common_random_numbers", True)
        require(common, "learner.common_random_numbers", common, "an epoch deals one batch to all members: give true")

    @property
    def label(self) -> str:
        """The data and the net, such as `cifar10-resnet-18`."""
        return f"{self.data}-{self.net if self.net == RESNET else 'cell'}"


def net_maker(
    name: str, inputs: int, cells: int = 1, channels: int | None = None, classes: int = 10
) -> Callable[[Key], Passed]:
    """From a key to a new net.

    Args:
        name: a cell as NAS-Bench-201 writes it, or as Evolutive-NAS does (`data.channel_cells`), of which there are
            thrice `cells`, or `resnet-18`.
        inputs: channels of a picture.
        cells: in each of three stages.
        classes: what there is to tell apart.
        channels: of the first stage; 16 for cells and 64 for ResNet-18 where nothing is given, as published.

    Raises:
        InputError: for an unknown name, or a value out of range.
    """
    from ontogeny.data import parse_cell
    from ontogeny.data.channel_cells import parse_channel_cell
    from ontogeny.nets.cell_net import Alone, CellNet
    from ontogeny.nets.channel_net import ChannelNet
    from ontogeny.nets.residual import ResNet18

    require(channels is None or channels >= 1, "channels", channels, "give 1 or more")
    require(cells >= 1, "cells", cells, "give 1 or more")
    if name.startswith("|"):
        genotype = parse_cell(name)
        return lambda key: Alone(
            CellNet(key, classes, inputs=inputs, cells=cells, channels=channels or 16, genotype=genotype)
        )
    if "--" in name:
        cell = parse_channel_cell(name)
        hint = "leave it out: the cell says itself how many channels there are"
        require(channels is None, "channels", channels, hint)
        return lambda key: ChannelNet(key, classes, [cell] * (3 * cells), inputs=inputs)
    if name != RESNET:
        refuse("net", name, [RESNET, "|nor_conv_3x3~0|+…, a cell as NAS-Bench-201 writes it"])
    return lambda key: ResNet18(key, classes, inputs=inputs, channels=channels or 64)
