"""White-box attacks on a classifier: small changes of an image that make it be taken for something else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple, get_args

import jax
import jax.numpy as jnp

from ontogeny.core import Genome, Key
from ontogeny.errors import refuse, require
from ontogeny.probes.attack import Norm
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
    With the norm `l2` the Euclidean length of the change is bounded, and a step goes along the gradient itself; the
    random change, or start, then has a direction by chance.

    Attributes:
        method: `fgsm`, `pgd` or `random`.
        epsilon: the largest change of a pixel, of its range, 0 to 1; with `l2` the largest length, 0 or more.
        steps: of `pgd`, 1 or more.
        clip: whether pixels are kept in 0…1; if not, an attacked image may be none that a camera could make.
        spare_mistakes: whether images that the net gets wrong anyway are left as they are.
        norm: `linf` or `l2`, what is bounded.

    Raises:
        InputError: for a value out of range.
    """

    method: ImageMethod = "fgsm"
    epsilon: float = 0.1
    steps: int = 10
    clip: bool = True
    spare_mistakes: bool = False
    norm: Norm = "linf"

    def __post_init__(self) -> None:
        if self.method not in get_args(ImageMethod):
            refuse("method", self.method, get_args(ImageMethod))
        if self.norm not in get_args(Norm):
            refuse("norm", self.norm, get_args(Norm))
        if self.norm == "l2":
            require(self.epsilon >= 0, "epsilon", self.epsilon, "give a length of 0 or more")
        else:
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

    ball = _BALLS[how.norm]

    def uphill(image: jax.Array) -> jax.Array:
        return ball.steepest(log_odds_gradient(partial(logits, genome), image[None], label[None])[0])

    if how.method == "random":
        return kept(image + epsilon * ball.edge(key, image))
    if how.method == "fgsm":
        return kept(image + epsilon * uphill(image))

    def climb(_: int, moved: jax.Array) -> jax.Array:
        moved = moved + _STRIDE * epsilon / how.steps * uphill(moved)
        return kept(image + ball.inside(moved - image, epsilon))

    start = kept(image + epsilon * ball.within(key, image))
    found: jax.Array = jax.lax.fori_loop(0, how.steps, climb, start)
    return found


class _Ball(NamedTuple):
    """The unit ball of a norm: the step that climbs most, chances on its edge and within, and the way back into it."""

    steepest: Callable[[jax.Array], jax.Array]
    edge: Callable[[Key, jax.Array], jax.Array]
    within: Callable[[Key, jax.Array], jax.Array]
    inside: Callable[[jax.Array, jax.Array], jax.Array]


def _unit(vector: jax.Array) -> jax.Array:
    return vector / jnp.maximum(jnp.sqrt(jnp.sum(vector**2)), 1e-12)


def _direction(key: Key, image: jax.Array) -> jax.Array:
    return _unit(jax.random.normal(key, image.shape, image.dtype))


def _somewhere(key: Key, image: jax.Array) -> jax.Array:
    length, direction = jax.random.split(key)
    return jax.random.uniform(length, (), image.dtype) * _direction(direction, image)


def _shortened(change: jax.Array, radius: jax.Array) -> jax.Array:
    length = jnp.sqrt(jnp.sum(change**2))
    return change * jnp.minimum(1, radius / jnp.maximum(length, 1e-12))


_BALLS: dict[str, _Ball] = {
    "linf": _Ball(
        jnp.sign,
        lambda key, image: jax.random.rademacher(key, image.shape, image.dtype),
        lambda key, image: jax.random.uniform(key, image.shape, image.dtype, -1, 1),
        lambda change, radius: jnp.clip(change, -radius, radius),
    ),
    "l2": _Ball(_unit, _direction, _somewhere, _shortened),
}
"""By the name of the norm."""
