"""Scores of a net that nobody trained: of a cell, or of a net of the user's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ontogeny.core import Key
from ontogeny.core.cost import flops
from ontogeny.data.cifar import load_cifar10
from ontogeny.data.image_folder import load_image_folder
from ontogeny.data.images import IMAGES, ImageSet, Labelled, first_of_each
from ontogeny.data.normalised import normalised
from ontogeny.errors import InputError, refuse, require
from ontogeny.nets.observed import Observed
from ontogeny.nets.passage import Passed
from ontogeny.runs.config_recognition import net_maker
from ontogeny.runs.config_tasks import load_own
from ontogeny.scores import SCORES, scores

_COLOUR = "cifar10"


def score_net(
    name: str, *, data: str = "digits", images: int = 64, draws: int = 3, seed: int = 0, only: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Scores of a net, beside how large it is.

    Args:
        name: a cell as NAS-Bench-201 or Evolutive-NAS writes it, or `file.py:ClassName` of an Equinox module that is
            made from a random key and takes one image, `(height, width, channels)`, to logits.
        data: of which images are shown: `digits`, `mnist`, `fashion-mnist`, `cifar10` or a folder of images.
        images: how many, an even number.
        draws: of the weights, 1 or more.
        seed: of all randomness.
        only: names of scores; all that such a net can have by default.

    Returns:
        `net`, `data`, `images`, `draws`, `parameters`, `flops` of an image, and `scores` by name: `mean`, `error`,
        `flaw`, `higher` (whether more is better) and `about`.

    Raises:
        InputError: for a value out of range, an unknown name, or a net that does not take such images.
        MachineError: where images are not to be had.
    """
    require(images >= 2 and images % 2 == 0, "images", images, "give an even number, 2 or more")
    require(draws >= 1, "draws", draws, "give 1 or more")
    shown = shown_images(data, images)
    make = _maker(name, shown)
    pictures, labels = jnp.asarray(shown.images), jnp.asarray(shown.labels)
    nets = [make(key) for key in jax.random.split(jax.random.key(seed), draws)]
    try:
        blocks = nets[0].passage(pictures[:2]).blocks
        operations = flops(lambda images: nets[0].passage(images).logits, pictures) / images
    except Exception as error:
        hint = f"it does not take images of {pictures.shape[1:]}: {type(error).__name__}: {str(error).splitlines()[0]}"
        raise InputError("net", name, hint) from error
    able = tuple(each for each, score in SCORES.items() if blocks or "blocks" not in score.needs)
    for each in only:
        if each in SCORES and each not in able:
            hint = "it looks at blocks, which this net does not show; give it a method passage, as nets.Chosen has"
            raise InputError("score", each, hint)
    found = scores(nets, pictures, labels, only or able, seed)
    arrays = jax.tree.leaves(eqx.filter(nets[0], eqx.is_inexact_array))
    return {
        "net": name,
        "data": data,
        "images": images,
        "draws": draws,
        "parameters": sum(leaf.size for leaf in arrays),
        "flops": operations,
        "scores": {
            each: {**scored.to_json(), "higher": SCORES[each].higher, "about": SCORES[each].about}
            for each, scored in found.items()
        },
    }


def shown_images(data: str, count: int, *, enough: bool = True) -> Labelled:
    """The first training images of each class, each channel of mean 0 and variance 1.

    Args:
        data: `digits`, `mnist`, `fashion-mnist`, `cifar10`, or a folder with a folder of images for each class.
        count: how many.
        enough: whether it is refused where there are fewer, or those that there are will do.

    Returns:
        `(count, height, width, channels)`, sides that are multiples of 4: of 28 pixels there are 32, zeros around.

    Raises:
        InputError: for an unknown name, or more than there are.
        MachineError: where they are neither in the cache nor to be downloaded.
    """
    if data == _COLOUR:
        train = load_cifar10(math.ceil(count / 8)).train
        require(count <= len(train.labels), "images", count, f"give 2 to {len(train.labels):,}")
        found = Labelled(train.images[:count], train.labels[:count])
    elif data in IMAGES:
        found = first_of_each(data, count)
    elif Path(data).expanduser().is_dir():
        train = load_image_folder(data).train
        require(count <= len(train.labels) or not enough, "images", count, f"give 2 to {len(train.labels):,}")
        found = Labelled(train.images[:count], train.labels[:count])
    else:
        refuse("data", data, [*IMAGES, _COLOUR, "a folder of images"])
    return normalised(ImageSet(found, found, found)).train


def _maker(name: str, shown: Labelled) -> Callable[[Key], Passed]:
    if name.startswith("|") or "--" in name:
        return net_maker(name, shown.images.shape[-1])
    hint = "give a cell as NAS-Bench-201 writes it, |nor_conv_3x3~0|+…, or a net of your own, my_net.py:Net"
    require(":" in name, "net", name, hint)
    own = load_own(name, eqx.Module, "equinox.Module", "my_net.py:Net")
    return lambda key: Observed(own(key))
