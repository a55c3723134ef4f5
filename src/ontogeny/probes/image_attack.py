"""White-box attacks on a classifier: small changes of an image that make it be taken for something else."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Literal, get_args

import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key
from ontogeny.errors import refuse, require
from ontogeny.probes.classifier import TOGETHER, Array, Logits, check_labelled
from ontogeny.tasks.attacked import log_odds_gradient

ImageMethod = Literal["fgsm", "pgd", "random"]

_STRIDE = 2.5


@dataclasses.dataclass(frozen=True)
class ImageAttack:
    """Change every pixel by up to `epsilon`, so that the net takes the image for something else.

    The attacker knows the weights. `fgsm` is one step along the sign of the gradient (Goodfellow et al. 2015, arXiv
    1412.6572, section 4). `pgd` makes `steps` such steps of 2.5 `epsilon` / `steps` from a random start, back within
    the bound after each (Madry et al. 2018, arXiv 1706.06083, section 2.1). `random` adds signs by chance: the control.

    Attributes:
        method: `fgsm`, `pgd` or `random`.
        epsilon: the largest change of a pixel, of its range, 0 to 1.
        steps: of `pgd`, 1 or more.
        clip: whether pixels are kept in 0…1; if not, an attacked image may be none that a camera could make.
        spare_mistakes: whether images that the net gets wrong anyway are left as they are.

    Raises:
        InputError: for a value out of range.
    """

    method: ImageMethod = "fgsm"
    epsilon: float = 0.1
    steps: int = 10
    clip: bool = True
    spare_mistakes: bool = False

    def __post_init__(self) -> None:
        if self.method not in get_args(ImageMethod):
            refuse("method", self.method, get_args(ImageMethod))
        require(0 <= self.epsilon <= 1, "epsilon", self.epsilon, "give a share of a pixel's range, 0 to 1")
        require(self.steps >= 1, "steps", self.steps, "give 1 or more")

    def attacked(
        self, logits: Logits, genome: Genome, images: Array, labels: Array, key: Key | None = None
    ) -> jax.Array:
        """The images after the attack, in their shape.

        It may be called inside a compiled program. A few images are computed at a time.

        Args:
            logits: of the net that is attacked.
            genome: one net.
            images: `(count, ...)` in [0, 1].
            labels: `(count,)`, what they show, from 0.
            key: of the random start of `pgd`, and of `random`; `jax.random.key(0)` if not given.

        Raises:
            InputError: for another number of labels.
        """
        check_labelled(images, labels)
        images = jnp.asarray(images)
        key = jax.random.key(0) if key is None else key
        # What is an argument there is not compiled in: a series of strengths is one program.
        how, epsilon = dataclasses.replace(self, epsilon=0.0), jnp.asarray(self.epsilon, images.dtype)
        found: jax.Array = _attacked(how, logits, genome, images, jnp.asarray(labels), epsilon, key)
        return found


PUBLISHED = ImageAttack("fgsm", epsilon=0.05 / 0.3081, clip=False, spare_mistakes=True)
"""What the program of Cooke & de Alfaro does, who call it FGSM with an epsilon of 0.05.

It takes images for normalised and "denormalises" them (x · 0.3081 + 0.1307), adds 0.05 times the sign, clamps to 0…1
and "normalises" them again. But its images were never normalised: the change is 0.05 / 0.3081 = 0.162 of a pixel's
range, and the clamp never acts. Images that the net gets wrong without it are passed on as they are.
"""


@partial(jax.jit, static_argnums=(0, 1))
def _attacked(
    how: ImageAttack, logits: Logits, genome: Genome, images: jax.Array, labels: jax.Array, epsilon: jax.Array, key: Key
) -> jax.Array:
    def one(case: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
        image, label, index = case
        # By its index, so that it does not matter how many images are computed at once.
        found = _moved(how, logits, genome, image, label, epsilon, jax.random.fold_in(key, index))
        if how.spare_mistakes:
            right = jnp.argmax(logits(genome, image[None])[0]) == label
            found = jnp.where(right, found, image)
        return found

    found: jax.Array = jax.lax.map(one, (images, labels, jnp.arange(len(images))), batch_size=TOGETHER)
    return found


def _moved(
    how: ImageAttack, logits: Logits, genome: Genome, image: jax.Array, label: jax.Array, epsilon: jax.Array, key: Key
) -> jax.Array:
    def kept(moved: jax.Array) -> jax.Array:
        return jnp.clip(moved, 0, 1) if how.clip else moved

    def signs(image: jax.Array) -> jax.Array:
        return jnp.sign(log_odds_gradient(partial(logits, genome), image[None], label[None])[0])

    if how.method == "random":
        return kept(image + epsilon * jax.random.rademacher(key, image.shape, image.dtype))
    if how.method == "fgsm":
        return kept(image + epsilon * signs(image))

    def climb(_: int, moved: jax.Array) -> jax.Array:
        moved = moved + _STRIDE * epsilon / how.steps * signs(moved)
        return kept(jnp.clip(moved, image - epsilon, image + epsilon))

    start = kept(image + epsilon * jax.random.uniform(key, image.shape, image.dtype, -1, 1))
    found: jax.Array = jax.lax.fori_loop(0, how.steps, climb, start)
    return found
